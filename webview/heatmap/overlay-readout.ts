/** In the readout: what the cells that are laid over the chosen one say at the character. */
import { element, setAttributes } from '../ui/dom.ts';
import { fixed, signed } from '../ui/format.ts';
import type { Overlay, OverlayPlace } from './overlays.ts';
import { looks } from './quantities.ts';

/** The value at a character by place; undefined while it is not known. */
export type OverlayValueOf = (place: OverlayPlace) => number | undefined;

export class OverlayReadout {
  readonly node = element('div', { class: 'laid-over' });
  private rows: { overlay: Overlay; row: HTMLElement; value: HTMLElement }[] = [];

  set(overlays: readonly Overlay[]): void {
    this.rows = overlays.map((overlay) => {
      const { layer, cell, quantity, place } = overlay;
      const value = element('span', { class: 'number' });
      const row = element(
        'div',
        { class: 'laid-over-row', 'data-overlay': `${layer}.${cell}.${quantity}`, title: looks[quantity].name },
        element('span', { class: `swatch ${place}` }),
        element(
          'span',
          { class: 'name' },
          `${layer} · ${cell}`,
          element('span', { class: 'quantity' }, ` ${looks[quantity].label}`),
        ),
        value,
      );
      return { overlay, row, value };
    });
    this.node.replaceChildren(...this.rows.map(({ row }) => row));
  }

  show(read: OverlayValueOf): void {
    for (const { overlay, row, value } of this.rows) {
      const known = read(overlay.place);
      setAttributes(row, { 'data-value': known });
      value.textContent = known === undefined ? '' : looks[overlay.quantity].signed ? signed(known) : fixed(known);
    }
  }
}
