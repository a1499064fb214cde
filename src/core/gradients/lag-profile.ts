/** How far back learning reaches: gradient norms by lag, and the lag at which they have faded. */
import { Random } from '../random.ts';
import type { LagNorms } from './lag-norms.ts';

/** The horizon is the first lag whose relative gradient lies under this. */
export const horizonThreshold = 0.01;

/** The relative gradient of one state (h or c) of one layer. */
export interface StateProfile {
  /**
   * relative[k] = mean_t ‖∂J_t/∂h_{t−k}‖ / mean_t ‖∂J_t/∂h_t‖, a ratio of means, for k = 0…K; NaN where no gradient
   * arrives at lag 0.
   */
  relative: Float64Array;
  /** Over positions, of ‖∂J_t/∂h_{t−k}‖ / ‖∂J_t/∂h_t‖; positions whose gradient at lag 0 is 0 are left out. */
  quartiles: { lower: Float64Array; median: Float64Array; upper: Float64Array };
  /** First k ≤ K with relative[k] < 0.01; null: beyond K. */
  horizon: number | null;
  /** 95 % interval of the horizon by bootstrap over positions; null: beyond K. */
  interval: [number | null, number | null];
}

export interface LayerProfile {
  h: StateProfile;
  c: StateProfile | null;
}

/** Draws of the bootstrap. */
const draws = 500;

export function lagProfile(norms: LagNorms, seed = 1): LayerProfile[] {
  const { positions, lags } = norms;
  return norms.layers.map(({ h, c }, k) => {
    const random = Random.derive(seed, `horizon of layer ${k}`);
    return {
      h: stateProfile(h, positions, lags, random),
      c: c ? stateProfile(c, positions, lags, random) : null,
    };
  });
}

/** @param norms [positions, lags + 1] */
export function stateProfile(norms: Float32Array, positions: number, lags: number, random: Random): StateProfile {
  const relative = meanProfile(norms, positions, lags);
  return {
    relative,
    quartiles: quartiles(norms, positions, lags),
    horizon: horizonOf(relative),
    interval: bootstrap(transpose(norms, positions, lags + 1), positions, lags, random),
  };
}

/** Means over positions by lag, over the mean at lag 0. */
export function meanProfile(norms: Float32Array, positions: number, lags: number): Float64Array {
  const sums = new Float64Array(lags + 1);
  for (let n = 0; n < positions; n++) for (let k = 0; k <= lags; k++) sums[k]! += norms[n * (lags + 1) + k]!;
  const first = sums[0]!;
  return sums.map((sum) => sum / first);
}

/** First k with relative[k] < 0.01, or null. */
export function horizonOf(relative: ArrayLike<number>): number | null {
  for (let k = 0; k < relative.length; k++) if (relative[k]! < horizonThreshold) return k;
  return null;
}

/** Horizons of positions drawn with replacement: their 2.5th and 97.5th percentile. */
function bootstrap(
  byLag: Float32Array,
  positions: number,
  lags: number,
  random: Random,
): [number | null, number | null] {
  if (positions === 0) return [null, null];
  const horizons: number[] = [];
  const times = new Int32Array(positions);
  for (let draw = 0; draw < draws; draw++) {
    times.fill(0);
    for (let n = 0; n < positions; n++) times[random.below(positions)]!++;
    const least = horizonThreshold * weightedSum(byLag, 0, times);
    let k = 0;
    while (k <= lags && !(weightedSum(byLag, k * positions, times) < least)) k++;
    horizons.push(k);
  }
  horizons.sort((a, b) => a - b);
  const at = (share: number): number | null => {
    const horizon = horizons[Math.round(share * (draws - 1))]!;
    return horizon > lags ? null : horizon;
  };
  return [at(0.025), at(0.975)];
}

function quartiles(norms: Float32Array, positions: number, lags: number): StateProfile['quartiles'] {
  const result = {
    lower: new Float64Array(lags + 1),
    median: new Float64Array(lags + 1),
    upper: new Float64Array(lags + 1),
  };
  const ratios = new Float64Array(positions);
  for (let k = 0; k <= lags; k++) {
    let count = 0;
    for (let n = 0; n < positions; n++) {
      const first = norms[n * (lags + 1)];
      if (first > 0) ratios[count++] = norms[n * (lags + 1) + k] / first;
    }
    const sorted = ratios.subarray(0, count).sort();
    result.lower[k] = quantile(sorted, 0.25);
    result.median[k] = quantile(sorted, 0.5);
    result.upper[k] = quantile(sorted, 0.75);
  }
  return result;
}

/** Linear interpolation between the neighbours in an ascending array; NaN where it is empty. */
export function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  if (sorted.length === 0) return Number.NaN;
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

/** [rows, columns] → [columns, rows] */
function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) result[c * rows + r] = values[r * columns + c];
  return result;
}

/** Σ_n weights[n]·values[at + n] */
function weightedSum(values: Float32Array, at: number, weights: Int32Array): number {
  let sum = 0;
  for (let n = 0; n < weights.length; n++) sum += weights[n] * values[at + n];
  return sum;
}
