/** Which cells of the shown model stand for concepts, and the line that says how far their search is. */
import type { CellStanding, ShownStandings } from '../../src/protocol/heatmap.ts';
import { element } from '../ui/dom.ts';
import { t } from '../ui/words.ts';

export class Standings {
  readonly node = element('div', { class: 'find-state' });
  /** The search is to begin. */
  onFind: () => void = () => {};
  private readonly text = element('span');
  private readonly button = element(
    'button',
    { class: 'link', type: 'button' },
    t('Find cells that stand for concepts'),
  );
  private byCell = new Map<string, CellStanding[]>();
  private ranks = new Map<string, number>();

  constructor() {
    this.button.addEventListener('click', () => this.onFind());
    this.node.append(this.text, this.button);
    this.set({ state: 'none', fraction: 0, note: null, cells: [] });
  }

  /** Names first, then best candidates, each the surest first. */
  set({ state, fraction, note, cells }: Omit<ShownStandings, 'model'>): void {
    this.byCell = new Map();
    this.ranks = new Map();
    cells.forEach((standing, rank) => {
      const key = keyOf(standing);
      const known = this.byCell.get(key);
      if (known) known.push(standing);
      else {
        this.byCell.set(key, [standing]);
        this.ranks.set(key, rank);
      }
    });
    const finding = state === 'finding';
    this.text.textContent = finding ? t('Finding cells… {0} %', Math.floor(100 * fraction)) : (note ?? '');
    this.button.hidden = finding || (state === 'found' && note === null) || state === 'impossible';
    this.button.textContent = state === 'found' ? t('Find again') : t('Find cells that stand for concepts');
    this.node.hidden = this.text.textContent === '' && this.button.hidden;
  }

  /** Of one cell, names first; empty for most. */
  of(cell: { layer: number; cell: number }): readonly CellStanding[] {
    return this.byCell.get(keyOf(cell)) ?? [];
  }

  /** Place in the order of names; those without one come last. */
  rank(cell: { layer: number; cell: number }): number {
    return this.ranks.get(keyOf(cell)) ?? Number.POSITIVE_INFINITY;
  }

  /** Cells that have a name. */
  get named(): number {
    let count = 0;
    for (const [first] of this.byCell.values()) if (first!.named) count++;
    return count;
  }
}

function keyOf({ layer, cell }: { layer: number; cell: number }): string {
  return `${layer}:${cell}`;
}
