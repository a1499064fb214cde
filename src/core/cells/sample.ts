import type { LayerState, Session } from '../engine/engine.ts';
import type { Random } from '../random.ts';
import { type Column, gather, readColumns, stateAfter } from './columns.ts';
import type { LabelledDocument, LabelledSide } from './held-out.ts';
import { report, type Watch } from './progress.ts';

/** A stretch of a document: `length` characters from `from` on, at `at` in the sample's arrays. */
export interface Segment {
  document: LabelledDocument;
  from: number;
  at: number;
  length: number;
}

/** Stretches of documents, chosen by a seed, as one row of characters. */
export interface TextSample {
  segments: Segment[];
  /** Characters of all segments. */
  length: number;
}

/** A sample with all columns' values: columns[c] is [length]. */
export interface ColumnSample extends TextSample {
  columns: Float32Array[];
  /** State before each segment, read from its document's start; null: the zero state. */
  starts: (LayerState[] | null)[];
}

/**
 * Chooses documents in seeded order until `chars` characters are together. Long documents give a stretch only, from
 * anywhere, so that several files take part; with few files the stretches are longer.
 */
export async function chooseText(
  side: LabelledSide,
  chars: number,
  random: Random,
  watch: Watch = {},
): Promise<TextSample> {
  const order = random.shuffle(Array.from({ length: side.size }, (_, index) => index));
  const wanted = Math.min(chars, side.chars);
  // The longest share of a file with which the files together reach the wanted size.
  let cap = Math.max(256, Math.ceil(wanted / 24));
  const available = (): number => order.reduce((sum, index) => sum + Math.min(cap, side.lengthOf(index)), 0);
  while (available() < wanted) cap *= 2;
  const segments: Segment[] = [];
  let at = 0;
  for (const index of order) {
    if (at >= wanted) break;
    const document = await side.document(index, () => report(watch, 'sample', at / wanted));
    const length = Math.min(document.inputs.length, cap, wanted - at);
    if (length === 0) continue;
    segments.push({ document, from: random.below(document.inputs.length - length + 1), at, length });
    at += length;
  }
  return { segments, length: at };
}

/** Reads all columns of a sample's characters. Memory: columns × characters × 4 bytes. */
export async function readSample(
  session: Session,
  columns: readonly Column[],
  text: TextSample,
  watch: Watch,
  stage: 'sample' | 'untrained' = 'sample',
): Promise<ColumnSample> {
  const values = columns.map(() => new Float32Array(text.length));
  const starts: (LayerState[] | null)[] = [];
  for (const { document, from, at, length } of text.segments) {
    await report(watch, stage, at / text.length);
    const start = await stateAfter(session, document.inputs, from);
    starts.push(start);
    await readColumns(
      session,
      columns,
      document.inputs.subarray(from, from + length),
      ({ from: offset, length: count, blocks }) => {
        for (const block of blocks)
          block.cells.forEach((cell, k) => {
            gather(block, cell, count, values[block.first + k]!, at + offset);
          });
      },
      start,
    );
  }
  return { ...text, columns: values, starts };
}

/** [length] labels of a binary concept over a sample, −1 where it does not apply. */
export function sampleLabels({ segments, length }: TextSample, concept: number): Int8Array {
  const labels = new Int8Array(length).fill(-1);
  for (const segment of segments) {
    const of = segment.document.labels[concept];
    if (of?.scale === 'binary') labels.set(of.values.subarray(segment.from, segment.from + segment.length), segment.at);
  }
  return labels;
}
