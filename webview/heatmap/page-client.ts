/** Decides which values to ask for next: what is in view, then around it, then the neighbouring cells of the list. */
import type { Range } from '../ui/rows.ts';
import { type Cell, cellKey, type ValueStore } from './values.ts';

export interface PageRequest {
  request: number;
  version: number;
  cells: Cell[];
  startLine: number;
  endLine: number;
}

export interface Wanted {
  model: string;
  version: number;
  lineCount: number;
  cell: Cell;
  /** Cells laid over it, two at most. */
  overlays: readonly Cell[];
  /** Cells that would be chosen next: their visible lines are fetched in idle moments. */
  neighbours: readonly Cell[];
  visible: Range;
  /** The way the view is being scrolled, 0: it rests, and there is time for what may be wanted later. */
  moving: -1 | 0 | 1;
}

interface InFlight {
  request: number;
  /** What was asked for, to see whether it is still wanted. */
  key: string;
  range: Range;
  urgent: boolean;
  since: number;
}

/** Longest request: a page is answered as a whole. */
const most = 512;

export class PageClient {
  private readonly post: (request: PageRequest) => void;
  private readonly now: () => number;
  private next = 1;
  private inFlight: InFlight | null = null;
  /** After a failure nothing is asked until something changes. */
  private stalled = false;

  constructor(post: (request: PageRequest) => void, now: () => number = () => performance.now()) {
    this.post = post;
    this.now = now;
  }

  /** A failed or outdated request may be tried again. */
  resume(): void {
    this.stalled = false;
    this.inFlight = null;
  }

  /** True where the answer is to the last request. */
  answered(request: number): boolean {
    if (this.inFlight?.request !== request) return false;
    this.inFlight = null;
    return true;
  }

  failed(request: number): void {
    if (this.answered(request)) this.stalled = true;
  }

  /** Asks for the next thing that is missing, if any. A request for what is no longer in view is replaced. */
  update(wanted: Wanted, store: ValueStore): void {
    if (this.stalled) return;
    const shown = [wanted.cell, ...wanted.overlays];
    const key = shown.map((cell) => cellKey(wanted.model, cell)).join('\n');
    const missingWithin = (start: number, end: number): { cells: Cell[]; range: Range } | null => {
      const stale = shown.flatMap((cell) => {
        const range = store.open(cellKey(wanted.model, cell)).staleWithin(Math.max(0, start), end);
        return range ? [{ cell, range }] : [];
      });
      if (stale.length === 0) return null;
      const whole = {
        start: Math.min(...stale.map(({ range }) => range.start)),
        end: Math.max(...stale.map(({ range }) => range.end)),
      };
      return { cells: stale.map(({ cell }) => cell), range: clamp(whole, wanted.lineCount) };
    };
    const urgent = missingWithin(wanted.visible.start, wanted.visible.end);
    if (urgent) {
      if (this.inFlight && this.serves(this.inFlight, key, urgent.range)) return;
      this.ask(wanted, key, urgent.cells, urgent.range, true);
      return;
    }
    if (this.inFlight) return;
    const height = wanted.visible.end - wanted.visible.start;
    const [before, after] = wanted.moving < 0 ? [2, 1] : [1, 2];
    const around = missingWithin(wanted.visible.start - before * height, wanted.visible.end + after * height);
    if (around) {
      const { start, end } = around.range;
      // While somebody scrolls as much as one answer may bring: every answer costs a frame its time, however short it is.
      const ahead =
        (wanted.moving > 0 && missingWithin(start, start + most)) ||
        (wanted.moving < 0 && missingWithin(end - most, end)) ||
        around;
      this.ask(wanted, key, ahead.cells, ahead.range, false);
      return;
    }
    if (wanted.moving !== 0) return;
    const missing = wanted.neighbours.filter((cell) => {
      const values = store.get(cellKey(wanted.model, cell));
      return !values || values.staleWithin(wanted.visible.start, wanted.visible.end) !== null;
    });
    if (missing.length > 0) this.ask(wanted, key, missing.slice(0, 3), clamp(wanted.visible, wanted.lineCount), false);
  }

  /** A request on its way is waited for while it brings some of what is wanted, or is too young to give up. */
  private serves(inFlight: InFlight, key: string, range: Range): boolean {
    if (inFlight.key !== key) return false;
    const overlaps = inFlight.range.start < range.end && range.start < inFlight.range.end;
    return overlaps || (inFlight.urgent && this.now() - inFlight.since < 60);
  }

  private ask(wanted: Wanted, key: string, cells: readonly Cell[], range: Range, urgent: boolean): void {
    const request = this.next++;
    this.inFlight = { request, key, range, urgent, since: this.now() };
    this.post({
      request,
      version: wanted.version,
      cells: cells.map(({ layer, cell, quantity }) => ({ layer, cell, quantity })),
      startLine: range.start,
      endLine: range.end,
    });
  }
}

function clamp(range: Range, lineCount: number): Range {
  return { start: range.start, end: Math.min(range.end, range.start + most, lineCount) };
}
