/** Backward passes from many positions of many texts, each text's state carried from its first character on. */
import { atOnce, type Turn } from '../activations/turns.ts';
import type { LayerState, Session, Stream } from '../engine/engine.ts';
import type { Position, TextStream } from './positions.ts';

/** Gradient norms of every position, lag by lag: [positions, lags + 1] per layer; c for LSTM. */
export interface LagNorms {
  positions: number;
  lags: number;
  layers: { h: Float32Array; c: Float32Array | null }[];
}

export interface PassOptions {
  /** Gives every backward pass its turn on a shared thread. */
  turn?: Turn;
  /** Positions that go back together in one turn. */
  batch?: number;
  onProgress?: (fraction: number) => void;
}

/** ‖∂J_t/∂h_{t−k}‖₂ and ‖∂J_t/∂c_{t−k}‖₂ for k = 0…lags of every position t, in the positions' order. */
export async function measureLagNorms(
  session: Session,
  texts: readonly TextStream[],
  positions: readonly Position[],
  lags: number,
  options: PassOptions = {},
): Promise<LagNorms> {
  const width = lags + 1;
  const norms = (): Float32Array => new Float32Array(positions.length * width);
  const result: LagNorms = {
    positions: positions.length,
    lags,
    layers: session.spec.layers.map(({ cell }) => ({ h: norms(), c: cell === 'lstm' ? norms() : null })),
  };
  await forEachBatch(session, texts, positions, lags, options, async ({ stream, at, order }) => {
    const gradients = await session.backward({ stream, positions: at, inputs: false }, lags);
    gradients.layers.forEach(({ h, c }, k) => {
      order.forEach((position, seed) => {
        const from = seed * width;
        result.layers[k]!.h.set(h.subarray(from, from + width), position * width);
        if (c) result.layers[k]!.c!.set(c.subarray(from, from + width), position * width);
      });
    });
  });
  return result;
}

/** Positions of one text that lie close: the part of the text they look back on, with the state before it. */
export interface Batch {
  text: number;
  stream: Stream;
  /** Index of the stream's first character in the text. */
  first: number;
  /** The positions within the stream, and their indices among all positions. */
  at: Int32Array;
  order: number[];
}

/**
 * Visits the positions text by text in ascending order, reading each text at most once besides the batches themselves. A visit is
 * one turn; what follows it may take turns of its own.
 */
export async function forEachBatch(
  session: Session,
  texts: readonly TextStream[],
  positions: readonly Position[],
  lags: number,
  { turn = atOnce, batch = 32, onProgress }: PassOptions,
  visit: (batch: Batch) => Promise<void>,
  after?: () => Promise<void>,
): Promise<void> {
  let done = 0;
  for (const [text, { inputs, targets }] of texts.entries()) {
    const order = [...positions.keys()]
      .filter((index) => positions[index]!.text === text)
      .sort((a, b) => positions[a]!.at - positions[b]!.at);
    let state: LayerState[] | null = null;
    let read = 0;
    for (let from = 0; from < order.length; from += batch) {
      const indices = order.slice(from, from + batch);
      const first = Math.max(0, positions[indices[0]!]!.at - lags);
      const end = positions[indices.at(-1)!]!.at + 1;
      for (; read < first; ) {
        const to = Math.min(first, read + readingChunk);
        const part: Stream = { inputs: inputs.slice(read, to), targets: null, start: state };
        state = (await turn(() => session.run(part, {}))).end;
        read = to;
      }
      const stream = { inputs: inputs.slice(first, end), targets: targets.slice(first, end), start: state };
      const at = Int32Array.from(indices, (index) => positions[index]!.at - first);
      await turn(() => visit({ text, stream, first, at, order: indices }));
      await after?.();
      done += indices.length;
      onProgress?.(done / positions.length);
    }
  }
}

/** Characters read in one turn. */
const readingChunk = 4096;
