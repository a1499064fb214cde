import { describe, expect, it } from 'vitest';
import { Rows } from '../../../webview/ui/rows.ts';

describe('virtual rows', () => {
  it('are all found at every pixel of theirs, gap or not', () => {
    for (const gapAfter of [-1, 0, 3, 9]) {
      const rows = new Rows(10, 19, gapAfter, 80);
      for (let row = 0; row < 10; row++) {
        expect(rows.at(rows.top(row))).toBe(row);
        expect(rows.at(rows.top(row) + 18)).toBe(row);
      }
    }
  });

  it('the gap stands under its row and belongs to it', () => {
    const rows = new Rows(10, 20, 3, 80);
    expect(rows.top(3)).toBe(60);
    expect(rows.top(4)).toBe(160);
    expect(rows.total).toBe(280);
    expect([79, 80, 159, 160].map((y) => rows.inGap(y))).toEqual([false, true, true, false]);
    expect(rows.at(120)).toBe(3);
  });

  it('a gap after a row that is not there is none', () => {
    expect(new Rows(3, 20, 7, 80).total).toBe(60);
  });

  it('the range covers what is seen, with overscan, within what there is', () => {
    const rows = new Rows(100, 20);
    expect(rows.range(0, 100)).toEqual({ start: 0, end: 5 });
    expect(rows.range(10, 100)).toEqual({ start: 0, end: 6 });
    expect(rows.range(200, 100, 3)).toEqual({ start: 7, end: 18 });
    expect(rows.range(1990, 500, 3)).toEqual({ start: 96, end: 100 });
    expect(new Rows(0, 20).range(0, 500)).toEqual({ start: 0, end: 0 });
  });

  it('reveals with the least movement, the gap included', () => {
    const rows = new Rows(100, 20, 10, 80);
    expect(rows.reveal(2, 100, 200)).toBe(40);
    expect(rows.reveal(7, 100, 200)).toBe(100);
    expect(rows.reveal(10, 0, 200)).toBe(20 * 11 + 80 - 200);
  });
});
