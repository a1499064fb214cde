/** Further cells laid over the chosen one: one as a bar over the line, one as a bar under it. */
import type { LaidOver } from '../../src/protocol/heatmap.ts';
import { type CellKind, quantitiesOf } from './quantities.ts';
import type { Cell } from './values.ts';

/** Where a further cell is drawn: the chosen one has the background. The place also has the colour. */
export type OverlayPlace = LaidOver['place'];
export type Overlay = LaidOver;
export const overlayPlaces: readonly OverlayPlace[] = ['over', 'under'];

/** The same cell, whatever its quantity. */
export function isSameCell(a: Pick<Cell, 'layer' | 'cell'>, b: Pick<Cell, 'layer' | 'cell'>): boolean {
  return a.layer === b.layer && a.cell === b.cell;
}

export class Overlays {
  private readonly at = new Map<OverlayPlace, Overlay>();

  constructor(kept: readonly Overlay[] = []) {
    for (const overlay of kept) this.at.set(overlay.place, overlay);
  }

  /** In the order of their places. A removed one leaves its place, and its colour, to the next that comes. */
  get cells(): readonly Overlay[] {
    return overlayPlaces.flatMap((place) => this.at.get(place) ?? []);
  }

  find(cell: Pick<Cell, 'layer' | 'cell'>): Overlay | undefined {
    return this.cells.find((overlay) => isSameCell(overlay, cell));
  }

  /** Puts a cell at the first free place; null where none is free. */
  add({ layer, cell, quantity }: Cell): Overlay | null {
    const place = overlayPlaces.find((candidate) => !this.at.has(candidate));
    if (!place) return null;
    const overlay = { layer, cell, quantity, place };
    this.at.set(place, overlay);
    return overlay;
  }

  remove(place: OverlayPlace): void {
    this.at.delete(place);
  }

  clear(): void {
    this.at.clear();
  }

  /** Another cell at an overlay's place. */
  replace(place: OverlayPlace, { layer, cell, quantity }: Cell): void {
    if (this.at.has(place)) this.at.set(place, { layer, cell, quantity, place });
  }

  /** Drops what a model does not have. True where something was. */
  fit(layers: readonly { cell: CellKind; hiddenSize: number }[]): boolean {
    let dropped = false;
    for (const { layer, cell, quantity, place } of this.cells) {
      const found = layers[layer];
      if (found && cell < found.hiddenSize && quantitiesOf[found.cell].includes(quantity)) continue;
      this.at.delete(place);
      dropped = true;
    }
    return dropped;
  }
}
