/** The readout: one character, its surprisal, the cell's values, what was expected next, the loudest cells here. */
import type { Quantity } from '../../src/core/model/spec.ts';
import type { ShownReport } from '../../src/protocol/heatmap.ts';
import { element, placed, setAttributes, slot } from '../ui/dom.ts';
import { characterName, characterSign, fixed, percent, signed } from '../ui/format.ts';
import { t } from '../ui/words.ts';
import { OverlayReadout, type OverlayValueOf } from './overlay-readout.ts';
import type { Overlay } from './overlays.ts';
import { looks } from './quantities.ts';

export interface ReadoutPlace {
  /** 0-based line and UTF-16 column. */
  line: number;
  column: number;
  character: string;
  /** The character after this one in the text, if any. */
  next: string | null;
  /** The chosen quantity's value, from the colours; undefined while unknown. */
  value: number | undefined;
  /** Of the cells laid over it. */
  overlays: OverlayValueOf;
}

export interface ReadoutCell {
  layer: number;
  cell: number;
  quantity: Quantity;
  /** What this kind of cell has, in order. */
  quantities: readonly Quantity[];
}

interface Meter {
  row: HTMLElement;
  name: HTMLElement;
  fill: HTMLElement;
  value: HTMLElement;
}

const places = 5;

export class Readout {
  readonly node = element('section', { class: 'readout', 'data-testid': 'readout', 'aria-label': t('Readout') });
  private readonly key = element('div', { class: 'key' });
  /** What can be asked of the character. */
  readonly actions = element('div');
  private readonly position = element('h2');
  private readonly surprisal = element('div', { class: 'surprisal' });
  private readonly surprisalFill = element('div', { class: 'fill' });
  private readonly laidOver = new OverlayReadout();
  private readonly cellTitle = element('h2');
  private readonly cellRows = element('div', { class: 'meters cell-values' });
  private readonly expected: Meter[];
  private readonly came = element('div', { class: 'came' });
  private readonly loudest: HTMLButtonElement[];
  private meters = new Map<Quantity, Meter>();
  private loudestCells: { layer: number; cell: number }[] = [];
  private cell: ReadoutCell | null = null;

  constructor(selectCell: (layer: number, cell: number) => void) {
    this.expected = Array.from({ length: places }, () => createMeter('expected'));
    this.loudest = Array.from({ length: places }, (_, i) => {
      const button = element('button', { class: 'loud', type: 'button' });
      button.addEventListener('click', () => {
        const chosen = this.loudestCells[i];
        if (chosen) selectCell(chosen.layer, chosen.cell);
      });
      return button;
    });
    this.node.append(
      element(
        'div',
        { class: 'part here' },
        this.position,
        element(
          'div',
          { class: 'key-row' },
          this.key,
          element('div', {}, this.surprisal, element('div', { class: 'track' }, this.surprisalFill)),
        ),
        this.laidOver.node,
        this.actions,
      ),
      element('div', { class: 'part values' }, this.cellTitle, this.cellRows),
      element(
        'div',
        { class: 'part next' },
        element('h2', {}, t('Expected next')),
        element('div', { class: 'meters' }, ...this.expected.map((meter) => meter.row)),
        this.came,
      ),
      element(
        'div',
        { class: 'part loudest' },
        element('h2', { title: t('Largest deviation from the cell’s own mean over this text') }, t('Loudest here (z)')),
        ...this.loudest,
      ),
    );
    this.clear();
  }

  /** Which cell's quantities have rows. */
  setCell(cell: ReadoutCell): void {
    this.cell = cell;
    this.cellTitle.textContent = t('Cell {0} · {1} here', cell.layer, cell.cell);
    this.meters = new Map(
      cell.quantities.map((quantity) => {
        const meter = createMeter(looks[quantity].signed ? 'signed' : 'unsigned');
        meter.row.classList.add(looks[quantity].colour);
        meter.row.classList.toggle('chosen', quantity === cell.quantity);
        meter.row.title = looks[quantity].name;
        meter.row.dataset.meter = quantity;
        meter.name.textContent = looks[quantity].label;
        return [quantity, meter];
      }),
    );
    this.cellRows.replaceChildren(...[...this.meters.values()].map((meter) => meter.row));
  }

  /** Which cells are laid over the chosen one. */
  setOverlays(overlays: readonly Overlay[]): void {
    this.laidOver.set(overlays);
  }

  showOverlays({ overlays }: ReadoutPlace): void {
    this.laidOver.show(overlays);
  }

  /** Place and value at once; the rest follows with the report. */
  showPlace(place: ReadoutPlace): void {
    this.key.textContent = characterSign(place.character);
    this.key.title = characterName(place.character);
    this.position.textContent = t('Line {0}, column {1}', place.line + 1, place.column + 1);
    setAttributes(this.node, {
      'data-at-line': place.line + 1,
      'data-at-column': place.column + 1,
      'data-character': place.character,
      'data-value': place.value,
      'data-surprisal': null,
      'data-complete': null,
    });
    this.showOverlays(place);
    const quantity = this.cell?.quantity;
    for (const [name, meter] of this.meters) {
      const value = name === quantity ? place.value : undefined;
      if (value !== undefined) setMeter(meter, name, value);
      else meter.row.classList.add('waiting');
    }
    for (const meter of this.expected) meter.row.classList.add('waiting');
    for (const button of this.loudest) button.classList.add('waiting');
    this.surprisal.classList.add('waiting');
    this.came.classList.add('waiting');
  }

  showReport(report: ShownReport, place: ReadoutPlace): void {
    const { surprisal } = report;
    this.surprisal.classList.remove('waiting');
    this.surprisal.replaceChildren(
      ...placed(t('surprisal {0}', slot), element('b', {}, surprisal === null ? '–' : t('{0} bits', fixed(surprisal)))),
    );
    this.surprisal.title =
      surprisal === null ? t('The first character, or one the model does not know, has no surprisal.') : '−log₂ p';
    this.surprisalFill.style.inlineSize = `${Math.min(1, (surprisal ?? 0) / 10) * 100}%`;
    for (const [name, meter] of this.meters) {
      const value = report.cell.values[name];
      if (value !== undefined) setMeter(meter, name, value);
    }
    const exact = this.cell ? report.cell.values[this.cell.quantity] : undefined;
    setAttributes(this.node, {
      'data-value': exact ?? place.value,
      'data-surprisal': surprisal,
      'data-complete': true,
    });
    this.showExpected(report, place.next);
    this.showLoudest(report);
  }

  /** @param where what stands in the place of a position */
  clear(where = t('No character')): void {
    this.key.textContent = '';
    this.key.title = '';
    this.position.textContent = where;
    this.surprisal.textContent = t('Point at a character, or move there with the arrow keys.');
    this.surprisal.title = '';
    this.surprisal.classList.remove('waiting');
    this.surprisalFill.style.inlineSize = '0';
    this.came.textContent = '';
    for (const name of [
      'data-at-line',
      'data-at-column',
      'data-character',
      'data-value',
      'data-surprisal',
      'data-complete',
    ])
      this.node.removeAttribute(name);
    for (const meter of [...this.meters.values(), ...this.expected]) emptyMeter(meter);
    for (const button of this.loudest) button.hidden = true;
    this.laidOver.show(() => undefined);
  }

  private showExpected(report: ShownReport, next: string | null): void {
    let cameHere = false;
    this.expected.forEach((meter, i) => {
      const entry = report.expected[i];
      if (!entry) {
        emptyMeter(meter);
        return;
      }
      meter.row.classList.remove('waiting');
      meter.name.textContent = characterSign(entry.character);
      meter.name.title = characterName(entry.character);
      meter.fill.style.inlineSize = `${entry.probability * 100}%`;
      meter.value.textContent = percent(entry.probability);
      const came = entry.character === next;
      cameHere ||= came;
      meter.row.classList.toggle('came-next', came);
      meter.row.title = came ? t('This is what came.') : '';
    });
    this.came.classList.remove('waiting');
    this.came.textContent = next === null || cameHere ? '' : t('then came {0}', characterSign(next));
  }

  private showLoudest(report: ShownReport): void {
    this.loudestCells = report.loudest.slice(0, places).map(({ layer, cell }) => ({ layer, cell }));
    this.loudest.forEach((button, i) => {
      const entry = report.loudest[i];
      button.hidden = !entry;
      if (!entry) return;
      button.classList.remove('waiting');
      button.classList.toggle('chosen', entry.layer === this.cell?.layer && entry.cell === this.cell.cell);
      button.replaceChildren(
        element('span', { class: `dot ${entry.value < 0 ? 'negative' : 'positive'}` }),
        element('span', { class: 'name' }, `${entry.layer} · ${entry.cell}`),
        element('span', { class: 'number' }, signed(entry.z, 1)),
      );
      button.title = t('Show cell {0} of layer {1}: value {2} here', entry.cell, entry.layer, signed(entry.value));
      button.setAttribute('aria-label', t('Layer {0}, cell {1}, z {2}', entry.layer, entry.cell, signed(entry.z, 1)));
    });
  }
}

function createMeter(kind: 'expected' | 'signed' | 'unsigned'): Meter {
  const name = element('span', { class: 'name' });
  const fill = element('div', { class: 'fill' });
  const value = element('span', { class: 'number' });
  const row = element('div', { class: `meter ${kind}` }, name, element('div', { class: 'track' }, fill), value);
  return { row, name, fill, value };
}

function setMeter(meter: Meter, quantity: Quantity, value: number): void {
  const look = looks[quantity];
  meter.row.classList.remove('waiting');
  meter.row.dataset.value = String(value);
  meter.row.classList.toggle('negative', value < 0);
  meter.value.textContent = look.signed ? signed(value) : fixed(value);
  const length = Math.min(1, Math.abs(value));
  meter.fill.style.inlineSize = `${length * (look.signed ? 50 : 100)}%`;
}

function emptyMeter(meter: Meter): void {
  meter.fill.style.inlineSize = '0';
  meter.value.textContent = '';
  meter.row.classList.remove('came-next', 'waiting');
  delete meter.row.dataset.value;
}
