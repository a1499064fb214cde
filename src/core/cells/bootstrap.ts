import type { Random } from '../random.ts';
import { averagePrecisionOfBins } from './average-precision.ts';
import type { SegmentCounts } from './binned-sample.ts';

/**
 * 95 % interval of one column's AP by bootstrap over files (Efron, Tibshirani 1993): files are drawn with replacement
 * and the AP is computed from their counts together; the interval runs from the 2.5th to the 97.5th percentile.
 * Null with fewer than 4 files that hold scored characters, or where most draws hold no positive.
 */
export function bootstrapByFile(
  files: readonly SegmentCounts[],
  sign: 1 | -1,
  draws: number,
  random: Random,
): [number, number] | null {
  const scoring = files.filter(({ scored }) => scored.some((count) => count > 0));
  if (scoring.length < 4) return null;
  const bins = scoring[0]!.scored.length;
  const positives = new Uint32Array(bins);
  const scored = new Uint32Array(bins);
  const precisions: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    positives.fill(0);
    scored.fill(0);
    for (let k = 0; k < scoring.length; k++) {
      const file = scoring[random.below(scoring.length)]!;
      for (let bin = 0; bin < bins; bin++) {
        positives[bin]! += file.positives[bin]!;
        scored[bin]! += file.scored[bin]!;
      }
    }
    const precision = averagePrecisionOfBins(positives, scored, bins, sign);
    if (!Number.isNaN(precision)) precisions.push(precision);
  }
  if (precisions.length < draws / 2) return null;
  precisions.sort((a, b) => a - b);
  const at = (share: number): number => precisions[Math.round(share * (precisions.length - 1))]!;
  return [at(0.025), at(0.975)];
}
