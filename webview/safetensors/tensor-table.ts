/** All tensors of the file; what is in view is measured. */
import type { ShownFile } from '../../src/protocol/safetensors.ts';
import { createButton } from '../ui/controls.ts';
import { coalesced, element, setAttributes } from '../ui/dom.ts';
import { percent, whole } from '../ui/format.ts';
import { later } from '../ui/later.ts';
import { t } from '../ui/words.ts';
import { largestMagnitude, type Measured, nextOrder, type Order, ordered, type SortKey } from './tensor-rows.ts';
import { numberText, visibleText } from './words.ts';

/** Rows that are built at a time. */
const pageSize = 500;
/** A row that is scrolled past is not asked for, milliseconds. */
const restTime = 80;

const columns: { head: string; key?: SortKey; number?: boolean; title?: string }[] = [
  { head: t('Tensor'), key: 'name' },
  { head: t('Type') },
  { head: t('Shape') },
  { head: t('Values'), key: 'values', number: true },
  { head: t('Norm'), key: 'norm', number: true, title: t('Euclidean norm √Σx²') },
  { head: t('Mean'), key: 'mean', number: true },
  { head: t('Deviation'), key: 'deviation', number: true, title: t('Standard deviation') },
  { head: t('Min'), key: 'min', number: true },
  { head: t('Max'), key: 'max', number: true },
  { head: t('Range'), title: t('Smallest to largest value, mean ± deviation filled; all rows on one scale around 0') },
];

export class TensorTable {
  readonly node: HTMLElement;
  private readonly body = element('tbody');
  private readonly heads = new Map<SortKey, HTMLElement>();
  private readonly scroll: HTMLElement;
  private readonly more = createButton('', () => this.showMore());
  private readonly note = element('p', { class: 'none', hidden: true });
  private readonly observer: IntersectionObserver;
  private readonly visible = new Set<number>();
  private readonly rows = new Map<number, HTMLTableRowElement>();
  private readonly ask: (delay: number) => void;
  private readonly draw = coalesced(() => this.fillAll());
  private file: ShownFile | null = null;
  private measured: Measured[] = [];
  private order: Order = { key: null, descending: false };
  private shown = pageSize;

  /** @param measure asks for the statistics of these tensors, in this order */
  constructor(measure: (tensors: number[]) => void) {
    this.ask = later(() => {
      const missing = [...this.rows.keys()].filter(
        (place) => this.visible.has(place) && this.measured[place]?.kind === 'waiting',
      );
      if (missing.length > 0) measure(missing);
    });
    this.scroll = element(
      'div',
      { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': t('Tensors') },
      element(
        'table',
        { class: 'tensors', 'aria-label': t('Tensors') },
        element('thead', {}, this.headRow()),
        this.body,
      ),
      this.more.node,
      this.note,
    );
    this.node = element('section', { class: 'tensors-pane', 'aria-label': t('Tensors') }, this.scroll);
    this.observer = new IntersectionObserver((entries) => this.seen(entries), {
      root: this.scroll,
      rootMargin: '100px 0px',
    });
  }

  set(file: ShownFile): void {
    this.file = file;
    this.measured = file.tensors.map(() => ({ kind: 'waiting' }));
    this.shown = pageSize;
    this.build();
  }

  update(place: number, measured: Measured): void {
    if (place >= this.measured.length) return;
    this.measured[place] = measured;
    this.draw();
  }

  /** How many tensors are measured. */
  get done(): number {
    return this.measured.filter(({ kind }) => kind === 'done' || kind === 'failed').length;
  }

  private headRow(): HTMLElement {
    return element(
      'tr',
      {},
      ...columns.map(({ head, key, number, title }) => {
        const cell = element('th', { scope: 'col', class: number ? 'number' : null, title });
        if (!key) {
          cell.append(head);
          return cell;
        }
        const button = element('button', { type: 'button', class: 'sort' }, head);
        button.addEventListener('click', () => {
          this.order = nextOrder(this.order, key);
          this.build();
        });
        cell.append(button);
        this.heads.set(key, cell);
        return cell;
      }),
    );
  }

  private build(): void {
    const { file } = this;
    if (!file) return;
    for (const [key, cell] of this.heads) {
      const sorted = this.order.key === key;
      setAttributes(cell, { 'aria-sort': sorted ? (this.order.descending ? 'descending' : 'ascending') : null });
    }
    this.observer.disconnect();
    this.visible.clear();
    this.rows.clear();
    const places = ordered(file.tensors, this.measured, this.order).slice(0, this.shown);
    this.body.replaceChildren(...places.map((place) => this.createRow(file, place)));
    const hidden = file.tensors.length - places.length;
    this.more.show(hidden > 0);
    this.more.label(t('Show {0} More of {1}', whole(Math.min(hidden, pageSize)), whole(hidden)));
    this.note.hidden = file.tensorCount === file.tensors.length;
    this.note.textContent = t(
      'The file holds {0} tensors; the first {1} are listed.',
      whole(file.tensorCount),
      whole(file.tensors.length),
    );
    this.fillAll();
  }

  private showMore(): void {
    this.shown += pageSize;
    this.build();
  }

  private createRow({ tensors }: ShownFile, place: number): HTMLElement {
    const { dtype, shape, values, ...tensor } = tensors[place]!;
    const name = visibleText(tensor.name);
    const number = (text = ''): HTMLElement => element('td', { class: 'number' }, text);
    const row = element(
      'tr',
      { 'data-place': place },
      element('th', { scope: 'row', title: name }, name),
      element('td', { class: 'dtype' }, dtype),
      element('td', { class: 'shape' }, shape),
      number(whole(values)),
      number(),
      number(),
      number(),
      number(),
      number(),
      element('td', { class: 'range' }),
    );
    this.rows.set(place, row);
    this.observer.observe(row);
    return row;
  }

  private seen(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const place = Number((target as HTMLElement).dataset.place);
      if (isIntersecting) this.visible.add(place);
      else this.visible.delete(place);
    }
    this.ask(restTime);
  }

  private fillAll(): void {
    const scale = largestMagnitude(this.measured);
    for (const [place, row] of this.rows) fill(row, this.measured[place]!, scale);
  }
}

/** Writes what is known of a tensor's values into its row. */
function fill(row: HTMLTableRowElement, known: Measured, scale: number): void {
  const [values, ...cells] = [...row.cells].slice(3);
  const state =
    known.kind === 'done' ? `done ${scale}` : known.kind === 'measuring' ? percent(known.fraction) : known.kind;
  if (row.dataset.state === state) return;
  row.dataset.state = state;
  row.classList.toggle('failed', known.kind === 'failed');
  const [norm, mean, deviation, min, max, range] = cells;
  if (known.kind !== 'done') {
    const words = known.kind === 'measuring' ? percent(known.fraction) : known.kind === 'failed' ? known.message : '…';
    norm!.textContent = words;
    norm!.title = known.kind === 'failed' ? known.message : '';
    for (const cell of cells.slice(1)) cell.textContent = '';
    return;
  }
  const { statistics } = known;
  norm!.textContent = numberText(statistics.norm);
  norm!.title = '';
  mean!.textContent = numberText(statistics.mean);
  deviation!.textContent = numberText(statistics.deviation);
  min!.textContent = numberText(statistics.min);
  max!.textContent = numberText(statistics.max);
  const { nonFinite, zeros } = statistics;
  const marks = [
    nonFinite > 0 ? t('{0} not finite', whole(nonFinite)) : '',
    zeros > 0 ? t('{0} zero', whole(zeros)) : '',
  ].filter(Boolean);
  values!.title = marks.join(', ');
  values!.querySelector('.bad')?.remove();
  if (nonFinite > 0) values!.prepend(element('span', { class: 'bad' }, `${marks[0]} `));
  range!.replaceChildren(rangeBar(statistics, scale));
}

/** min … max as a line, mean ± deviation as a bar; 0 in the middle. The numbers beside it say the same. */
function rangeBar(
  {
    min,
    max,
    mean,
    deviation,
  }: { min: number | null; max: number | null; mean: number | null; deviation: number | null },
  scale: number,
): HTMLElement {
  const bar = element('div', { class: 'bar', 'aria-hidden': 'true' });
  if (min === null || max === null || scale === 0) return bar;
  const at = (value: number): number => 50 + (50 * Math.max(-scale, Math.min(scale, value))) / scale;
  const part = (name: string, from: number, to: number): HTMLElement => {
    const node = element('span', { class: name });
    node.style.insetInlineStart = `${at(from)}%`;
    node.style.inlineSize = `${at(to) - at(from)}%`;
    return node;
  };
  bar.append(part('whole', min, max), part('middle', (mean ?? 0) - (deviation ?? 0), (mean ?? 0) + (deviation ?? 0)));
  return bar;
}
