/**
 * A document cut into segments of a few hundred characters. Each remembers the state before its first character, so any
 * segment can be read alone; an edit touches only the segments it lies in, the others keep what they know.
 *
 * Invariant: what a segment that is not stale knows follows from its own text and `before`, and where the next one is not
 * stale either, the state after this one meets the next one's `before`. So everything up to the first stale segment is
 * right, and recomputation that reaches a fresh segment with a state that meets its `before` may jump to the next stale one.
 */
import type { StreamState } from './states.ts';
import type { SegmentStatistics } from './statistics.ts';

export interface Segment {
  length: number;
  /** State before the first character; null where no computation has reached it yet. */
  before: StreamState | null;
  /** True where the text or `before` changed since the values were computed. */
  stale: boolean;
  statistics: SegmentStatistics | null;
  /** Values by column key, [length] each. */
  columns: Map<string, Float32Array>;
}

function segment(length: number, before: StreamState | null): Segment {
  return { length, before, stale: true, statistics: null, columns: new Map() };
}

export class SegmentList {
  /** Characters per segment; edits make them shorter or longer, between a quarter and twice as many. */
  readonly every: number;
  private readonly origin: StreamState;
  private readonly dropped: (segment: Segment) => void;
  private items: Segment[] = [];
  /** First character of each segment, valid for the first `startsKnown` entries. */
  private starts: number[] = [];
  private startsKnown = 0;
  private staleHint = 0;

  /** `origin`: the state before the first character. `dropped` hears of every segment whose values no longer count. */
  constructor(length: number, every: number, origin: StreamState, dropped: (segment: Segment) => void) {
    this.every = every;
    this.origin = origin;
    this.dropped = dropped;
    this.items = this.pieces(length, origin);
  }

  get count(): number {
    return this.items.length;
  }

  at(k: number): Segment {
    return this.items[k]!;
  }

  indexOf(item: Segment, hint: number): number {
    return this.items[hint] === item ? hint : this.items.indexOf(item);
  }

  /** First character of segment k; `start(count)` is the length of the document. */
  start(k: number): number {
    if (this.startsKnown === 0) {
      this.starts[0] = 0;
      this.startsKnown = 1;
    }
    for (; this.startsKnown <= k; this.startsKnown++) {
      this.starts[this.startsKnown] = this.starts[this.startsKnown - 1]! + this.items[this.startsKnown - 1]!.length;
    }
    return this.starts[k]!;
  }

  /** The segment that holds a character; the last one for a position at the end. */
  locate(position: number): number {
    let low = 0;
    let high = this.items.length - 1;
    this.start(this.items.length);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Index of the first stale segment, or `count`. */
  firstStale(): number {
    while (this.staleHint < this.items.length && !this.items[this.staleHint]!.stale) this.staleHint++;
    return this.staleHint;
  }

  /** Sets what comes before segment k and lets go of its values. */
  restart(k: number, before: StreamState): void {
    const item = this.items[k]!;
    item.before = before;
    if (item.stale) return;
    this.drop(item);
    item.stale = true;
    this.staleHint = Math.min(this.staleHint, k);
  }

  /** Replaces `removed` characters at `position` by `inserted` new ones. */
  edit(position: number, removed: number, inserted: number): void {
    if (removed === 0 && inserted === 0) return;
    if (this.items.length === 0) {
      this.replace(0, 0, this.pieces(inserted, this.origin));
      return;
    }
    const first = this.locate(position);
    let last = removed === 0 ? first : this.locate(position + removed - 1);
    let length = this.start(last + 1) - this.start(first) - removed + inserted;
    // What is left too short joins its neighbour, so that typing and deleting never litter the document with crumbs.
    if (length < this.every / 4 && last + 1 < this.items.length) {
      last++;
      length += this.items[last]!.length;
    }
    this.replace(first, last - first + 1, this.pieces(length, this.items[first]!.before));
  }

  forEach(visit: (item: Segment) => void): void {
    this.items.forEach(visit);
  }

  private replace(first: number, count: number, pieces: Segment[]): void {
    for (let k = first; k < first + count; k++) this.drop(this.items[k]!);
    this.items.splice(first, count, ...pieces);
    this.startsKnown = Math.min(this.startsKnown, first + 1);
    this.staleHint = Math.min(this.staleHint, first);
  }

  private drop(item: Segment): void {
    this.dropped(item);
    item.statistics = null;
    item.columns.clear();
  }

  private pieces(length: number, before: StreamState | null): Segment[] {
    if (length === 0) return [];
    const made: Segment[] = [];
    for (let left = length; left > 0; ) {
      const size = left > 2 * this.every ? this.every : left;
      made.push(segment(size, made.length === 0 ? before : null));
      left -= size;
    }
    return made;
  }
}
