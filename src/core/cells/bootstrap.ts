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

/**
 * The interval of a sample of a text as one of the whole text, whose AP is known: moved in log-odds by what lies between the two APs,
 * so that it stays within (0, 1). Its width remains the sample's, which is the wider one.
 */
export function intervalAbout([low, high]: readonly [number, number], sampleAp: number, ap: number): [number, number] {
  const moved = logOdds(ap) - logOdds(sampleAp);
  const move = (value: number): number => 1 / (1 + Math.exp(-(logOdds(value) + moved)));
  return [move(low), move(high)];
}

/** ln(p / (1 − p)), of values that are at least a millionth from 0 and 1. */
function logOdds(p: number): number {
  const within = Math.min(1 - 1e-6, Math.max(1e-6, p));
  return Math.log(within / (1 - within));
}
