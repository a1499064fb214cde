import { describe, expect, it } from 'vitest';
import { Rows, RowWindow } from '../../../webview/ui/rows.ts';

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

describe('the rows that stand in the page', () => {
  it('hold what is in view at every step of a scrolling, either way, at any speed', () => {
    for (const step of [1, 3, 8, 40, 500, -1, -8, -40]) {
      const standing = new RowWindow();
      for (let start = step > 0 ? 0 : 950; start >= 0 && start < 1000; start += step) {
        const end = Math.min(1000, start + 45);
        const range = standing.around({ start, end }, 1000);
        expect(range.start).toBeLessThanOrEqual(Math.max(0, start - 3));
        expect(range.end).toBeGreaterThanOrEqual(Math.min(1000, end + 3));
        expect(range.end - range.start).toBeLessThan(90);
      }
    }
  });

  it('stay the same for most steps', () => {
    const standing = new RowWindow();
    const ranges = Array.from({ length: 40 }, (_, start) => standing.around({ start, end: start + 45 }, 1000));
    expect(new Set(ranges).size).toBe(5);
  });

  it('are made anew for a shorter text and a lower view', () => {
    const standing = new RowWindow();
    standing.around({ start: 0, end: 45 }, 1000);
    expect(standing.around({ start: 0, end: 10 }, 10)).toEqual({ start: 0, end: 10 });
    standing.around({ start: 100, end: 200 }, 1000);
    expect(standing.around({ start: 120, end: 130 }, 1000)).toEqual({ start: 115, end: 140 });
    expect(standing.around({ start: 0, end: 0 }, 0)).toEqual({ start: 0, end: 0 });
  });
});
