import { describe, expect, it } from 'vitest';
import {
  averagePrecision,
  averagePrecisionOfBins,
  bestCut,
  scoreAtCut,
} from '../../../../src/core/cells/average-precision.ts';
import { Bins, edgeRanks, fitBins } from '../../../../src/core/cells/bins.ts';
import { Random } from '../../../../src/core/random.ts';
import golden from '../../../reference/average-precision.json' with { type: 'json' };

/**
 * Figures of scikit-learn's average_precision_score. The first is the example of its documentation; the second and
 * third are the cases of its own tests (test_average_precision_score_tied_values, …_constant_values). The fourth is
 * summed by hand from its definition: thresholds 0.8, 0.6, 0.2 give 1/3·1/2 + 2/3·3/5.
 */
const figures: [number[], number[], number][] = [
  [[0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.8333333333333333],
  [[0, 1, 1], [0.5, 0.5, 0.6], 0.8333333333333333],
  [[1, 0, 0, 0, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1, 1], 0.25],
  [[0, 1, 1, 0, 1, 0], [0.6, 0.8, 0.6, 0.8, 0.6, 0.2], 0.5666666666666667],
];

describe('average precision', () => {
  for (const [labels, scores, expected] of figures)
    it(`is ${expected.toFixed(4)} for ${scores.join(' ')}`, () => {
      expect(averagePrecision(Float32Array.from(scores), labels)).toBeCloseTo(expected, 12);
    });

  it.each(golden.cases.map((each, k) => [k, each] as const))(
    'is scikit-learn’s on vectors with ties, %i',
    (_, each) => {
      expect(averagePrecision(Float32Array.from(each.scores), each.labels)).toBeCloseTo(each.averagePrecision, 12);
    },
  );

  it('leaves out what is not scored', () => {
    const scores = Float32Array.from([0.9, 0.1, 0.4, 0.35, 0.8]);
    expect(averagePrecision(scores, [-1, 0, 0, 1, 1])).toBeCloseTo(0.8333333333333333, 12);
  });

  it('ranks the negated scores with sign −1', () => {
    expect(averagePrecision(Float32Array.from([0.1, 0.2, 0.3]), [1, 0, 0], -1)).toBe(1);
    expect(averagePrecision(Float32Array.from([0.1, 0.2, 0.3]), [1, 0, 0], 1)).toBeCloseTo(1 / 3, 12);
  });

  it('takes scores that are equal as float32 for equal', () => {
    expect(averagePrecision(Float32Array.from([0.5 + 1e-9, 0.5]), [0, 1])).toBe(0.5);
  });

  it('is NaN without a positive', () => {
    expect(averagePrecision(Float32Array.from([1, 2]), [0, 0])).toBeNaN();
  });
});

describe('thresholds', () => {
  // Bins ascending: scored 4 3 2 1, positives 0 1 2 1.
  const positives = [0, 1, 2, 1];
  const scored = [4, 3, 2, 1];

  it('the best cut has the highest F1', () => {
    expect(bestCut(positives, scored, 4, 1)).toBe(2);
    expect(scoreAtCut(positives, scored, 4, 1, 2)).toEqual({ f1: 6 / 7, iou: 3 / 4 });
  });

  it('works from below with sign −1', () => {
    const reversed = { positives: [...positives].reverse(), scored: [...scored].reverse() };
    expect(bestCut(reversed.positives, reversed.scored, 4, -1)).toBe(2);
    expect(scoreAtCut(reversed.positives, reversed.scored, 4, -1, 2)).toEqual({ f1: 6 / 7, iou: 3 / 4 });
  });

  it('nothing on is F1 0', () => {
    expect(scoreAtCut(positives, scored, 4, 1, 4)).toEqual({ f1: 0, iou: 0 });
  });
});

describe('bins', () => {
  it('hold the values between their edges, whatever the look-up table', () => {
    const random = new Random(5);
    for (const make of [() => random.normal(), () => Math.tanh(8 * random.normal()), () => random.below(5) - 2]) {
      const sample = Float32Array.from({ length: 4000 }, make);
      const bins = fitBins(sample.slice(), 256);
      for (let k = 0; k < 2000; k++) {
        const value = Math.fround(k < 1000 ? sample[k]! : 3 * random.normal());
        const bin = bins.binOf(value);
        let expected = 0;
        while (expected < bins.edges.length && bins.edges[expected]! <= value) expected++;
        expect(bin).toBe(expected);
      }
    }
  });

  it('never part equal values, and one value makes one bin', () => {
    expect(fitBins(Float32Array.from([2, 2, 2, 2]), 8).count).toBe(1);
    expect(fitBins(Float32Array.from([0, 0, 0, 1]), 8).edges).toHaveLength(1);
    expect(new Bins(Float32Array.of(), []).binOf(3)).toBe(0);
  });

  it('give a value that fills many ranks a bin of its own', () => {
    const sample = Float32Array.from({ length: 1000 }, (_, i) => (i < 700 ? -1 : i < 990 ? 1 : (i - 995) / 1e6));
    const bins = fitBins(sample, 32);
    expect(bins.count).toBeLessThanOrEqual(33);
    expect(new Set([-1, -5e-6, 4e-6, 1].map((value) => bins.binOf(Math.fround(value)))).size).toBeGreaterThan(2);
    expect(bins.binOf(Math.fround(-5e-6))).not.toBe(bins.binOf(-1));
    expect(bins.binOf(Math.fround(4e-6))).not.toBe(bins.binOf(1));
  });

  it('are fine in the tails', () => {
    const ranks = edgeRanks(32768, 1024);
    expect(ranks.length).toBeLessThan(1024);
    expect(ranks.length).toBeGreaterThan(900);
    expect(ranks.slice(0, 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(ranks.slice(-3)).toEqual([32765, 32766, 32767]);
  });

  /** Largest difference from the exact AP over shapes of values, distances of the classes and signs. */
  function worstError(base: number, n: number, count = 1024): number {
    const random = new Random(9);
    let worst = 0;
    for (const separation of [0.5, 2, 4])
      for (const shape of ['smooth', 'saturated', 'steps'] as const) {
        const labels = new Int8Array(n);
        const values = new Float32Array(n);
        for (let i = 0; i < n; i++) {
          labels[i] = random.next() < base ? 1 : 0;
          const x = random.normal() + separation * labels[i]!;
          values[i] = shape === 'smooth' ? x : shape === 'saturated' ? Math.tanh(2 * x) : Math.round(x);
        }
        // The bins are fitted to half of the values: scored texts are not those that the bins saw.
        const bins = fitBins(values.slice(0, n / 2), count);
        const positives = new Uint32Array(bins.count);
        const scored = new Uint32Array(bins.count);
        for (let i = 0; i < n; i++) {
          const bin = bins.binOf(values[i]!);
          scored[bin]!++;
          positives[bin]! += labels[i]!;
        }
        for (const sign of [1, -1] as const) {
          const exact = averagePrecision(values, labels, sign);
          const binned = averagePrecisionOfBins(positives, scored, bins.count, sign);
          worst = Math.max(worst, Math.abs(exact - binned));
        }
      }
    return worst;
  }

  it('give AP within 0.002 of the exact one at base rates from a half to a hundredth', () => {
    for (const base of [0.5, 0.1, 0.01]) expect(worstError(base, 40_000)).toBeLessThan(0.002);
  });

  it('give AP within 0.02 with the 128 bins that the largest networks get', () => {
    for (const base of [0.5, 0.1, 0.01]) expect(worstError(base, 40_000, 128)).toBeLessThan(0.02);
  });

  it('give AP within 0.015 where only about 40 of 40,000 characters are positive', () => {
    expect(worstError(0.001, 40_000)).toBeLessThan(0.015);
  });
});
