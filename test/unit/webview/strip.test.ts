import { describe, expect, it } from 'vitest';
import type { LineLayout } from '../../../webview/heatmap/layout.ts';
import { stepPath } from '../../../webview/heatmap/strip.ts';

const layout: LineLayout = { count: 4, edges: Float32Array.of(0, 10, 20, 30, 40, 45), columns: null };
const places = (path: string): number[] => [...path.matchAll(/[ML](\S+)/g)].map(([, x]) => Number(x));

describe('the curve of a strip', () => {
  it('holds each value over its character and slopes in between', () => {
    const path = stepPath(layout, Float32Array.of(1, -1), (value) => 10 * value);
    expect(path).toBe('M0.0 10.0L7.5 10.0L12.5 -10.0L20.0 -10.0');
  });

  it('of a part of a long line stands under that part', () => {
    const all = stepPath(layout, Float32Array.of(0, 0, 0, 0, 0), (value) => value);
    const part = stepPath(layout, Float32Array.of(0, 0), (value) => value, 2);
    expect([places(all)[0], places(all).at(-1)]).toEqual([0, 45]);
    expect([places(part)[0], places(part).at(-1)]).toEqual([20, 40]);
  });

  it('ends with the line, whatever it is given', () => {
    expect(places(stepPath(layout, new Float32Array(9), (value) => value, 3)).at(-1)).toBe(45);
    expect(stepPath(layout, new Float32Array(2), (value) => value, 5)).toBe('');
  });
});
