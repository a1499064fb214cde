import { describe, expect, it } from 'vitest';
import { learningRateAt } from '../../../../src/core/training/schedule.ts';

const rate = (schedule: 'constant' | 'cosine' | 'step', progress: number): number =>
  learningRateAt({ learningRate: 0.1, schedule, warmup: 0 }, 1000, progress);

describe('learning rate schedules', () => {
  it('constant', () => {
    expect([0, 0.5, 1].map((progress) => rate('constant', progress))).toEqual([0.1, 0.1, 0.1]);
  });

  it('cosine: whole, half, nothing', () => {
    expect(rate('cosine', 0)).toBe(0.1);
    expect(rate('cosine', 0.5)).toBeCloseTo(0.05, 12);
    expect(rate('cosine', 1)).toBe(0);
    expect(rate('cosine', 1.5)).toBe(0);
  });

  it('step: halved at 4/8, 5/8, 6/8 and 7/8', () => {
    expect([0, 0.49, 0.5, 0.63, 0.75, 0.99].map((progress) => rate('step', progress))).toEqual(
      [1, 1, 1 / 2, 1 / 4, 1 / 8, 1 / 16].map((factor) => 0.1 * factor),
    );
  });

  it('warm-up rises linearly from above zero to the full rate', () => {
    const at = (chars: number): number =>
      learningRateAt({ learningRate: 0.1, schedule: 'constant', warmup: 100 }, chars, 0);
    expect(at(0)).toBeCloseTo(0.001, 12);
    expect(at(49)).toBeCloseTo(0.05, 12);
    expect(at(99)).toBe(0.1);
    expect(at(5000)).toBe(0.1);
  });
});
