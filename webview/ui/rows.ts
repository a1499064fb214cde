/** The arithmetic of virtual rows: equal heights, with one taller gap after one row. */

export interface Range {
  /** First row. */
  start: number;
  /** One past the last row. */
  end: number;
}

export class Rows {
  readonly count: number;
  readonly height: number;
  /** The row after which the gap stands, or −1. */
  readonly gapAfter: number;
  readonly gapHeight: number;

  constructor(count: number, height: number, gapAfter = -1, gapHeight = 0) {
    this.count = count;
    this.height = height;
    this.gapAfter = gapAfter < count ? gapAfter : -1;
    this.gapHeight = this.gapAfter < 0 ? 0 : gapHeight;
  }

  get total(): number {
    return this.count * this.height + this.gapHeight;
  }

  /** Top of a row in pixels. */
  top(row: number): number {
    return row * this.height + (row > this.gapAfter ? this.gapHeight : 0);
  }

  /** The row at a height; within the gap the row above it; clamped to the rows there are. */
  at(y: number): number {
    const gapTop = (this.gapAfter + 1) * this.height;
    const inRows = y < gapTop || this.gapHeight === 0 ? y : Math.max(gapTop - 1, y - this.gapHeight);
    return Math.max(0, Math.min(this.count - 1, Math.floor(inRows / this.height)));
  }

  /** True where a height falls into the gap. */
  inGap(y: number): boolean {
    const gapTop = (this.gapAfter + 1) * this.height;
    return this.gapHeight > 0 && y >= gapTop && y < gapTop + this.gapHeight;
  }

  /** Rows that touch [y, y + extent), with `overscan` rows on either side. */
  range(y: number, extent: number, overscan = 0): Range {
    if (this.count === 0) return { start: 0, end: 0 };
    return {
      start: Math.max(0, this.at(y) - overscan),
      end: Math.min(this.count, this.at(y + Math.max(0, extent - 1)) + 1 + overscan),
    };
  }

  /** The scroll position that shows a row (and the gap under it, where it has one) with the least movement. */
  reveal(row: number, scrollTop: number, extent: number, margin = 0): number {
    const top = this.top(row) - margin;
    const bottom = this.top(row) + this.height + (row === this.gapAfter ? this.gapHeight : 0) + margin;
    if (top < scrollTop) return Math.max(0, top);
    return bottom > scrollTop + extent ? Math.max(0, bottom - extent) : scrollTop;
  }
}

/**
 * Rows kept beyond those in view: on the side towards which they are scrolled, and on the other. With more of them the page changes in
 * fewer frames, but by so much that these come late.
 */
const ahead = 10;
const behind = 5;
/** Rows beyond those in view that there must be at least. */
const margin = 3;

/**
 * Which rows stand in the page: those in view and some around them, and others only when these come to their end. So most
 * frames of a scrolling change nothing in the page, and a quick turn of the wheel finds rows where it arrives.
 */
export class RowWindow {
  private range: Range = { start: 0, end: 0 };
  private from = 0;

  /** The rows that stand while `visible` of `count` are in view. */
  around({ start, end }: Range, count: number): Range {
    const up = start < this.from;
    this.from = start;
    const enough = { start: Math.max(0, start - margin), end: Math.min(count, end + margin) };
    const { range } = this;
    const holds = range.start <= enough.start && range.end >= enough.end && range.end <= count;
    const slim = range.end - range.start <= end - start + ahead + behind + 2 * margin;
    if (!holds || !slim)
      this.range = {
        start: Math.max(0, start - (up ? ahead : behind)),
        end: Math.min(count, end + (up ? behind : ahead)),
      };
    return this.range;
  }
}
