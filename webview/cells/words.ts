/** Concepts, cells and their figures in words and numbers. Pure but for the language. */
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
import { t, translated } from '../ui/words.ts';

export const quantityNames: Record<ShownCandidate['quantity'], string> = {
  c: 'c',
  tanhc: 'tanh c',
  h: 'h',
  i: t('input gate i'),
  f: t('forget gate f'),
  g: t('candidate g'),
  o: t('output gate o'),
  z: t('update gate z'),
  r: t('reset gate r'),
  n: t('candidate n'),
};

/** Kinds of characters, as the tables of losses name them. */
const classNames: Readonly<Record<string, string>> = {
  all: t('all'),
  newline: t('newline'),
  'space and tab': t('space and tab'),
  letter: t('letter'),
  digit: t('digit'),
  bracket: t('bracket'),
  quote: t('quote'),
  other: t('other'),
};

export function className(name: string): string {
  return classNames[name] ?? name;
}

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
  const text = `${translated(concept.name)} ${concept.id} ${first ? cellName(first) : ''}`.toLowerCase();
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
  return more.length > 0 ? t('lacks {0}, and {1} more', first, more.length) : t('lacks {0}', first);
}

/** One sentence that sums up a report. */
export function summary({ named, unnamed, complete }: ShownCells): string {
  const total = whole(named + unnamed);
  const share = percent(unnamed / Math.max(1, named + unnamed));
  if (named === 0)
    return complete
      ? t('None of the {0} cells has earned a name. Most cells never do.', total)
      : t('None of the {0} cells has earned a name so far. Most cells never do.', total);
  if (named === 1)
    return complete
      ? t('1 cell has a name; {0} of the {1} have none.', share, total)
      : t('1 cell has a name so far; {0} of the {1} have none.', share, total);
  return complete
    ? t('{0} cells have a name; {1} of the {2} have none.', whole(named), share, total)
    : t('{0} cells have a name so far; {1} of the {2} have none.', whole(named), share, total);
}

/** On which text. */
export function measuredOn({ chars, texts, generation }: ShownCells): string {
  const on = (characters: number, files: number | undefined): string =>
    files === undefined
      ? t('{0} characters', whole(characters))
      : files === 1
        ? t('{0} characters in 1 file', whole(characters))
        : t('{0} characters in {1} files', whole(characters), whole(files));
  return t(
    'Cell, quantity, sign and threshold were chosen on {0} of the validation side. Every figure is from {1} of the test side, checkpoint {2}.',
    on(chars.validation, texts?.validation.files),
    on(chars.test, texts?.test.files),
    generation,
  );
}

/** Which quantities of the cells. */
export function scoredOn({ quantities }: ShownCells): string {
  return t('Scored: {0}.', quantities.map((quantity) => quantityNames[quantity]).join(', '));
}

/** Why a model file has no page, and what to do. */
export function fileText(name: string): string {
  return t(
    '{0} is a model file. It keeps no held-out text, and scores on text that it may have learned by heart would say nothing: here are the cells of runs. To score the file on a folder that it has surely not read: cellscope cells FILE FOLDER, on the command line.',
    name,
  );
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
    within === null ? null : t('median inside {0}', fixed(within)),
    without === null
      ? null
      : concept === null
        ? t('median {0}', fixed(without))
        : t('median outside {0}', fixed(without)),
  ].filter((part) => part !== null);
  return parts.length > 0
    ? t('{0}, on a scale from {1} to {2}', parts.join(', '), fixed(low), fixed(high))
    : t('no characters');
}

export function memoryText({ memory }: ShownPicture): string {
  if (!memory) return t('This kind of cell has no gate that keeps its value: it is rewritten at every character.');
  const { gate, lags, horizon, spans } = memory;
  const forget = gate === 'f';
  const first =
    horizon === null
      ? forget
        ? t('Its forget gate still keeps more than 1 % of a value after {0} characters, on average.', lags)
        : t('Its update gate still keeps more than 1 % of a value after {0} characters, on average.', lags)
      : forget
        ? t('Its forget gate leaves less than 1 % of a value after {0} characters, on average.', horizon)
        : t('Its update gate leaves less than 1 % of a value after {0} characters, on average.', horizon);
  if (!spans) return first;
  const left = t(
    'At the end of a typical span of the concept (median of {0}), {1} of what was written at its beginning is left.',
    whole(spans.count),
    percent(spans.median),
  );
  return `${first} ${left}`;
}

const bits = Math.LOG2E;

/** Which of the two predicts better, and by how much. */
export function baselineVerdict(name: string, { tables, order }: ShownBaseline): { claim: string; evidence: string } {
  const { network, baseline } = tables.all;
  if (network === null || baseline === null)
    return { claim: t('There is nothing to compare.'), evidence: t('The test files hold no predictions.') };
  const gap = (baseline - network) * bits;
  const claim =
    gap > 0
      ? t('{0} beats the {1}-gram.', name, order)
      : gap < 0
        ? t('The {0}-gram beats {1}.', order, name)
        : t('Neither is better.');
  const [own, counted, apart] = [network * bits, baseline * bits, Math.abs(gap)].map((value) => value.toFixed(3)) as [
    string,
    string,
    string,
  ];
  const chars = whole(tables.all.count);
  return {
    claim,
    evidence:
      gap >= 0
        ? t(
            '{0} needs {1} bits per character, the {2}-gram {3}: {4} fewer for the network, over {5} characters of test files.',
            name,
            own,
            order,
            counted,
            apart,
            chars,
          )
        : t(
            '{0} needs {1} bits per character, the {2}-gram {3}: {4} more for the network, over {5} characters of test files.',
            name,
            own,
            order,
            counted,
            apart,
            chars,
          ),
  };
}

/** `LSTM 1×128 · linux`. */
export function runName({ label, name }: CellsRun): string {
  return `${label} · ${name}`;
}
