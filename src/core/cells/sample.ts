import type { Session } from '../engine/engine.ts';
import type { Random } from '../random.ts';
import { type Column, gather, readColumns } from './columns.ts';
import type { LabelledDocument, LabelledSide } from './held-out.ts';
import { report, type Watch } from './progress.ts';

/** A stretch of a document from its start: `length` characters, at `at` in the sample's arrays. */
export interface Segment {
  document: LabelledDocument;
  at: number;
  length: number;
}

/** Documents chosen by a seed, each cut to a largest length, as one row of characters. */
export interface TextSample {
  segments: Segment[];
  /** Characters of all segments. */
  length: number;
}

/** A sample with all columns' values: columns[c] is [length]. */
export interface ColumnSample extends TextSample {
  columns: Float32Array[];
}

/**
 * Chooses documents in seeded order until `chars` characters are together. Long documents give their beginning only, so
 * that several files take part; where there are too few files, a second round takes more of each.
 */
export async function chooseText(side: LabelledSide, chars: number, random: Random): Promise<TextSample> {
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
    const document = await side.document(index);
    const length = Math.min(document.inputs.length, cap, wanted - at);
    if (length === 0) continue;
    segments.push({ document, at, length });
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
  for (const { document, at, length } of text.segments) {
    await report(watch, stage, at / text.length);
    await readColumns(session, columns, document.inputs.subarray(0, length), ({ from, length: count, blocks }) => {
      for (const block of blocks)
        block.cells.forEach((cell, k) => {
          gather(block, cell, count, values[block.first + k]!, at + from);
        });
    });
  }
  return { ...text, columns: values };
}

/** [length] labels of a binary concept over a sample, −1 where it does not apply. */
export function sampleLabels({ segments, length }: TextSample, concept: number): Int8Array {
  const labels = new Int8Array(length).fill(-1);
  for (const segment of segments) {
    const of = segment.document.labels[concept];
    if (of?.scale === 'binary') labels.set(of.values.subarray(0, segment.length), segment.at);
  }
  return labels;
}
