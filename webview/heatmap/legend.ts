/** Which cells are on the screen, where there are more than one: how each is drawn, which comes to the background, which goes. */
import { createIconButton } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { t } from '../ui/words.ts';
import type { Overlay, OverlayPlace } from './overlays.ts';
import { looks } from './quantities.ts';
import type { Cell } from './values.ts';

export interface LegendActions {
  /** Exchanges an overlay with the chosen cell. */
  swap(place: OverlayPlace): void;
  remove(place: OverlayPlace): void;
}

const words: Record<OverlayPlace, string> = {
  over: t('bar over the line'),
  under: t('bar under the line'),
};

export class Legend {
  readonly node = element('div', {
    class: 'legend',
    role: 'group',
    'aria-label': t('Cells on the screen'),
    hidden: true,
  });
  private readonly actions: LegendActions;
  private readonly note = element('span', { class: 'legend-note' });

  constructor(actions: LegendActions) {
    this.actions = actions;
  }

  set(chosen: Cell | null, overlays: readonly Overlay[]): void {
    this.node.hidden = !chosen || overlays.length === 0;
    this.note.textContent = '';
    if (!chosen || this.node.hidden) {
      this.node.replaceChildren();
      return;
    }
    this.node.replaceChildren(
      element(
        'span',
        { class: 'legend-cell' },
        element('span', { class: 'swatch background' }),
        element('span', { class: 'name' }, nameOf(chosen)),
        element('span', { class: 'how' }, t('background')),
      ),
      ...overlays.map((overlay) => this.entry(overlay)),
      this.note,
    );
  }

  /** A word about what could not be done; gone with the next change. */
  say(text: string): void {
    this.note.textContent = text;
  }

  private entry(overlay: Overlay): HTMLElement {
    const { place } = overlay;
    const name = element(
      'button',
      {
        type: 'button',
        class: 'name',
        title: t('Exchange with the cell in the background'),
        'aria-label': t('{0}, {1}. Exchange with the cell in the background', spokenName(overlay), words[place]),
      },
      nameOf(overlay),
    );
    name.addEventListener('click', () => this.actions.swap(place));
    const remove = createIconButton('close', t('Remove {0}', spokenName(overlay)), () => this.actions.remove(place));
    return element(
      'span',
      { class: 'legend-cell', 'data-place': place },
      element('span', { class: `swatch ${place}` }),
      name,
      element('span', { class: 'how' }, words[place]),
      remove.node,
    );
  }
}

export function nameOf({ layer, cell, quantity }: Cell): string {
  return `${layer} · ${cell} ${looks[quantity].label}`;
}

export function spokenName({ layer, cell, quantity }: Cell): string {
  return t('layer {0}, cell {1}, {2}', layer, cell, looks[quantity].name);
}
