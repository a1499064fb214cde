/**
 * The line elements: as many as can be seen, recycled while scrolling, always in the text's order (selection follows
 * the order of the document's tree), each holding one line's text. They stand one under the other in the page's own
 * flow: of elements that are placed one by one each is painted by itself, and the browser decides anew for every one of
 * them in every frame.
 */
import { element } from '../ui/dom.ts';
import { controlPicture, invisiblePattern, isInvisible } from '../ui/format.ts';
import type { Range, Rows } from '../ui/rows.ts';
import { t } from '../ui/words.ts';
import { rightToLeft } from './layout.ts';

/** Longer lines are shown up to here, as the editor does. */
export const longestLine = 10_000;

/** What is shown of a line; a pair of surrogates is not cut in two. */
export function shownPart(line: string): string {
  if (line.length <= longestLine) return line;
  const last = line.charCodeAt(longestLine - 1);
  return line.slice(0, last >= 0xd800 && last <= 0xdbff ? longestLine - 1 : longestLine);
}

interface Row {
  line: number;
  text: string | null;
  /** Room under it, in pixels. */
  gap: number;
  /** Where it stands out of the flow, in pixels; null within it. */
  apart: number | null;
  isCurrent: boolean;
  readonly node: HTMLElement;
  readonly number: HTMLElement;
}

export class LineRows {
  private readonly lines: HTMLElement;
  private readonly numbers: HTMLElement;
  private rows: Row[] = [];
  /** Pixels above the first row of the flow. */
  private above = 0;
  /** The line whose number stands out, or −1. */
  current = -1;

  constructor(lines: HTMLElement, numbers: HTMLElement) {
    this.lines = lines;
    this.numbers = numbers;
  }

  /** The line of an element within a row, or null. */
  lineOf(node: Node): { line: number; node: HTMLElement } | null {
    const row = this.rows.find((candidate) => candidate.node.contains(node));
    return row ? { line: row.line, node: row.node } : null;
  }

  nodeOf(line: number): HTMLElement | null {
    return this.rows.find((row) => row.line === line)?.node ?? null;
  }

  /**
   * Shows a range of lines, and `pinned` ones outside it (they hold an end of the selection and must not be recycled).
   * @param places where the lines stand within the text
   */
  show(range: Range, pinned: readonly number[], textOf: (line: number) => string, places: Rows): void {
    const wanted = [
      ...pinned.filter((line) => line < range.start),
      ...Array.from({ length: range.end - range.start }, (_, i) => range.start + i),
      ...pinned.filter((line) => line >= range.end),
    ];
    this.assign(wanted);
    const above = places.top(range.start);
    if (this.above !== above) {
      this.above = above;
      for (const column of [this.lines, this.numbers]) column.style.paddingBlockStart = `${above}px`;
    }
    for (const row of this.rows) {
      const { line } = row;
      const text = textOf(line);
      if (row.text !== text) fill(row, text);
      const within = line >= range.start && line < range.end;
      place(row, within ? null : places.top(line), line === places.gapAfter ? places.gapHeight : 0);
      if (row.isCurrent === (row.line === this.current)) continue;
      row.isCurrent = !row.isCurrent;
      row.number.classList.toggle('current', row.isCurrent);
    }
  }

  /**
   * Gives each wanted line (ascending) a row: its own if it has one, else one that is no longer needed. Rows that are
   * kept are never moved in the tree: a selection that ends in them would be lost.
   */
  private assign(wanted: readonly number[]): void {
    const own = new Map(this.rows.map((row) => [row.line, row]));
    const needed = new Set(wanted);
    const free = this.rows.filter((row) => !needed.has(row.line));
    const next: Row[] = [];
    let after: Row | null = null;
    // From the last to the first: where no row is kept, the free ones come in their order and stay where they are.
    for (let i = wanted.length - 1; i >= 0; i--) {
      const line = wanted[i]!;
      let row: Row | undefined = own.get(line);
      if (!row) {
        row = free.pop() ?? create();
        row.line = line;
        row.node.dataset.line = String(line + 1);
        row.number.textContent = String(line + 1);
        moveBefore(this.lines, row.node, after?.node ?? null);
        moveBefore(this.numbers, row.number, after?.number ?? null);
      }
      next.push(row);
      after = row;
    }
    for (const row of free) {
      row.node.remove();
      row.number.remove();
    }
    this.rows = next.reverse();
  }
}

function moveBefore(parent: HTMLElement, node: HTMLElement, after: HTMLElement | null): void {
  if (node.parentNode !== parent || node.nextSibling !== after) parent.insertBefore(node, after);
}

function create(): Row {
  return {
    line: -1,
    text: null,
    gap: 0,
    apart: null,
    isCurrent: false,
    node: element('div', { class: 'line' }),
    number: element('div', { class: 'number' }),
  };
}

function place(row: Row, apart: number | null, gap: number): void {
  if (row.apart === apart && row.gap === gap) return;
  row.apart = apart;
  row.gap = gap;
  for (const { style, classList } of [row.node, row.number]) {
    classList.toggle('apart', apart !== null);
    style.top = apart === null ? '' : `${apart}px`;
    style.marginBlockEnd = gap > 0 ? `${gap}px` : '';
  }
}

function fill(row: Row, text: string): void {
  row.text = text;
  const shown = shownPart(text);
  const { node } = row;
  // Only where it changes: a class that is set again is looked at again.
  if (rightToLeft.test(shown) !== node.classList.contains('left-to-right')) node.classList.toggle('left-to-right');
  if (shown.length < text.length)
    node.dataset.rest = `  ${t('… line of {0} characters, first {1} shown', text.length, shown.length)}`;
  else if (node.dataset.rest) delete node.dataset.rest;
  if (isInvisible(shown)) {
    node.replaceChildren(...visibleControls(shown));
    return;
  }
  const only = node.firstChild;
  if (only instanceof Text && !only.nextSibling) only.data = shown;
  else node.replaceChildren(shown);
}

/** Text with its invisible characters in elements that show a picture: the text content stays the line's own. */
function visibleControls(text: string): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let from = 0;
  for (const match of text.matchAll(invisiblePattern)) {
    if (match.index > from) parts.push(text.slice(from, match.index));
    const character = match[0];
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    parts.push(
      element('span', { class: 'control', 'data-picture': controlPicture(character), title: `U+${code}` }, character),
    );
    from = match.index + character.length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}
