import type { Random } from '../random.ts';
import { indexOf, scoreOf, sortedKeys } from './average-precision.ts';
import type { Segment } from './sample.ts';

/**
 * 95 % interval of the AP of one column by bootstrap over files: files are drawn with replacement, the AP computed
 * anew each time; the interval runs from the 2.5th to the 97.5th percentile. Null with fewer than 4 files that hold
 * scored characters, or where too few draws hold a positive.
 */
export function bootstrapByFile(
  values: Float32Array,
  labels: Int8Array,
  segments: readonly Segment[],
  sign: 1 | -1,
  draws: number,
  random: Random,
): [number, number] | null {
  // Sorted once; a draw only changes how often each character counts.
  const files = segments.filter(({ at, length }) => labels.subarray(at, at + length).some((label) => label >= 0));
  if (files.length < 4) return null;
  const fileOf = new Int32Array(labels.length).fill(-1);
  files.forEach(({ at, length }, file) => {
    fileOf.fill(file, at, at + length);
  });
  const keys = sortedKeys(values, (i) => labels[i]! >= 0 && fileOf[i]! >= 0);
  if (sign > 0) keys.reverse();
  const order = Int32Array.from(keys, indexOf);
  const lastOfScore = Uint8Array.from(keys, (key, k) =>
    k + 1 < keys.length && scoreOf(keys[k + 1]!) === scoreOf(key) ? 0 : 1,
  );
  const precisions: number[] = [];
  const weights = new Int32Array(files.length);
  for (let draw = 0; draw < draws; draw++) {
    weights.fill(0);
    for (let k = 0; k < files.length; k++) weights[random.below(files.length)]!++;
    const precision = weightedPrecision(labels, order, lastOfScore, fileOf, weights);
    if (!Number.isNaN(precision)) precisions.push(precision);
  }
  if (precisions.length < draws / 2) return null;
  precisions.sort((a, b) => a - b);
  const at = (share: number): number => precisions[Math.round(share * (precisions.length - 1))]!;
  return [at(0.025), at(0.975)];
}

/** AP where the character i counts weights[fileOf[i]] times. Equals `averagePrecision` for weights of 1. */
function weightedPrecision(
  labels: Int8Array,
  order: Int32Array,
  lastOfScore: Uint8Array,
  fileOf: Int32Array,
  weights: Int32Array,
): number {
  let hits = 0;
  let hitsBefore = 0;
  let seen = 0;
  let sum = 0;
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!;
    const weight = weights[fileOf[i]!]!;
    seen += weight;
    if (labels[i] === 1) hits += weight;
    if (lastOfScore[k] === 0) continue;
    if (hits > hitsBefore) sum += ((hits - hitsBefore) * hits) / seen;
    hitsBefore = hits;
  }
  return sum / hits;
}
