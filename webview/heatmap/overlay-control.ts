/** Lays cells over the chosen one and takes them away, and tells the parts that show them. */

import { t } from '../ui/words.ts';
import type { HeatmapApp } from './app.ts';
import { Legend, nameOf, spokenName } from './legend.ts';
import { type Overlay, type OverlayPlace, Overlays } from './overlays.ts';
import { quantitiesOf } from './quantities.ts';
import type { Cell } from './values.ts';

const full = t('Three cells are shown. Remove one before you add another.');

export class OverlayControl {
  readonly legend: Legend;
  private readonly app: HeatmapApp;
  private readonly overlays: Overlays;
  private readonly onChange: (cells: readonly Overlay[]) => void;

  /** @param kept what was shown before a reload */
  constructor(app: HeatmapApp, kept: readonly Overlay[], onChange: (cells: readonly Overlay[]) => void) {
    this.app = app;
    this.overlays = new Overlays(kept);
    this.onChange = onChange;
    this.legend = new Legend({ swap: (place) => this.swap(place), remove: (place) => this.remove(place) });
  }

  get cells(): readonly Overlay[] {
    return this.overlays.cells;
  }

  /** True where a cell (without one: the chosen one) is laid over. */
  has(cell: Pick<Cell, 'layer' | 'cell'> | null = this.app.cell): boolean {
    return cell !== null && this.overlays.find(cell) !== undefined;
  }

  /** Lays a cell (without one: the chosen one, to compare others with it) over the text, or takes it away again. */
  toggle(cell: Pick<Cell, 'layer' | 'cell'> | null = this.app.cell): void {
    const { model, cell: chosen, announcer } = this.app;
    const kind = cell && model?.layers[cell.layer]?.cell;
    if (!kind || !chosen) return;
    const there = this.overlays.find(cell);
    if (there) {
      this.remove(there.place);
      return;
    }
    const has = quantitiesOf[kind];
    const quantity = has.includes(chosen.quantity) ? chosen.quantity : has[0]!;
    const added = this.overlays.add({ layer: cell.layer, cell: cell.cell, quantity });
    if (!added) {
      this.legend.say(full);
      announcer.say(full);
      return;
    }
    this.update();
    announcer.say(
      added.place === 'over'
        ? t('{0} is laid over the line', spokenName(added))
        : t('{0} is laid under the line', spokenName(added)),
    );
  }

  /** The overlay goes to the background, the chosen cell in its place. */
  swap(place: OverlayPlace): void {
    const { cell: chosen } = this.app;
    const overlay = this.overlays.cells.find((candidate) => candidate.place === place);
    if (!overlay || !chosen) return;
    this.overlays.replace(place, chosen);
    this.app.chooseCell(overlay.layer, overlay.cell, overlay.quantity);
    this.update();
    this.app.announcer.say(t('{0} is in the background', spokenName(overlay)));
  }

  remove(place: OverlayPlace): void {
    const overlay = this.overlays.cells.find((candidate) => candidate.place === place);
    if (!overlay) return;
    const focused = this.legend.node.contains(document.activeElement);
    this.overlays.remove(place);
    this.update();
    this.app.announcer.say(t('{0} is removed', nameOf(overlay)));
    // The button that had the focus is gone.
    if (focused) this.app.view.node.focus();
  }

  clear(): void {
    this.overlays.clear();
    this.update();
  }

  /** Another model: what it does not have goes. */
  fit(layers: Parameters<Overlays['fit']>[0]): void {
    this.overlays.fit(layers);
    this.update();
  }

  /** Shows what there is; the chosen cell may have changed too. */
  update(): void {
    const { cell, model, colours, link } = this.app;
    const cells = model ? this.overlays.cells : [];
    colours.setOverlays(cells);
    this.legend.set(cell, cells);
    if (model) link.remember({ overlays: [...cells] });
    this.onChange(cells);
  }
}
