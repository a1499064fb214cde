/** The state of a stream between two characters: per layer h [H] and, for LSTM, c [H]. */
import type { LayerState } from '../engine/engine.ts';
import type { ModelSpec } from '../model/spec.ts';

export type StreamState = LayerState[];

/** The state before the first character of a document. */
export function zeroState(spec: ModelSpec): StreamState {
  return spec.layers.map((layer) => ({
    h: new Float32Array(layer.hiddenSize),
    c: layer.cell === 'lstm' ? new Float32Array(layer.hiddenSize) : null,
  }));
}

/** Bytes that one kept state takes. */
export function stateBytes(spec: ModelSpec): number {
  return spec.layers.reduce((sum, layer) => sum + layer.hiddenSize * (layer.cell === 'lstm' ? 8 : 4), 0);
}

/**
 * Two states meet where every component differs by at most this, relative above magnitude 1: a few units in the last
 * place of a float32. Slow cells keep such a difference for ever, so bitwise equality would never be reached in them.
 */
export const MEETING_TOLERANCE = 5e-7;

export function statesMeet(a: StreamState, b: StreamState): boolean {
  for (let layer = 0; layer < a.length; layer++) {
    const left = a[layer]!;
    const right = b[layer]!;
    if (!vectorsMeet(left.h, right.h)) return false;
    if (left.c && right.c && !vectorsMeet(left.c, right.c)) return false;
  }
  return true;
}

function vectorsMeet(a: Float32Array, b: Float32Array): boolean {
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!;
    const difference = Math.abs(x - b[i]!);
    // Written so that NaN never meets anything.
    if (!(difference <= MEETING_TOLERANCE * Math.max(1, Math.abs(x)))) return false;
  }
  return true;
}
