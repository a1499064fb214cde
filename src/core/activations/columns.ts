/** Columns of values of the cells that somebody looks at, kept in the segments of a document. */
import type { ColumnRequest } from '../engine/engine.ts';
import type { Segment, SegmentList } from './segments.ts';

/** Columns kept at a time: three cells on show and what was looked at just before. */
const COLUMNS_KEPT = 8;

/** Characters [from, to) of a document. */
export interface CharacterRange {
  from: number;
  to: number;
}

function keyOf({ layer, cell, quantity }: ColumnRequest): string {
  return `${layer}/${cell}/${quantity}`;
}

interface Watched {
  request: ColumnRequest;
  /** Jobs that read the column now: it is not let go meanwhile. */
  users: number;
  /** Largest |value| seen. */
  peak: number;
}

export class WatchedColumns {
  private readonly segments: SegmentList;
  /** The one asked for longest ago first. */
  private readonly watched = new Map<string, Watched>();

  constructor(segments: SegmentList) {
    this.segments = segments;
  }

  get requests(): ColumnRequest[] {
    return Array.from(this.watched.values(), ({ request }) => request);
  }

  /** Keeps columns from now on; until the returned function is called they cannot be pushed out by others. */
  watch(columns: readonly ColumnRequest[]): () => void {
    const entries = columns.map((request) => {
      const key = keyOf(request);
      const entry = this.watched.get(key) ?? { request, users: 0, peak: 0 };
      entry.users++;
      this.watched.delete(key);
      this.watched.set(key, entry);
      return entry;
    });
    return () => {
      for (const entry of entries) entry.users--;
      this.trim();
    };
  }

  /** Largest |value| that a column has shown so far, 0 where it is not watched. */
  peak(column: ColumnRequest): number {
    return this.watched.get(keyOf(column))?.peak ?? 0;
  }

  /** Puts down a segment's values, [length] for each column; those that are not watched any more are dropped. */
  store(segment: Segment, columns: readonly ColumnRequest[], values: readonly Float32Array[]): void {
    columns.forEach((column, at) => {
      const key = keyOf(column);
      const entry = this.watched.get(key);
      if (!entry) return;
      segment.columns.set(key, values[at]!);
      for (const value of values[at]!) if (Math.abs(value) > entry.peak) entry.peak = Math.abs(value);
    });
  }

  /** Those of the columns that a segment lacks. */
  lacking(segment: Segment, columns: readonly ColumnRequest[]): ColumnRequest[] {
    return columns.filter((column) => !segment.columns.has(keyOf(column)));
  }

  /** The first segment of the range that lacks one of the columns. */
  firstMissing(columns: readonly ColumnRequest[], { from, to }: CharacterRange): Segment | null {
    if (from >= to) return null;
    for (let k = this.segments.locate(from); k < this.segments.count && this.segments.start(k) < to; k++) {
      if (this.lacking(this.segments.at(k), columns).length > 0) return this.segments.at(k);
    }
    return null;
  }

  /** [to − from] values of a column that no segment of the range lacks. */
  assemble(column: ColumnRequest, { from, to }: CharacterRange): Float32Array {
    const values = new Float32Array(Math.max(0, to - from));
    if (from >= to) return values;
    const key = keyOf(column);
    for (let k = this.segments.locate(from); k < this.segments.count && this.segments.start(k) < to; k++) {
      const start = this.segments.start(k);
      const part = this.segments.at(k).columns.get(key)!;
      const head = Math.max(0, from - start);
      values.set(part.subarray(head, Math.min(part.length, to - start)), start + head - from);
    }
    return values;
  }

  /** Lets go of the columns that nobody reads now and that were looked at longest ago. */
  private trim(): void {
    for (const [key, { users }] of this.watched) {
      if (this.watched.size <= COLUMNS_KEPT) return;
      if (users > 0) continue;
      this.watched.delete(key);
      this.segments.forEach((segment) => {
        segment.columns.delete(key);
      });
    }
  }
}
