/** The cells that are on in a span of a text and off around it: which surroundings count, and how they are read. */
import { SliceLength, type Turn } from '../activations/turns.ts';
import type { LayerState, Session } from '../engine/engine.ts';
import type { Quantity } from '../model/spec.ts';
import { scoredQuantities } from './columns.ts';
import { type Match, SelectionRanking } from './matching.ts';

/** Shorter selections are told from their surroundings by any cell's chance peak; longer ones leave no surroundings near. */
export const shortestSelection = 3;
export const longestSelection = 2000;
/** Characters on each side that a selection is compared with: three times its length within these bounds. */
const nearest = 200;
const furthest = 1000;
/** Cells that are ranked in one turn. */
const cellsOfATurn = 32;

/** Characters [from, to) around a selection [start, end) in a text of `length` characters. */
export function surroundingsOf(start: number, end: number, length: number): { from: number; to: number } {
  const side = Math.max(nearest, Math.min(furthest, 3 * (end - start)));
  return { from: Math.max(0, start - side), to: Math.min(length, end + side) };
}

export interface SpanToMatch {
  /** Indices of the characters from the one after `state` to the end of the surroundings, −1: unknown. */
  inputs: Int32Array;
  /** State before the first of them; null: the zero state. */
  state: LayerState[] | null;
  /** Of `inputs`: where the surroundings and, in them, the selection begin, and the selection's end. */
  from: number;
  start: number;
  end: number;
}

/**
 * Reads all scored columns over a selection's surroundings, one quantity of one layer at a time, and ranks the cells.
 * Everything happens in turns of a few milliseconds. `onProgress` hears the share that is done.
 */
export async function cellsForSpan(
  session: Session,
  { inputs, state, from, start, end }: SpanToMatch,
  count: number,
  turn: Turn,
  onProgress: (fraction: number) => void = () => {},
): Promise<Match[]> {
  const length = inputs.length - from;
  const ranking = new SelectionRanking(length, start - from, end - from);
  const groups = session.spec.layers.flatMap(({ cell, hiddenSize }, layer) =>
    scoredQuantities[cell].map((quantity) => ({ layer, quantity, size: hiddenSize })),
  );
  for (const [done, group] of groups.entries()) {
    const rows = await readGroup(session, inputs, state, from, group, turn);
    for (let first = 0; first < group.size; first += cellsOfATurn) {
      await turn(async () => {
        const last = Math.min(group.size, first + cellsOfATurn);
        for (let cell = first; cell < last; cell++)
          ranking.add({ layer: group.layer, cell, quantity: group.quantity }, columnOf(rows, cell, group.size, length));
      });
      onProgress((done + first / group.size) / groups.length);
    }
  }
  return ranking.matches(count);
}

/** [inputs.length − from][size] one quantity of all cells of a layer, after the first `from` characters. */
async function readGroup(
  session: Session,
  inputs: Int32Array,
  state: LayerState[] | null,
  from: number,
  { layer, quantity, size }: { layer: number; quantity: Quantity; size: number },
  turn: Turn,
): Promise<Float32Array> {
  const rows = new Float32Array((inputs.length - from) * size);
  const slices = new SliceLength();
  let start = state;
  for (let at = 0; at < inputs.length; ) {
    await turn(async () => {
      const part = inputs.slice(at, at + slices.value);
      const began = performance.now();
      const captured = await session.run({ inputs: part, start, targets: null }, { blocks: [{ layer, quantity }] });
      slices.measured(part.length, performance.now() - began);
      const block = captured.blocks[0]!;
      // What stands before the surroundings is read for its state alone.
      const skipped = Math.max(0, Math.min(part.length, from - at));
      if (skipped < part.length)
        rows.set(block.subarray(skipped * size, part.length * size), (at + skipped - from) * size);
      start = captured.end;
      at += part.length;
    });
  }
  return rows;
}

function columnOf(rows: Float32Array, cell: number, size: number, length: number): Float32Array {
  const column = new Float32Array(length);
  for (let t = 0, k = cell; t < length; t++, k += size) column[t] = rows[k]!;
  return column;
}
