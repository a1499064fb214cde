/** Concepts, cells and their figures in words and numbers. Pure. */
import type {
  CellPlace,
  CellsRun,
  ShownBaseline,
  ShownCandidate,
  ShownCells,
  ShownConcept,
  ShownPicture,
} from '../../src/protocol/cells.ts';
import { fixed, percent, signed, whole } from '../ui/format.ts';

export const quantityNames: Record<ShownCandidate['quantity'], string> = {
  c: 'c',
  tanhc: 'tanh c',
  h: 'h',
  i: 'input gate i',
  f: 'forget gate f',
  g: 'candidate g',
  o: 'output gate o',
  z: 'update gate z',
  r: 'reset gate r',
  n: 'candidate n',
};

/** `0·14`. */
export function cellName({ layer, cell }: CellPlace): string {
  return `${layer}·${cell}`;
}

export type Status = 'named' | 'candidate' | 'absent';

export interface ConceptRow {
  concept: ShownConcept;
  /** The cell that is named, else the best candidate; null where the concept does not occur. */
  first: ShownCandidate | null;
  status: Status;
}

export function conceptRows(report: ShownCells): ConceptRow[] {
  return report.concepts.map((concept) => {
    const named = concept.best.find((candidate) => candidate.named);
    const first = named ?? concept.best[0] ?? null;
    return { concept, first, status: named ? 'named' : first ? 'candidate' : 'absent' };
  });
}

/** (AP − base)/(1 − base): 0 where the cell says nothing, 1 where it says all. */
export function lift(ap: number, base: number): number {
  return base < 1 ? (ap - base) / (1 - base) : 0;
}

export function matches({ concept, first }: ConceptRow, filter: string): boolean {
  const text = `${concept.name} ${concept.id} ${first ? cellName(first) : ''}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function pText(p: number | null): string {
  if (p === null) return '–';
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

export function rangeText(range: readonly [number, number] | null): string {
  return range ? `${fixed(range[0])}–${fixed(range[1])}` : '–';
}

/** `+0.301`, `0.000` nats. */
export function riseText(rise: number | null | undefined): string {
  return rise === null || rise === undefined ? '–' : signed(rise, 3);
}

/** What is missing for a name, shortly: the first thing and how many more there are. */
export function lackText(lacks: readonly string[]): string {
  const [first, ...more] = lacks;
  if (first === undefined) return '';
  return more.length > 0 ? `lacks ${first}, and ${more.length} more` : `lacks ${first}`;
}

/** One sentence that sums up a report. */
export function summary(report: ShownCells): string {
  const { named, unnamed } = report;
  const total = named + unnamed;
  const share = percent(unnamed / Math.max(1, total));
  if (named === 0)
    return `None of the ${whole(total)} cells has earned a name${report.complete ? '' : ' so far'}. Most cells never do.`;
  const cells = named === 1 ? '1 cell has' : `${whole(named)} cells have`;
  return `${cells} a name${report.complete ? '' : ' so far'}; ${share} of the ${whole(total)} have none.`;
}

/** On which text. */
export function measuredOn(report: ShownCells): string {
  const { validation, test } = report.chars;
  const files = (count: number): string => (count === 1 ? '1 file' : `${whole(count)} files`);
  const { texts } = report;
  const on = (chars: number, of: number | undefined): string =>
    of === undefined ? `${whole(chars)} characters` : `${whole(chars)} characters in ${files(of)}`;
  return `Cell, quantity, sign and threshold were chosen on ${on(validation, texts?.validation.files)} of the validation side. Every figure is from ${on(test, texts?.test.files)} of the test side, checkpoint ${report.generation}.`;
}

/** What a histogram says, for those who do not see it. */
export function histogramText({ histogram, concept }: ShownPicture): string {
  const { low, high, inside, outside } = histogram;
  const middle = (counts: readonly number[]): number | null => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    let below = 0;
    for (const [bin, count] of counts.entries()) {
      below += count;
      if (total > 0 && below >= total / 2) return low + ((bin + 0.5) / counts.length) * (high - low);
    }
    return null;
  };
  const [within, without] = [middle(inside), middle(outside)];
  const parts = [
    within === null ? null : `median inside ${fixed(within)}`,
    without === null ? null : `median ${concept === null ? '' : 'outside '}${fixed(without)}`,
  ].filter((part) => part !== null);
  return parts.length > 0 ? `${parts.join(', ')}, on a scale from ${fixed(low)} to ${fixed(high)}` : 'no characters';
}

export function memoryText({ memory }: ShownPicture): string {
  if (!memory) return 'This kind of cell has no gate that keeps its value: it is rewritten at every character.';
  const gate = memory.gate === 'f' ? 'forget gate' : 'update gate';
  const first =
    memory.horizon === null
      ? `Its ${gate} still keeps more than 1 % of a value after ${memory.lags} characters, on average.`
      : `Its ${gate} leaves less than 1 % of a value after ${memory.horizon} characters, on average.`;
  if (!memory.spans) return first;
  const { count, median } = memory.spans;
  return `${first} At the end of a typical span of the concept (median of ${whole(count)}), ${percent(median)} of what was written at its beginning is left.`;
}

const bits = Math.LOG2E;

/** Which of the two predicts better, and by how much. */
export function baselineVerdict(name: string, { tables, order }: ShownBaseline): { claim: string; evidence: string } {
  const { network, baseline } = tables.all;
  if (network === null || baseline === null)
    return { claim: 'There is nothing to compare.', evidence: 'The test files hold no predictions.' };
  const gap = (baseline - network) * bits;
  const claim =
    gap > 0 ? `${name} beats the ${order}-gram.` : gap < 0 ? `The ${order}-gram beats ${name}.` : 'Neither is better.';
  return {
    claim,
    evidence: `${name} needs ${(network * bits).toFixed(3)} bits per character, the ${order}-gram ${(baseline * bits).toFixed(3)}: ${Math.abs(gap).toFixed(3)} ${gap >= 0 ? 'fewer' : 'more'} for the network, over ${whole(tables.all.count)} characters of test files.`,
  };
}

/** `LSTM 1×128 · linux`. */
export function runName({ label, name }: CellsRun): string {
  return `${label} · ${name}`;
}
