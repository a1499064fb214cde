/** The sidebar: every cell with its name or its range over this text; sorted, filtered, flipped through with the arrow keys. */
import type { Quantity } from '../../src/core/model/spec.ts';
import type { ShownStandings } from '../../src/protocol/heatmap.ts';
import { createDropdown } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { whole } from '../ui/format.ts';
import { VirtualList } from '../ui/virtual-list.ts';
import { t, translated } from '../ui/words.ts';
import { type CellStatistics, createCellRow, fillCellRow } from './cell-row.ts';
import { isSameCell, type Overlay } from './overlays.ts';
import { Standings } from './standings.ts';

export interface CellName {
  layer: number;
  cell: number;
}

export type CellOrder = 'names' | 'index' | 'deviation' | 'loudness';

interface Entry extends CellName {
  /** Position over all layers. */
  flat: number;
}

const orders: { value: CellOrder; label: string }[] = [
  { value: 'names', label: t('names first') },
  { value: 'index', label: t('by index') },
  { value: 'deviation', label: t('by deviation') },
  { value: 'loudness', label: t('by loudness here') },
];

/** Concepts that the evidence is told of, the surest. */
const mostEvidence = 2;

export class CellList {
  readonly node: HTMLElement;
  order: CellOrder = 'names';
  onOrder: (order: CellOrder) => void = () => {};
  /** A cell is to be laid over the chosen one, or taken away again. */
  onOverlay: (cell: CellName) => void = () => {};
  readonly standings = new Standings();
  private readonly list: VirtualList<Entry>;
  private readonly count = element('span', { class: 'count' });
  private readonly state = element('div', { class: 'list-state' });
  /** What the chosen cell stands for, with score, confidence, chance and cause: a row has no room for it. */
  private readonly evidence = element('p', { class: 'cell-evidence', hidden: true });
  private readonly filter: HTMLInputElement;
  private readonly orderDropdown;
  private entries: Entry[] = [];
  private shown: Entry[] = [];
  private statistics: CellStatistics[] | null = null;
  private loudness = new Map<number, number>();
  private chosen: CellName | null = null;
  private range = 1;
  private overlays: readonly Overlay[] = [];

  /** `onSelect` with a quantity where the cell was found by it. */
  constructor(onSelect: (cell: CellName & { quantity?: Quantity }) => void) {
    this.list = new VirtualList<Entry>({
      label: t('Cells: arrow keys flip through them, plus lays the chosen one over the text to compare others with it'),
      rowHeight: 22,
      create: createCellRow,
      fill: (row, entry, selected) => this.fill(row, entry, selected),
      onSelect: (entry) => {
        this.chosen = entry;
        const [first] = this.order === 'names' ? this.standings.of(entry) : [];
        onSelect({ layer: entry.layer, cell: entry.cell, ...(first ? { quantity: first.quantity } : {}) });
      },
      onToggle: ({ layer, cell }) => this.onOverlay({ layer, cell }),
    });
    this.filter = element('input', {
      class: 'filter',
      type: 'search',
      placeholder: t('Filter'),
      'aria-label': t('Filter cells by index or concept'),
      spellcheck: 'false',
    });
    this.filter.addEventListener('input', () => this.arrange(true));
    this.filter.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown') this.list.node.focus();
      else if (event.key === 'Enter' && this.shown[0]) onSelect(this.shown[0]);
    });
    this.orderDropdown = createDropdown(t('Order of the cells'), (value) => {
      this.order = value as CellOrder;
      this.arrange(true);
      this.onOrder(this.order);
    });
    this.node = element(
      'aside',
      { class: 'cells', 'aria-label': t('Cells') },
      element(
        'div',
        { class: 'cells-head' },
        element('h2', {}, t('Cells'), this.count),
        element('div', { class: 'cells-tools' }, this.filter, this.orderDropdown.node),
      ),
      this.standings.node,
      this.state,
      this.list.node,
      this.evidence,
    );
  }

  setModel(layers: readonly { hiddenSize: number }[]): void {
    this.entries = [];
    layers.forEach((layer, l) => {
      for (let cell = 0; cell < layer.hiddenSize; cell++)
        this.entries.push({ layer: l, cell, flat: this.entries.length });
    });
    this.statistics = null;
    this.loudness.clear();
    this.showCount();
    this.orderDropdown.set(orders, this.order);
    this.arrange(true);
  }

  setStandings(standings: Omit<ShownStandings, 'model'>): void {
    this.standings.set(standings);
    this.showCount();
    this.arrange(false);
  }

  setChosen(cell: CellName): void {
    if (this.chosen?.layer === cell.layer && this.chosen.cell === cell.cell) return;
    this.chosen = cell;
    this.arrange(true);
  }

  /** Cells that are laid over the chosen one. */
  setOverlays(overlays: readonly Overlay[]): void {
    this.overlays = overlays;
    this.arrange(false);
  }

  /** Mean, deviation, min and max of every cell, packed; null while they are computed. */
  setOverview(fraction: number, buffer: ArrayBuffer | null): void {
    if (!buffer) {
      this.state.textContent = this.statistics ? '' : t('Reading the whole text… {0} %', Math.round(fraction * 100));
      return;
    }
    const values = new Float32Array(buffer);
    if (values.length !== 4 * this.entries.length) return;
    this.state.textContent = '';
    this.range = 1;
    this.statistics = this.entries.map((_, i) => {
      const [mean, deviation, min, max] = values.subarray(4 * i, 4 * i + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      this.range = Math.max(this.range, Math.abs(min), Math.abs(max));
      return { mean, deviation, min, max };
    });
    this.arrange(false);
  }

  /** The loudest cells at the cursor, by z-score. */
  setLoudest(loudest: readonly (CellName & { z: number })[]): void {
    const starts = this.layerStarts();
    this.loudness = new Map(loudest.map(({ layer, cell, z }) => [(starts[layer] ?? 0) + cell, z]));
    if (this.order === 'loudness') this.arrange(false);
  }

  /** The cells before and after the chosen one in the order shown. */
  get neighbours(): CellName[] {
    return [1, -1, 2].flatMap((offset) => this.list.around(offset) ?? []);
  }

  move(offset: number): void {
    this.list.move(offset);
  }

  focusFilter(): void {
    this.filter.focus();
    this.filter.select();
  }

  private showCount(): void {
    const { named } = this.standings;
    const count = this.entries.length > 0 ? whole(this.entries.length) : '';
    this.count.textContent = named > 0 ? t('{0}, {1} named', count, named) : count;
  }

  private layerStarts(): number[] {
    const starts: number[] = [];
    for (const entry of this.entries) starts[entry.layer] ??= entry.flat;
    return starts;
  }

  private arrange(reveal: boolean): void {
    const text = this.filter.value.trim().toLowerCase();
    const wanted = text.split(/[\s·.,:/]+/).filter(Boolean);
    const matches = (entry: Entry): boolean => {
      if (wanted.length === 0) return true;
      if (/\p{L}/u.test(text))
        return this.standings.of(entry).some(({ concept }) => translated(concept).toLowerCase().includes(text));
      if (wanted.length === 1) return String(entry.cell).startsWith(wanted[0]!);
      return String(entry.layer) === wanted[0] && String(entry.cell).startsWith(wanted[1]!);
    };
    this.shown = this.entries.filter(matches);
    if (this.order === 'names')
      this.shown.sort((a, b) => compare(this.standings.rank(a), this.standings.rank(b)) || a.flat - b.flat);
    else if (this.order !== 'index') {
      const deviation = (entry: Entry): number => this.statistics?.[entry.flat]?.deviation ?? 0;
      const loud = (entry: Entry): number =>
        this.order === 'loudness' ? Math.abs(this.loudness.get(entry.flat) ?? 0) : 0;
      this.shown.sort((a, b) => loud(b) - loud(a) || deviation(b) - deviation(a) || a.flat - b.flat);
    }
    const { chosen } = this;
    const selected = chosen
      ? this.shown.findIndex((entry) => entry.layer === chosen.layer && entry.cell === chosen.cell)
      : -1;
    // First: the list has less room where there is evidence.
    const standings = chosen ? this.standings.of(chosen).slice(0, mostEvidence) : [];
    this.evidence.hidden = standings.length === 0;
    this.evidence.textContent = standings.map(({ words }) => words).join('\n');
    this.list.set(this.shown, selected, reveal);
  }

  private fill(row: HTMLElement, entry: Entry, selected: boolean): void {
    const { layer, cell, flat } = entry;
    fillCellRow(row, {
      layer,
      cell,
      selected,
      statistics: this.statistics?.[flat],
      range: this.range,
      z: this.order === 'loudness' ? this.loudness.get(flat) : undefined,
      place: this.overlays.find((overlay) => isSameCell(overlay, entry))?.place,
      standings: this.standings.of(entry),
      showConcept: this.order === 'names',
    });
  }
}

/** Also of infinities, whose difference is no number. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
