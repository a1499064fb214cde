/** How much of the recurrent weights' gradient comes through each lag, and what a training window cuts off. */
import type { LagContributions, Session } from '../engine/engine.ts';
import { forEachBatch, type PassOptions } from './lag-norms.ts';
import type { Position, TextStream } from './positions.ts';

export interface LayerContribution {
  /** share[k] = ⟨D_k, D⟩/‖D‖², k = 0…K: sums to 1, and is negative where a lag works against the whole. NaN where D is 0. */
  share: Float64Array;
  /** ‖D_k‖ */
  norms: Float64Array;
  /** ‖D‖ */
  total: number;
}

/** D = ∂J/∂W_hh, J the mean loss of the positions, D_k its part through the use of W_hh k steps before the prediction. */
export async function measureContribution(
  session: Session,
  texts: readonly TextStream[],
  positions: readonly Position[],
  lags: number,
  options: PassOptions = {},
): Promise<LayerContribution[]> {
  const collector = session.collectLags(positions.length, lags);
  await forEachBatch(session, texts, positions, lags, options, ({ stream, at }) =>
    collector.add({ stream, positions: at }),
  );
  return layerContributions(await collector.result());
}

export function layerContributions({ layers }: LagContributions): LayerContribution[] {
  return layers.map(({ squares, products, total }) => ({
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
