/**
 * How long single cells remember: the product of their forget gates, the direct path ∂c_t/∂c_{t−k} of the constant error
 * carousel (Hochreiter, Schmidhuber 1997; Gers et al. 2000). A GRU's is the product of its update gates z.
 */
import type { Session } from '../engine/engine.ts';
import type { CellKind, Quantity } from '../model/spec.ts';
import { forEachBatch, type PassOptions } from './lag-norms.ts';
import { horizonThreshold } from './lag-profile.ts';
import type { Position, TextStream } from './positions.ts';

/** The gate that keeps a cell's value from step to step; null: the state is rewritten at every step. */
export const keepingGate: Record<CellKind, Quantity | null> = { tanh: null, relu: null, lstm: 'f', gru: 'z' };

export interface LayerMemory {
  gate: Quantity;
  /** [lags + 1, H]: the mean over positions of ∏ f over the last k steps, 1 at k = 0. */
  retained: Float64Array;
  /** Per cell, the first k whose mean product lies under 0.01; null: beyond the lags. */
  horizons: (number | null)[];
}

/** The mean products at some lags: [H, steps]. */
export function retainedAt({ retained, horizons }: LayerMemory, steps: readonly number[]): Float32Array {
  const H = horizons.length;
  return Float32Array.from({ length: H * steps.length }, (_, i) => {
    const cell = Math.floor(i / steps.length);
    return retained[steps[i % steps.length]! * H + cell]!;
  });
}

/** Per layer; null for cells without a keeping gate. The positions have `lags` characters before them. */
export async function measureMemory(
  session: Session,
  texts: readonly TextStream[],
  positions: readonly Position[],
  lags: number,
  options: PassOptions = {},
): Promise<(LayerMemory | null)[]> {
  const { layers } = session.spec;
  const sums = layers.map(({ hiddenSize }) => new Float64Array((lags + 1) * hiddenSize));
  const gated = [...layers.keys()].filter((layer) => keepingGate[layers[layer]!.cell] !== null);
  if (gated.length === 0) return layers.map(() => null);
  const blocks = gated.map((layer) => ({ layer, quantity: keepingGate[layers[layer]!.cell]! }));
  // A batch captures all cells over all of its characters: the lags of a few positions, not of many far apart.
  await forEachBatch(session, texts, positions, lags, { ...options, batch: 4 }, async ({ stream, at }) => {
    const captured = await session.run({ ...stream, targets: null }, { blocks });
    gated.forEach((layer, k) => {
      const { hiddenSize: H } = layers[layer]!;
      for (const position of at) addProducts(captured.blocks[k]!, H, position, lags, sums[layer]!);
    });
  });
  return layers.map(({ cell, hiddenSize }, layer) => {
    const gate = keepingGate[cell];
    if (gate === null) return null;
    const retained = sums[layer]!.map((sum) => sum / positions.length);
    const horizons = Array.from({ length: hiddenSize }, (_, j) => {
      for (let k = 0; k <= lags; k++) if (retained[k * hiddenSize + j]! < horizonThreshold) return k;
      return null;
    });
    return { gate, retained, horizons };
  });
}

/** Adds ∏_{i = at−k+1}^{at} gate_i to sums[k·H + j] for k = 0 … lags and every cell j of gate [N, H]; at + 1 ≥ lags. */
export function addProducts(gate: Float32Array, H: number, at: number, lags: number, sums: Float64Array): void {
  const product = new Float64Array(H).fill(1);
  for (let k = 0; k <= lags; k++) {
    for (let j = 0; j < H; j++) sums[k * H + j] += product[j];
    if (k === lags) return;
    const row = (at - k) * H;
    for (let j = 0; j < H; j++) product[j] *= gate[row + j];
  }
}

/**
 * What is left at character `end` of a value written at `start`, for every span: ∏ of one cell's gate over the characters
 * after `start` up to `end`. For a string's span: whether the cell's value stays until the closing quote.
 * @param gate one value per character of the text
 */
export function retainedOver(gate: Float32Array, spans: readonly { start: number; end: number }[]): Float64Array {
  return Float64Array.from(spans, ({ start, end }) => {
    let product = 1;
    for (let t = start + 1; t <= end; t++) product *= gate[t];
    return product;
  });
}
