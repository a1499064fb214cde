/** Gates that are nearly always shut or open, and units that never move, over whole texts. */
import { atOnce } from '../activations/turns.ts';
import type { Captured, LayerState, Session, Stream } from '../engine/engine.ts';
import type { CellKind, Quantity } from '../model/spec.ts';
import type { PassOptions } from './lag-norms.ts';
import type { TextStream } from './positions.ts';

/** A gate is left-saturated under 0.1 and right-saturated over 0.9 (Karpathy, Johnson, Fei-Fei 2015). */
export const saturationBounds = { left: 0.1, right: 0.9 } as const;
/** A unit whose h moves by less than this over all texts is dead. */
export const deadRange = 1e-3;

/** Sigmoid gates of each cell. */
export const sigmoidGates: Record<CellKind, readonly Quantity[]> = {
  tanh: [],
  relu: [],
  lstm: ['i', 'f', 'o'],
  gru: ['r', 'z'],
};

/** Per cell [H]: the share of characters at which its gate is left- or right-saturated. */
export interface GateSaturation {
  gate: Quantity;
  left: Float64Array;
  right: Float64Array;
}

export interface LayerSaturation {
  gates: GateSaturation[];
  /** Indices of dead units. */
  dead: number[];
}

/** Characters read in one turn. */
const chunk = 512;

/** Reads every text from the zero state. */
export async function measureSaturation(
  session: Session,
  texts: readonly TextStream[],
  { turn = atOnce, onProgress }: Omit<PassOptions, 'batch'> = {},
): Promise<{ chars: number; layers: LayerSaturation[] }> {
  const layers = session.spec.layers.map(({ cell, hiddenSize }) => ({
    cells: hiddenSize,
    gates: sigmoidGates[cell].map((gate) => ({
      gate,
      left: new Float64Array(hiddenSize),
      right: new Float64Array(hiddenSize),
    })),
    lowest: new Float64Array(hiddenSize).fill(Number.POSITIVE_INFINITY),
    highest: new Float64Array(hiddenSize).fill(Number.NEGATIVE_INFINITY),
  }));
  const blocks = layers.flatMap(({ gates }, layer) => [
    ...gates.map(({ gate }) => ({ layer, quantity: gate })),
    { layer, quantity: 'h' as const },
  ]);
  const total = texts.reduce((sum, { inputs }) => sum + inputs.length, 0);
  let chars = 0;
  for (const { inputs } of texts) {
    let start: LayerState[] | null = null;
    for (let from = 0; from < inputs.length; from += chunk) {
      const part: Stream = { inputs: inputs.slice(from, from + chunk), start, targets: null };
      const captured: Captured = await turn(() => session.run(part, { blocks }));
      start = captured.end;
      let block = 0;
      for (const { cells, gates, lowest, highest } of layers) {
        for (const gate of gates) countSaturated(captured.blocks[block++]!, cells, gate);
        widen(captured.blocks[block++]!, cells, lowest, highest);
      }
      chars += part.inputs.length;
      onProgress?.(chars / total);
    }
  }
  return {
    chars,
    layers: layers.map(({ gates, lowest, highest }) => ({
      gates: gates.map(({ gate, left, right }) => ({
        gate,
        left: left.map((count) => count / chars),
        right: right.map((count) => count / chars),
      })),
      dead: [...lowest.keys()].filter((cell) => highest[cell]! - lowest[cell]! < deadRange),
    })),
  };
}

/** @param values [N, H] */
function countSaturated(values: Float32Array, cells: number, { left, right }: GateSaturation): void {
  for (let at = 0; at < values.length; at += cells)
    for (let j = 0; j < cells; j++) {
      const value = values[at + j];
      if (value < saturationBounds.left) left[j]++;
      else if (value > saturationBounds.right) right[j]++;
    }
}

function widen(values: Float32Array, cells: number, lowest: Float64Array, highest: Float64Array): void {
  for (let at = 0; at < values.length; at += cells)
    for (let j = 0; j < cells; j++) {
      const value = values[at + j];
      if (value < lowest[j]) lowest[j] = value;
      if (value > highest[j]) highest[j] = value;
    }
}
