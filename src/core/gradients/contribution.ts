/** How much of the recurrent weights' gradient comes through each lag, and what a training window cuts off. */
import type { LagContributions, Session } from '../engine/engine.ts';
import { gateCount, type ModelSpec } from '../model/spec.ts';
import { forEachBatch, type PassOptions } from './lag-norms.ts';
import { type Position, spreadOver, type TextStream } from './positions.ts';

export interface LayerContribution {
  /** Predictions whose mean loss J is. */
  positions: number;
  /** share[k] = ⟨D_k, D⟩/‖D‖², k = 0…K: sums to 1, and is negative where a lag works against the whole. NaN where D is 0. */
  share: Float64Array;
  /** ‖D_k‖ */
  norms: Float64Array;
  /** ‖D‖ */
  total: number;
}

/** Bytes that the kept gradients and states may take. */
const mostBytes = 256e6;

/** Positions whose gradients and states fit into memory together. */
export function affordablePositions({ layers }: ModelSpec, lags: number): number {
  const values = layers.reduce((sum, { cell, hiddenSize }) => sum + (gateCount[cell] + 1) * hiddenSize, 0);
  return Math.max(8, Math.floor(mostBytes / (4 * values * (lags + 1))));
}

/**
 * Of a model too large for all positions, as many of them as memory affords, evenly chosen. D = ∂J/∂W_hh, J the mean loss of the positions, D_k its part through the use of W_hh k
 * steps before the prediction.
 */
export async function measureContribution(
  session: Session,
  texts: readonly TextStream[],
  positions: readonly Position[],
  lags: number,
  options: PassOptions = {},
): Promise<LayerContribution[]> {
  const used = spreadOver(positions, affordablePositions(session.spec, lags));
  const collector = session.collectLags(used.length, lags);
  await forEachBatch(session, texts, used, lags, options, ({ stream, at }) => collector.add({ stream, positions: at }));
  return layerContributions(await collector.result());
}

export function layerContributions({ seeds, layers }: LagContributions): LayerContribution[] {
  return layers.map(({ squares, products, total }) => ({
    positions: seeds,
    share: products.map((product) => product / total),
    norms: squares.map(Math.sqrt),
    total: Math.sqrt(total),
  }));
}

export interface Truncation {
  /** Share of the gradient through lags of the window's length and more, which no prediction of the window can use. */
  beyond: number;
  /**
   * Share that training loses: a prediction at place p of the window goes back p lags, so lag k is used by (T − k)/T of
   * them. State that is carried from window to window brings no gradient with it (Williams, Peng 1990).
   */
  lost: number;
}

/** What truncation at windows of `window` characters cuts off a gradient with these shares by lag. */
export function truncation(share: Float64Array, window: number): Truncation {
  let beyond = 0;
  let lost = 0;
  for (let k = 0; k < share.length; k++) {
    if (k >= window) beyond += share[k];
    lost += share[k] * Math.min(1, k / window);
  }
  return { beyond, lost };
}
