/**
 * Where each character of a line stands, without asking the browser for every one: on the monospace grid for plain
 * text, tabs by their stops, other characters by the measured widths of their graphemes.
 */
import { isInvisible } from '../ui/format.ts';

/** Characters of one line: code points, as the network counts them. */
export interface LineLayout {
  /** Code points in the line, its newline not counted. */
  count: number;
  /** [count + 2] left edges in CSS pixels; the last two are the edges of the newline's cell. */
  edges: Float32Array;
  /** [count + 1] UTF-16 column of each code point, or null where columns and code points agree. */
  columns: Uint32Array | null;
}

/** What the browser's font gives. Graphemes are measured once, many together. */
export interface FontMetrics {
  /** Advance of one column. */
  readonly charWidth: number;
  /** False where even plain letters differ in width. */
  readonly monospace: boolean;
  readonly tabSize: number;
  /** Measures what is not known yet. */
  measure(graphemes: readonly string[]): void;
  widthOf(grapheme: string): number;
  /** [graphemes + 1] edges within a whole line, for scripts whose letters join (their widths depend on neighbours). */
  edgesOf(graphemes: readonly string[]): number[];
}

const plain = /^[\x20-\x7e]*$/;
const plainOrTab = /^[\t\x20-\x7e]*$/;
/** Hebrew, Arabic and their neighbours: shown in the order of the text, letters joined. */
export const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Layouts by text; plain lines of one length share theirs. */
export class Layouts {
  private readonly font: FontMetrics;
  private readonly grids = new Map<number, LineLayout>();
  private readonly known = new Map<string, LineLayout>();

  constructor(font: FontMetrics) {
    this.font = font;
  }

  /** Measures together what these lines need: at most one layout of the page instead of one a line. */
  prepare(lines: Iterable<string>): void {
    const wanted = new Set<string>();
    for (const line of lines) {
      if (this.isGrid(line) || this.known.has(line) || rightToLeft.test(line)) continue;
      for (const { segment } of segmenter.segment(line)) if (segment !== '\t') wanted.add(segment);
    }
    if (wanted.size > 0) this.font.measure([...wanted]);
  }

  of(line: string): LineLayout {
    if (this.font.monospace && plain.test(line)) return this.grid(line.length);
    const known = this.known.get(line);
    if (known) return known;
    const layout = this.isGrid(line) ? this.tabbed(line) : this.measured(line);
    if (this.known.size > 4000) this.known.clear();
    this.known.set(line, layout);
    return layout;
  }

  private isGrid(line: string): boolean {
    return this.font.monospace && plainOrTab.test(line);
  }

  private grid(count: number): LineLayout {
    let layout = this.grids.get(count);
    if (!layout) {
      const edges = new Float32Array(count + 2);
      for (let i = 0; i <= count; i++) edges[i] = i * this.font.charWidth;
      edges[count + 1] = (count + 0.5) * this.font.charWidth;
      layout = { count, edges, columns: null };
      this.grids.set(count, layout);
    }
    return layout;
  }

  private tabbed(line: string): LineLayout {
    const { charWidth, tabSize } = this.font;
    const count = line.length;
    const edges = new Float32Array(count + 2);
    let column = 0;
    for (let i = 0; i < count; i++) {
      edges[i] = column * charWidth;
      column = line.charCodeAt(i) === 9 ? (Math.floor(column / tabSize) + 1) * tabSize : column + 1;
    }
    edges[count] = column * charWidth;
    edges[count + 1] = (column + 0.5) * charWidth;
    return { count, edges, columns: null };
  }

  private measured(line: string): LineLayout {
    const { charWidth, tabSize } = this.font;
    const tab = tabSize * charWidth;
    const edges: number[] = [];
    const columns: number[] = [];
    let x = 0;
    let column = 0;
    const segments = Array.from(segmenter.segment(line), ({ segment }) => segment);
    const exact = rightToLeft.test(line) ? this.font.edgesOf(segments) : null;
    if (!exact) this.prepare([line]);
    segments.forEach((segment, s) => {
      let width = 0;
      if (exact) {
        x = exact[s]!;
        width = exact[s + 1]! - x;
      } else if (segment === '\t') {
        // CSS Text 3: a stop nearer than half a column is skipped.
        const next = (Math.floor(x / tab) + 1) * tab;
        width = (next - x < charWidth / 2 ? next + tab : next) - x;
      } else width = this.font.widthOf(segment);
      const points = [...segment];
      points.forEach((point, i) => {
        edges.push(x + (width * i) / points.length);
        columns.push(column);
        column += point.length;
      });
      x += width;
    });
    columns.push(column);
    const agree = column === edges.length;
    return {
      count: edges.length,
      edges: Float32Array.from([...edges, x, x + charWidth / 2]),
      columns: agree ? null : Uint32Array.from(columns),
    };
  }
}

/** The code point whose cell holds `x`; the newline's place (`count`) to the right of the line. */
export function characterAt(layout: LineLayout, x: number): number {
  let low = 0;
  let high = layout.count;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (layout.edges[middle]! <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function columnOf(layout: LineLayout, character: number): number {
  return layout.columns ? layout.columns[character]! : character;
}

/** The code point at or around a UTF-16 column. */
export function characterOfColumn(layout: LineLayout, column: number): number {
  if (!layout.columns) return Math.min(column, layout.count);
  let character = layout.count;
  while (character > 0 && layout.columns[character]! > column) character--;
  return character;
}

/** Measures graphemes in the page's own font, in one hidden element. */
export class PageFont implements FontMetrics {
  readonly charWidth: number;
  readonly monospace: boolean;
  readonly tabSize: number;
  private readonly probe: HTMLElement;
  private readonly widths = new Map<string, number>();

  /** @param probe a hidden element with the text's font and `white-space: pre` */
  constructor(probe: HTMLElement, tabSize: number) {
    this.probe = probe;
    this.tabSize = tabSize;
    const [wide = 0, narrow = 0] = this.lengths(['M'.repeat(200), 'i'.repeat(200)]);
    this.charWidth = wide / 200 || 8;
    this.monospace = Math.abs(wide - narrow) < 0.5;
  }

  measure(graphemes: readonly string[]): void {
    const unknown = graphemes.filter((grapheme) => !this.widths.has(grapheme));
    if (unknown.length === 0) return;
    if (this.widths.size > 20_000) this.widths.clear();
    // Ten copies of each: what is rounded to whole pixels is the line, not the grapheme.
    const lengths = this.lengths(unknown.map((grapheme) => grapheme.repeat(10)));
    unknown.forEach((grapheme, i) => {
      this.widths.set(grapheme, isInvisible(grapheme) ? this.charWidth : lengths[i]! / 10);
    });
  }

  widthOf(grapheme: string): number {
    const width = this.widths.get(grapheme);
    if (width !== undefined) return width;
    this.measure([grapheme]);
    return this.widths.get(grapheme) ?? this.charWidth;
  }

  edgesOf(graphemes: readonly string[]): number[] {
    const parts = graphemes.map((grapheme) => {
      if (!isInvisible(grapheme)) return document.createTextNode(grapheme);
      const box = document.createElement('span');
      box.style.display = 'inline-block';
      box.style.width = `${this.charWidth}px`;
      return box;
    });
    const line = document.createElement('div');
    line.className = 'left-to-right';
    line.style.tabSize = String(this.tabSize);
    line.append(...parts);
    this.probe.replaceChildren(line);
    const { left } = line.getBoundingClientRect();
    const range = document.createRange();
    const edges = parts.map((part) => {
      range.selectNode(part);
      return range.getBoundingClientRect().left - left;
    });
    range.selectNodeContents(line);
    edges.push(range.getBoundingClientRect().right - left);
    this.probe.replaceChildren();
    return edges;
  }

  private lengths(texts: readonly string[]): number[] {
    const spans = texts.map((text) => {
      const span = document.createElement('span');
      span.textContent = text;
      return span;
    });
    this.probe.replaceChildren(...spans);
    const lengths = spans.map((span) => span.getBoundingClientRect().width);
    this.probe.replaceChildren();
    return lengths;
  }
}
