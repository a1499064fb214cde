/** A listbox of any length: only the rows in view exist. Selection follows the arrow keys at once. */
import { coalesced, element } from './dom.ts';
import { Rows } from './rows.ts';

export interface VirtualListOptions<T> {
  label: string;
  rowHeight: number;
  create(): HTMLElement;
  /** Shows an item in a row's element. */
  fill(row: HTMLElement, item: T, selected: boolean): void;
  onSelect(item: T): void;
  /** Control or Command with a click, a click on a part of class `toggle`, or one of the keys + and Insert. */
  onToggle?(item: T): void;
}

export class VirtualList<T> {
  readonly node: HTMLElement;
  private readonly options: VirtualListOptions<T>;
  private readonly content = element('div', { class: 'list-content', role: 'presentation' });
  private readonly pool: HTMLElement[] = [];
  private readonly id = `list-${Math.random().toString(36).slice(2)}`;
  private items: readonly T[] = [];
  private selected = -1;
  private readonly schedule = coalesced(() => this.render());

  constructor(options: VirtualListOptions<T>) {
    this.options = options;
    this.node = element('div', { class: 'list', role: 'listbox', tabindex: 0, 'aria-label': options.label });
    this.node.append(this.content);
    this.node.addEventListener('scroll', this.schedule, { passive: true });
    this.node.addEventListener('keydown', (event) => this.onKey(event));
    this.content.addEventListener('click', (event) => {
      const target = event.target as Element;
      const row = target.closest<HTMLElement>('[data-index]');
      if (!row) return;
      const index = Number(row.dataset.index);
      if (options.onToggle && (event.ctrlKey || event.metaKey || target.closest('.toggle'))) this.toggle(index);
      else this.choose(index, false);
    });
    new ResizeObserver(this.schedule).observe(this.node);
  }

  /** Shows items with one selected (−1: none), which is scrolled into view if `reveal`. */
  set(items: readonly T[], selected: number, reveal: boolean): void {
    this.items = items;
    this.selected = selected;
    this.content.style.height = `${items.length * this.options.rowHeight}px`;
    if (reveal) this.reveal();
    this.schedule();
  }

  /** Item and its neighbours in the order shown. */
  around(offset: number): T | undefined {
    return this.items[this.selected + offset];
  }

  move(offset: number): void {
    this.choose(this.selected < 0 ? 0 : this.selected + offset, true);
  }

  private onKey(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.node.clientHeight / this.options.rowHeight) - 1);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const step = steps[event.key];
    if (step !== undefined) this.move(step);
    else if (event.key === 'Home') this.choose(0, true);
    else if (event.key === 'End') this.choose(this.items.length - 1, true);
    else if (this.options.onToggle && (event.key === '+' || event.key === 'Insert')) this.toggle(this.selected);
    else return;
    event.preventDefault();
  }

  private toggle(index: number): void {
    const item = this.items[index];
    if (item !== undefined) this.options.onToggle?.(item);
  }

  private choose(index: number, reveal: boolean): void {
    const target = Math.max(0, Math.min(this.items.length - 1, index));
    const item = this.items[target];
    if (item === undefined || target === this.selected) return;
    this.selected = target;
    if (reveal) this.reveal();
    this.render();
    this.options.onSelect(item);
  }

  private reveal(): void {
    if (this.selected < 0) return;
    const rows = new Rows(this.items.length, this.options.rowHeight);
    const top = rows.reveal(this.selected, this.node.scrollTop, this.node.clientHeight);
    if (top !== this.node.scrollTop) this.node.scrollTop = top;
  }

  private render(): void {
    const { rowHeight } = this.options;
    const rows = new Rows(this.items.length, rowHeight);
    const { start, end } = rows.range(this.node.scrollTop, this.node.clientHeight, 4);
    while (this.pool.length < end - start) {
      const row = this.options.create();
      row.setAttribute('role', 'option');
      this.pool.push(row);
      this.content.append(row);
    }
    this.pool.forEach((row, i) => {
      const index = start + i;
      const item = this.items[index];
      row.hidden = index >= end || item === undefined;
      if (row.hidden || item === undefined) return;
      const selected = index === this.selected;
      row.id = `${this.id}-${index}`;
      row.dataset.index = String(index);
      row.style.transform = `translateY(${index * rowHeight}px)`;
      row.setAttribute('aria-selected', String(selected));
      row.setAttribute('aria-posinset', String(index + 1));
      row.setAttribute('aria-setsize', String(this.items.length));
      this.options.fill(row, item, selected);
    });
    const active = this.selected >= start && this.selected < end ? `${this.id}-${this.selected}` : null;
    if (active) this.node.setAttribute('aria-activedescendant', active);
    else this.node.removeAttribute('aria-activedescendant');
  }
}
