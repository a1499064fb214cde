/** The values behind the colours: of the chosen cell, or of what was shown before while those are on their way. */
import type { ColourSource } from './text-view.ts';
import { type Cell, type CellValues, cellKey, ValueStore } from './values.ts';

export class ShownColours implements ColourSource {
  store = new ValueStore(0);
  private model: string | null = null;
  private cell: Cell | null = null;
  /** Values shown while those of a newly chosen cell or checkpoint are on their way. */
  private fallbackKey: string | null = null;

  /** What the colours are of; null while there is no model or cell. */
  get key(): string | null {
    return this.model !== null && this.cell ? cellKey(this.model, this.cell) : null;
  }

  get scale(): number {
    return this.current?.scale ?? 1;
  }

  values(line: number): Float32Array | undefined {
    return this.current?.lines[line] ?? (this.fallbackKey ? this.store.get(this.fallbackKey)?.lines[line] : undefined);
  }

  /** True where a line's values are of the chosen cell and the text as it stands. */
  fresh(line: number): boolean {
    return this.current?.fresh[line] === 1;
  }

  /** True where fresh values are wanted and not there. */
  stale(line: number): boolean {
    return this.key !== null && !this.fresh(line);
  }

  /** True where every line of a range is fresh. */
  settled(start: number, end: number): boolean {
    return this.current?.staleWithin(start, end) === null;
  }

  /** Another text: nothing is known of it. */
  reset(lineCount: number): void {
    this.store = new ValueStore(lineCount);
    this.fallbackKey = null;
    this.open();
  }

  /** @param keep whether the colours so far may stand until fresh ones come */
  setModel(model: string | null, keep: boolean): void {
    const { key } = this;
    this.model = model;
    this.changed(key, keep);
  }

  setCell(cell: Cell): void {
    const { key } = this;
    // Values of another quantity on this one's scale would be wrong colours: none are shown instead.
    const keep = this.cell?.quantity === cell.quantity;
    this.cell = cell;
    this.changed(key, keep);
  }

  /** Values of a cell arrived; true where they are of the one that is shown. */
  put(key: string, startLine: number, lines: readonly Float32Array[], scale: number): boolean {
    this.store.open(key).put(startLine, lines, scale);
    const shown = key === this.key;
    if (shown) this.fallbackKey = null;
    this.open();
    return shown;
  }

  private get current(): CellValues | undefined {
    return this.key === null ? undefined : this.store.get(this.key);
  }

  private changed(before: string | null, keep: boolean): void {
    if (before === this.key) return;
    this.fallbackKey = keep ? before : null;
    this.open();
  }

  /** The shown cell is the last to be forgotten. */
  private open(): void {
    if (this.key !== null) this.store.open(this.key);
  }
}
