/** A table that is sorted by its heads and walked through with the arrow keys; a row can be opened. */
import { element } from './dom.ts';

export interface SortedColumn<T> {
  key: string;
  head: string;
  title?: string;
  /** Numbers stand at the right, under each other. */
  number?: boolean;
  /** What rows are sorted by; null goes last in either direction. Without it the column is not sorted by. */
  value?(row: T): number | string | null;
  cell(row: T): Node | string;
}

export interface SortOrder {
  key: string;
  descending: boolean;
}

export interface SortedTableOptions<T> {
  label: string;
  columns: readonly SortedColumn<T>[];
  order: SortOrder;
  idOf(row: T): string;
  /** Enter, Space or a click on a row; rows are not focused without it. */
  onOpen?(row: T): void;
  onSort?(order: SortOrder): void;
  /** Whether a row is the one that is shown. */
  isCurrent?(row: T): boolean;
  /** A row without weight: drawn muted. */
  isMuted?(row: T): boolean;
}

/** Stable; rows whose value is null stand last. */
export function sortRows<T>(rows: readonly T[], value: (row: T) => number | string | null, descending: boolean): T[] {
  const keyed = rows.map((row) => ({ row, key: value(row) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return a.key === b.key ? 0 : a.key === null ? 1 : -1;
    const order =
      typeof a.key === 'string' || typeof b.key === 'string'
        ? String(a.key).localeCompare(String(b.key), 'en')
        : a.key - b.key;
    return descending ? -order : order;
  });
  return keyed.map(({ row }) => row);
}

export class SortedTable<T> {
  readonly node: HTMLElement;
  private readonly options: SortedTableOptions<T>;
  private readonly heads = new Map<string, HTMLElement>();
  private readonly body = element('tbody');
  private rows: readonly T[] = [];
  private shown: T[] = [];
  private order: SortOrder;

  constructor(options: SortedTableOptions<T>) {
    this.options = options;
    this.order = options.order;
    const table = element(
      'table',
      { role: 'grid', 'aria-label': options.label },
      element('thead', {}, element('tr', {}, ...options.columns.map((column) => this.head(column)))),
      this.body,
    );
    this.node = element('div', { class: 'table sorted' }, table);
    this.body.addEventListener('keydown', (event) => this.onKey(event));
    this.body.addEventListener('click', (event) => {
      const index = this.indexOf(event.target as Element);
      if (index === null || (event.target as Element).closest('button, a')) return;
      this.focus(index);
      options.onOpen?.(this.shown[index]!);
    });
  }

  set(rows: readonly T[]): void {
    this.rows = rows;
    const { columns, idOf, onOpen, isCurrent, isMuted } = this.options;
    const column = columns.find(({ key }) => key === this.order.key);
    this.shown = column?.value ? sortRows(rows, (row) => column.value!(row), this.order.descending) : [...rows];
    const focused = this.indexOf(document.activeElement);
    const focusedId = focused === null ? null : ((document.activeElement as HTMLElement).dataset.id ?? null);
    for (const [key, head] of this.heads)
      if (key === this.order.key) head.setAttribute('aria-sort', this.order.descending ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    this.body.replaceChildren(
      ...this.shown.map((row, index) => {
        const current = isCurrent?.(row) ?? false;
        return element(
          'tr',
          {
            'data-index': index,
            'data-id': idOf(row),
            class: isMuted?.(row) ? 'muted' : null,
            tabindex: onOpen ? (index === 0 ? 0 : -1) : null,
            'aria-selected': onOpen ? String(current) : null,
          },
          ...columns.map(({ number, cell }, i) =>
            i === 0
              ? element('th', { scope: 'row' }, cell(row))
              : element('td', { class: number ? 'number' : null }, cell(row)),
          ),
        );
      }),
    );
    const again = focusedId === null ? -1 : this.shown.findIndex((row) => idOf(row) === focusedId);
    if (again >= 0) this.focus(again);
  }

  private head({ key, head, title, number, value }: SortedColumn<T>): HTMLElement {
    const cell = element('th', { scope: 'col', class: number ? 'number' : null, title });
    if (!value) {
      cell.append(head);
      return cell;
    }
    const button = element('button', { type: 'button', class: 'sort' }, head);
    button.addEventListener('click', () => {
      // Numbers are read from the largest down first, names from A.
      const descending = this.order.key === key ? !this.order.descending : number === true;
      this.order = { key, descending };
      this.set(this.rows);
      this.options.onSort?.(this.order);
    });
    cell.append(button);
    this.heads.set(key, cell);
    return cell;
  }

  private onKey(event: KeyboardEvent): void {
    const index = this.indexOf(event.target as Element);
    if (index === null || (event.target as Element).closest('button, a')) return;
    const last = this.shown.length - 1;
    const target = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: last }[event.key];
    if (target !== undefined) this.focus(Math.max(0, Math.min(last, target)));
    else if (event.key === 'Enter' || event.key === ' ') this.options.onOpen?.(this.shown[index]!);
    else return;
    event.preventDefault();
  }

  private focus(index: number): void {
    const rows = [...this.body.children] as HTMLElement[];
    if (rows[index]?.tabIndex === undefined || !this.options.onOpen) return;
    for (const [i, row] of rows.entries()) row.tabIndex = i === index ? 0 : -1;
    rows[index]?.focus();
  }

  private indexOf(target: Element | null): number | null {
    const row = target?.closest<HTMLElement>('tr[data-index]');
    return row && this.body.contains(row) ? Number(row.dataset.index) : null;
  }
}
