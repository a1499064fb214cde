import type { Concept } from '../concepts/concept.ts';
import type { Session } from '../engine/engine.ts';
import type { Bins } from './bins.ts';
import { type Column, chunkSize, readColumns } from './columns.ts';
import type { LabelledSide } from './held-out.ts';
import { report, type Watch } from './progress.ts';
import type { TextSample } from './sample.ts';
import { type Pairs, ScoreTable } from './score-table.ts';

/** Bytes that the counts of one side may take. */
const countBudget = 128 * 2 ** 20;

/** Bins for each column, so that the counts of all columns and concepts keep within the budget. */
export function binsFor(columns: number, concepts: readonly Concept[]): number {
  const binary = concepts.filter(({ scale }) => scale === 'binary').length;
  const affordable = countBudget / (columns * Math.max(1, binary) * 8);
  return Math.max(64, Math.min(1024, 2 ** Math.floor(Math.log2(affordable))));
}

/** Rank in [0, 1] of every label of the graded concepts among a sample's labels, equal labels at their mean rank. */
export function labelRanks(
  concepts: readonly Concept[],
  { segments }: TextSample,
): Map<number, (label: number) => number> {
  const ranks = new Map<number, (label: number) => number>();
  concepts.forEach(({ scale }, concept) => {
    if (scale !== 'graded') return;
    const counts = new Map<number, number>();
    for (const { document, from, length } of segments) {
      const labels = document.labels[concept];
      if (labels?.scale !== 'graded') continue;
      for (let i = from; i < from + length; i++) {
        const label = labels.values[i]!;
        if (!Number.isNaN(label)) counts.set(label, (counts.get(label) ?? 0) + 1);
      }
    }
    const values = Float64Array.from(counts.keys()).sort();
    const total = Math.max(
      1,
      [...counts.values()].reduce((sum, count) => sum + count, 0),
    );
    let below = 0;
    const middles = Float64Array.from(values, (value) => {
      const count = counts.get(value)!;
      below += count;
      return (below - count / 2) / total;
    });
    ranks.set(concept, (label) => rankBetween(values, middles, label));
  });
  return ranks;
}

/** Mean rank of a label; one that the sample lacks lies between its neighbours. */
function rankBetween(values: Float64Array, middles: Float64Array, label: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < label) low = middle + 1;
    else high = middle;
  }
  if (low < values.length && values[low] === label) return middles[low]!;
  if (low === 0) return 0;
  if (low === values.length) return 1;
  return (middles[low - 1]! + middles[low]!) / 2;
}

/** Characters above which graded concepts look at every fourth character only. */
const thinningFrom = 200_000;

/** Streams one side once. `pairs`: the columns and concepts that are scored, null for all of them. */
export async function scoreSide(
  session: Session,
  side: LabelledSide,
  columns: readonly Column[],
  bins: readonly Bins[],
  ranks: ReadonlyMap<number, (label: number) => number>,
  watch: Watch,
  stage: 'validation' | 'test',
  pairs: Pairs | null,
): Promise<ScoreTable> {
  const gradedStride = side.chars > thinningFrom ? 4 : 1;
  const table = new ScoreTable(side.concepts, bins, { chunk: chunkSize, labelRanks: ranks, gradedStride, pairs });
  let done = 0;
  for (let index = 0; index < side.size; index++) {
    const document = await side.document(index, () => report(watch, stage, done / side.chars));
    await readColumns(session, columns, document.inputs, async ({ from, length, blocks }) => {
      table.add(document, from, length, blocks);
      done += length;
      await report(watch, stage, done / side.chars);
    });
  }
  return table;
}
