/** The values behind the colours: of the chosen cell and those laid over it, or of what was shown before while those are on their way. */
import type { Overlay, OverlayPlace } from './overlays.ts';
import type { OverlayValues } from './painter.ts';
import type { ColourSource } from './text-view.ts';
import { type Cell, type CellValues, cellKey, ValueStore } from './values.ts';

/** One cell on the screen. */
class ShownCell {
  cell: Cell | null = null;
  /** Values shown while those of a newly chosen cell or checkpoint are on their way. */
  fallbackKey: string | null = null;
  private known: { model: string; cell: Cell; key: string } | null = null;

  /** Values of a cell and model; null while there is none. Made once for both: every line of every frame asks for it. */
  key(model: string | null): string | null {
    const { cell, known } = this;
    if (model === null || !cell) return null;
    if (known?.model === model && known.cell === cell) return known.key;
    this.known = { model, cell, key: cellKey(model, cell) };
    return this.known.key;
  }
}

export class ShownColours implements ColourSource {
  store = new ValueStore(0);
  private model: string | null = null;
  private readonly chosen = new ShownCell();
  private readonly laidOver = new Map<OverlayPlace, ShownCell>();

  /** What the background is of; null while there is no model or cell. */
  get key(): string | null {
    return this.chosen.key(this.model);
  }

  get scale(): number {
    return this.current(this.chosen)?.scale ?? 1;
  }

  values(line: number): Float32Array | undefined {
    return this.valuesOf(this.chosen, line);
  }

  /** The values of the cells that are laid over, by place. */
  get overlays(): readonly OverlayValues[] {
    return [...this.laidOver].map(([place, shown]) => ({
      place,
      scale: this.current(shown)?.scale ?? 1,
      values: (line) => this.valuesOf(shown, line),
    }));
  }

  /** The value of an overlay at a character, undefined while it is not known of the text as it stands. */
  overlayValue(place: OverlayPlace, line: number, character: number): number | undefined {
    const shown = this.laidOver.get(place);
    const values = shown && this.current(shown);
    return values?.fresh[line] === 1 ? values.lines[line]?.[character] : undefined;
  }

  /** True where a line's background is of the chosen cell and the text as it stands. */
  fresh(line: number): boolean {
    return this.current(this.chosen)?.fresh[line] === 1;
  }

  /** True where fresh values are wanted and not there. */
  stale(line: number): boolean {
    return this.key !== null && this.all.some((shown) => this.current(shown)?.fresh[line] !== 1);
  }

  /** True where every line of a range is fresh, for every cell that is shown. */
  settled(start: number, end: number): boolean {
    return this.all.every((shown) => this.current(shown)?.staleWithin(start, end) === null);
  }

  /** Another text: nothing is known of it. */
  reset(lineCount: number): void {
    this.store = new ValueStore(lineCount);
    for (const shown of this.all) shown.fallbackKey = null;
    this.open();
  }

  /** @param keep whether the colours so far may stand until fresh ones come */
  setModel(model: string | null, keep: boolean): void {
    const before = this.all.map((shown) => ({ shown, key: shown.key(this.model) }));
    this.model = model;
    for (const { shown, key } of before) this.changed(shown, key, keep);
  }

  setCell(cell: Cell): void {
    this.exchange(this.chosen, cell);
  }

  setOverlays(overlays: readonly Overlay[]): void {
    for (const place of [...this.laidOver.keys()])
      if (!overlays.some((overlay) => overlay.place === place)) this.laidOver.delete(place);
    for (const overlay of overlays) {
      const shown = this.laidOver.get(overlay.place) ?? new ShownCell();
      this.laidOver.set(overlay.place, shown);
      this.exchange(shown, overlay);
    }
  }

  /** Values of a cell arrived; true where they are of one that is shown. */
  put(key: string, startLine: number, lines: readonly Float32Array[], scale: number): boolean {
    this.store.open(key).put(startLine, lines, scale);
    const shown = this.all.filter((candidate) => candidate.key(this.model) === key);
    for (const each of shown) each.fallbackKey = null;
    this.open();
    return shown.length > 0;
  }

  private get all(): ShownCell[] {
    return [this.chosen, ...this.laidOver.values()];
  }

  private valuesOf(shown: ShownCell, line: number): Float32Array | undefined {
    const { fallbackKey } = shown;
    return this.current(shown)?.lines[line] ?? (fallbackKey ? this.store.get(fallbackKey)?.lines[line] : undefined);
  }

  private current(shown: ShownCell): CellValues | undefined {
    const key = shown.key(this.model);
    return key === null ? undefined : this.store.get(key);
  }

  private exchange(shown: ShownCell, cell: Cell): void {
    const before = shown.key(this.model);
    // Values of another quantity on this one's scale would be wrong colours: none are shown instead.
    const keep = shown.cell?.quantity === cell.quantity;
    shown.cell = cell;
    this.changed(shown, before, keep);
  }

  private changed(shown: ShownCell, before: string | null, keep: boolean): void {
    if (before === shown.key(this.model)) return;
    shown.fallbackKey = keep ? before : null;
    this.open();
  }

  /** The shown cells are the last to be forgotten. */
  private open(): void {
    for (const shown of this.all) {
      const key = shown.key(this.model);
      if (key !== null) this.store.open(key);
    }
  }
}
