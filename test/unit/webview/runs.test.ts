import { describe, expect, it } from 'vitest';
import { levelOf, levels, mergeRuns } from '../../../webview/heatmap/runs.ts';

function runsOf(values: number[], scale = 1, count = values.length): number[][] {
  const out = new Int32Array(3 * values.length);
  const written = mergeRuns(Float32Array.from(values), count, scale, out);
  return Array.from({ length: written / 3 }, (_, i) => [...out.subarray(3 * i, 3 * i + 3)]);
}

describe('levels', () => {
  it('are symmetric, clamped, and nought for nothing', () => {
    expect([1, -1, 3, -3, 0, Number.NaN].map((value) => levelOf(value, 1))).toEqual([
      levels,
      -levels,
      levels,
      -levels,
      0,
      0,
    ]);
    expect(levelOf(0.5, 1)).toBe(levels / 2);
    expect(levelOf(2, 4)).toBe(levels / 2);
  });
});

describe('merged runs', () => {
  it('join equal neighbours and leave transparent ones out', () => {
    expect(runsOf([1, 1, 0, 0, -1, 1])).toEqual([
      [0, 2, levels],
      [4, 5, -levels],
      [5, 6, levels],
    ]);
  });

  it('cover every value that is not transparent exactly once', () => {
    const values = Array.from({ length: 300 }, (_, i) => Math.sin(i / 3));
    const seen = new Array(300).fill(0);
    for (const [first, end, level] of runsOf(values))
      for (let i = first!; i < end!; i++) {
        seen[i]++;
        expect(levelOf(Math.fround(values[i]!), 1)).toBe(level);
      }
    values.forEach((value, i) => {
      expect(seen[i]).toBe(levelOf(value, 1) === 0 ? 0 : 1);
    });
  });

  it('stop at the count and at the end of the values', () => {
    expect(runsOf([1, 1, 1, 1], 1, 2)).toEqual([[0, 2, levels]]);
    expect(runsOf([1, 1], 1, 9)).toEqual([[0, 2, levels]]);
    expect(runsOf([])).toEqual([]);
  });
});
