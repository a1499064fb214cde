/** When was it born: how well cells stand for concepts at one checkpoint, on the same sample of text at each. */
import type { Session } from '../engine/engine.ts';
import { averagePrecision } from './average-precision.ts';
import { BinnedSample, positionsOf, type SampleLabels } from './binned-sample.ts';
import type { Column } from './columns.ts';
import type { Watch } from './progress.ts';
import { readSample, sampleLabels, type TextSample } from './sample.ts';

/** The cell that stands for a concept in the end, looked at in earlier checkpoints too. */
export interface Followed extends Column {
  sign: 1 | -1;
}

export interface ConceptAtCheckpoint {
  /** Index of the concept. */
  concept: number;
  /** Share of positives among the scored characters of the test sample. */
  base: number;
  /** The best cell, quantity and sign on the validation sample, with its exact AP on the test sample. */
  best: Followed & { ap: number };
  /** Exact AP of the followed cell on the test sample, null where none is followed. */
  followed: number | null;
}

/** Concepts that do not occur in both samples are left out. `columns` are those of the whole model. */
export async function scoreCheckpoint(
  session: Session,
  { validation, test }: { validation: TextSample; test: TextSample },
  columns: readonly Column[],
  wanted: readonly { concept: number; followed: Followed | null }[],
  watch: Watch = {},
): Promise<ConceptAtCheckpoint[]> {
  const found = await bestOn(session, validation, columns, wanted, watch);
  const sample = await readSample(session, columns, test, watch);
  return wanted.flatMap(({ concept, followed }): ConceptAtCheckpoint[] => {
    const best = found.get(concept);
    const raw = sampleLabels(test, concept);
    const labels = positionsOf(raw);
    if (!best || !occurs(labels, test)) return [];
    const apOf = (cell: Followed): number => averagePrecision(sample.columns[indexOf(columns, cell)]!, raw, cell.sign);
    return [
      {
        concept,
        base: labels.positives.length / (test.length - labels.unscored.length),
        best: { ...best, ap: apOf(best) },
        followed: followed && apOf(followed),
      },
    ];
  });
}

/** The best cell, quantity and sign of each concept that occurs in a sample, by concept. */
async function bestOn(
  session: Session,
  text: TextSample,
  columns: readonly Column[],
  wanted: readonly { concept: number }[],
  watch: Watch,
): Promise<Map<number, Followed>> {
  const binned = new BinnedSample(await readSample(session, columns, text, watch));
  const found = new Map<number, Followed>();
  for (const { concept } of wanted) {
    const labels = positionsOf(sampleLabels(text, concept));
    if (!occurs(labels, text)) continue;
    let most = Number.NEGATIVE_INFINITY;
    columns.forEach((column, k) => {
      for (const sign of [1, -1] as const) {
        const ap = binned.averagePrecision(k, labels, sign);
        if (ap <= most) continue;
        most = ap;
        found.set(concept, { ...column, sign });
      }
    });
  }
  return found;
}

function occurs({ positives, unscored }: SampleLabels, { length }: TextSample): boolean {
  return positives.length > 0 && positives.length + unscored.length < length;
}

function indexOf(columns: readonly Column[], { layer, cell, quantity }: Column): number {
  return columns.findIndex((one) => one.layer === layer && one.cell === cell && one.quantity === quantity);
}
