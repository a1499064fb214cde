/**
 * What one model does along one document: states every few hundred characters, statistics of every cell, columns of the
 * cells that somebody looks at. Nothing else is kept (one quantity of 500 KB at H = 512 would be 1 GB); the rest is
 * read again from the nearest kept state when it is asked for.
 */
import type { ColumnRequest, Session } from '../engine/engine.ts';
import type { ModelSpec } from '../model/spec.ts';
import { type CharacterRange, WatchedColumns } from './columns.ts';
import { type Segment, SegmentList } from './segments.ts';
import { type StreamState, stateBytes, statesMeet, zeroState } from './states.ts';
import { cellCount, DocumentStatistics, defaultQuantity, SegmentStatistics, statisticsBytes } from './statistics.ts';
import { SliceLength, type Turn } from './turns.ts';

/** Characters between kept states in documents of ordinary size. */
const EVERY = 256;
/** What states and statistics of one document may take; longer documents keep them at greater distance. */
const MEMORY_BUDGET = 128 * 2 ** 20;
export interface Reading {
  /** [length] each. */
  columns: Float32Array[];
  /** [logitsAt.length · V], empty where none were asked for. */
  logits: Float32Array;
  end: StreamState;
}

export class Track {
  readonly session: Session;
  readonly statistics: DocumentStatistics;
  private readonly segments: SegmentList;
  private readonly slices = new SliceLength();
  private readonly watched: WatchedColumns;
  private readonly defaultBlocks: { layer: number; quantity: 'tanhc' | 'h' }[];
  /** Character indices, the first `length` of the buffer. */
  private indices: Int32Array;
  private size: number;
  private edits = 0;

  /** `indices`: the document's characters in the model's vocabulary, −1 where it has none. Taken over, not copied. */
  constructor(session: Session, indices: Int32Array) {
    this.session = session;
    this.indices = indices;
    this.size = indices.length;
    this.statistics = new DocumentStatistics(cellCount(session.spec));
    this.segments = new SegmentList(
      indices.length,
      spacing(session.spec, indices.length),
      zeroState(session.spec),
      (s) => this.forget(s),
    );
    this.watched = new WatchedColumns(this.segments);
    this.defaultBlocks = session.spec.layers.map((_, layer) => ({
      layer,
      quantity: defaultQuantity(session.spec, layer),
    }));
  }

  get spec(): ModelSpec {
    return this.session.spec;
  }

  /** Characters in the document. */
  get length(): number {
    return this.size;
  }

  /** Grows with every edit: who reads over several slices sees whether the text moved underneath. */
  get revision(): number {
    return this.edits;
  }

  /** Characters from the start whose values are known and right. */
  get computed(): number {
    return this.segments.start(this.segments.firstStale());
  }

  get complete(): boolean {
    return this.segments.firstStale() === this.segments.count;
  }

  /** Index of character i in the vocabulary, −1: none. */
  index(i: number): number {
    return this.indices[i]!;
  }

  /** Replaces `removed` characters at `position`; what follows counts as unknown until a state meets a kept one. */
  edit(position: number, removed: number, inserted: Int32Array): void {
    this.edits++;
    const size = this.size - removed + inserted.length;
    const tail = this.indices.subarray(position + removed, this.size);
    if (size > this.indices.length) {
      const grown = new Int32Array(size + (size >> 3) + 1024);
      grown.set(this.indices.subarray(0, position));
      grown.set(tail, position + inserted.length);
      this.indices = grown;
    } else {
      this.indices.copyWithin(position + inserted.length, position + removed, this.size);
    }
    this.indices.set(inserted, position);
    this.size = size;
    this.segments.edit(position, removed, inserted.length);
  }

  /** Computes until the first `to` characters are right. */
  async ensure(to: number, turn: Turn): Promise<void> {
    while (!this.complete && this.computed < Math.min(to, this.size)) await this.advance(turn);
  }

  /**
   * Values of up to three columns over the characters [from, to) that `range` names. The range is asked again after each
   * slice, because an edit may move it; what it returned last comes back with values that belong to it.
   */
  async columns<R extends CharacterRange>(
    columns: readonly ColumnRequest[],
    range: () => R,
    turn: Turn,
  ): Promise<{ range: R; values: Float32Array[] }> {
    const release = this.watched.watch(columns);
    try {
      for (;;) {
        const asked = range();
        if (!this.complete && this.computed < asked.to) {
          await this.advance(turn);
          continue;
        }
        const missing = this.watched.firstMissing(columns, asked);
        if (!missing) return { range: asked, values: columns.map((column) => this.watched.assemble(column, asked)) };
        await this.fill(missing, columns, turn);
      }
    } finally {
      release();
    }
  }

  /** Largest |value| that a column has shown so far, 0 where it was never read. */
  peak(column: ColumnRequest): number {
    return this.watched.peak(column);
  }

  /** Smallest and largest value of every cell's default quantity over what is computed: [cells] each. */
  extremes(): { min: Float32Array; max: Float32Array } {
    const cells = cellCount(this.spec);
    const min = new Float32Array(cells).fill(Number.POSITIVE_INFINITY);
    const max = new Float32Array(cells).fill(Number.NEGATIVE_INFINITY);
    this.segments.forEach(({ statistics }) => {
      if (!statistics) return;
      for (let cell = 0; cell < cells; cell++) {
        if (statistics.min[cell]! < min[cell]!) min[cell] = statistics.min[cell]!;
        if (statistics.max[cell]! > max[cell]!) max[cell] = statistics.max[cell]!;
      }
    });
    return { min, max };
  }

  /** The nearest kept state at or before a character whose predecessors are all computed. */
  stateBefore(position: number): { position: number; state: StreamState } {
    if (this.segments.count === 0) return { position: 0, state: zeroState(this.spec) };
    const k = Math.min(this.segments.locate(position), this.segments.firstStale());
    return { position: this.segments.start(k), state: this.segments.at(k).before! };
  }

  /**
   * Reads `length` characters from a given state, slice by slice, without keeping anything. `place` tells where the
   * stretch starts now, or null when it is gone: then the result is null.
   */
  async read(
    place: () => number | null,
    length: number,
    state: StreamState,
    capture: {
      columns?: readonly ColumnRequest[];
      logitsAt?: Int32Array;
      blocks?: (b: Float32Array[], n: number) => void;
    },
    turn: Turn,
  ): Promise<Reading | null> {
    const requests = [...(capture.columns ?? [])];
    const columns = requests.map(() => new Float32Array(length));
    const logitsAt = capture.logitsAt ?? new Int32Array(0);
    const logits = new Float32Array(logitsAt.length * this.spec.vocabulary.length);
    let end = state;
    let logitsRead = 0;
    for (let done = 0; done < length; ) {
      const slice = await turn(async () => {
        const start = place();
        if (start === null) return null;
        const chars = Math.min(this.slices.value, length - done);
        const here = logitsAt.filter((t) => t >= done && t < done + chars).map((t) => t - done);
        const began = performance.now();
        const captured = await this.session.run(
          { inputs: this.indices.slice(start + done, start + done + chars), start: end, targets: null },
          { columns: requests, logitsAt: here, ...(capture.blocks ? { blocks: this.defaultBlocks } : {}) },
        );
        this.slices.measured(chars, performance.now() - began);
        return { captured, chars };
      });
      if (!slice || place() === null) return null;
      const { captured, chars } = slice;
      captured.columns.forEach((column, at) => {
        columns[at]!.set(column, done);
      });
      if (captured.logits) {
        logits.set(captured.logits, logitsRead);
        logitsRead += captured.logits.length;
      }
      capture.blocks?.(captured.blocks, chars);
      end = captured.end;
      done += chars;
    }
    return { columns, logits, end };
  }

  /** Computes the first stale segment. Harmless when an edit or another job comes in between: the result is dropped. */
  private async advance(turn: Turn): Promise<void> {
    const k = this.segments.firstStale();
    const segment = this.segments.at(k);
    const before = segment.before;
    if (!before) throw new Error('A segment was reached before the state in front of it.');
    const { length } = segment;
    const { requests } = this.watched;
    const statistics = new SegmentStatistics(cellCount(this.spec));
    const place = (): number | null => this.placeOf(segment, k, segment.stale && segment.before === before);
    const blocks = (values: Float32Array[], chars: number): void => statistics.add(values, chars);
    const reading = await this.read(place, length, before, { columns: requests, blocks }, turn);
    // Asked once more: another job may have put down the same segment just before.
    if (!reading || place() === null) return;
    segment.stale = false;
    segment.statistics = statistics;
    this.statistics.add(statistics);
    this.watched.store(segment, requests, reading.columns);
    const at = this.segments.indexOf(segment, k) + 1;
    if (at === this.segments.count) return;
    const next = this.segments.at(at);
    if (next.stale || !next.before || !statesMeet(reading.end, next.before)) this.segments.restart(at, reading.end);
  }

  /** Computes columns that a fresh segment lacks. */
  private async fill(segment: Segment, columns: readonly ColumnRequest[], turn: Turn): Promise<void> {
    const before = segment.before!;
    const requests = this.watched.lacking(segment, columns);
    const place = (): number | null => this.placeOf(segment, 0, !segment.stale && segment.before === before);
    const reading = await this.read(place, segment.length, before, { columns: requests }, turn);
    if (reading && place() !== null) this.watched.store(segment, requests, reading.columns);
  }

  private placeOf(segment: Segment, hint: number, unchanged: boolean): number | null {
    const k = unchanged ? this.segments.indexOf(segment, hint) : -1;
    return k < 0 ? null : this.segments.start(k);
  }

  private forget(segment: Segment): void {
    if (segment.statistics) this.statistics.remove(segment.statistics);
  }
}

/** Characters between kept states: 256, more where the document would not fit the memory budget. */
function spacing(spec: ModelSpec, chars: number): number {
  const bytes = stateBytes(spec) + statisticsBytes(spec);
  let every = EVERY;
  while ((chars / every) * bytes > MEMORY_BUDGET) every *= 2;
  return every;
}
