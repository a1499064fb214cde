import { describe, expect, it } from 'vitest';
import { dropoutFactor, dropoutKey } from '../../../../src/core/model/dropout.ts';

function mask(seed: number, layer: number, probability: number, size = 20_000): number[] {
  const key = dropoutKey(seed, layer);
  return Array.from({ length: size }, (_, index) => dropoutFactor(key, index, probability));
}

describe('dropout masks', () => {
  it('drop the asked share and scale the rest, so that the mean stays 1', () => {
    for (const probability of [0.1, 0.5, 0.9]) {
      const factors = mask(3, 0, probability);
      const dropped = factors.filter((factor) => factor === 0).length / factors.length;
      expect(Math.abs(dropped - probability)).toBeLessThan(0.015);
      expect(new Set(factors)).toEqual(new Set([0, 1 / (1 - probability)]));
    }
    expect(new Set(mask(3, 0, 0))).toEqual(new Set([1]));
  });

  it('neighbours, layers and seeds are independent', () => {
    const overlap = (a: number[], b: number[]): number => a.filter((value, i) => value === b[i]).length / a.length;
    const factors = mask(3, 0, 0.5);
    expect(overlap(factors, mask(3, 0, 0.5))).toBe(1);
    for (const other of [mask(3, 1, 0.5), mask(4, 0, 0.5), [...factors.slice(1), 0], [...factors.slice(64), 0]])
      expect(Math.abs(overlap(factors, other) - 0.5)).toBeLessThan(0.02);
  });
});
