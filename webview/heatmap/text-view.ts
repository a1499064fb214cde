/** The text, virtualised: lines, numbers, colours, the boxes around the cursor's and the pointer's character. */
import { onPixelRatioChange } from '../ui/canvas.ts';
import { coalesced, element, setHidden } from '../ui/dom.ts';
import { type Range, Rows, RowWindow } from '../ui/rows.ts';
import type { Theme } from '../ui/theme.ts';
import { characterAt, Layouts, type LineLayout, PageFont } from './layout.ts';
import { LineRows, shownPart } from './line-rows.ts';
import { type OverlayValues, Painter } from './painter.ts';
import { TextSelection } from './selection.ts';
import type { ShownText } from './text.ts';

/** A character: line and code point within it; the newline is the line's last one. */
export interface Spot {
  line: number;
  character: number;
}

export interface ColourSource {
  values(line: number): Float32Array | undefined;
  stale(line: number): boolean;
  readonly scale: number;
  readonly overlays: readonly OverlayValues[];
}

export class TextView {
  readonly node: HTMLElement;
  /** Shown under the cursor's line; its height is reserved while it is not hidden. */
  readonly strip = element('div', { class: 'strip', hidden: true });
  /** Called after every rendering with the lines in view. */
  onRender: (visible: Range) => void = () => {};
  readonly selection: TextSelection;
  private readonly scroller: HTMLElement;
  private readonly content = element('div', { class: 'content' });
  private readonly gutter = element('div', { class: 'gutter', 'aria-hidden': 'true' });
  private readonly lines = element('div', { class: 'lines' });
  private readonly tiles = element('div', { class: 'tiles', 'aria-hidden': 'true' });
  private readonly caret = element('div', { class: 'caret', hidden: true });
  private readonly pointer = element('div', { class: 'pointer', hidden: true });
  private readonly pendingBar = element('div', { class: 'pending', hidden: true });
  private readonly probe = element('div', { class: 'probe', 'aria-hidden': 'true' });
  private readonly rowsOfLines = new LineRows(this.lines, this.gutter);
  private readonly painter = new Painter(this.tiles);
  /** The cell's colours. */
  private readonly own: ColourSource;
  private colours: ColourSource;
  private text: ShownText | null = null;
  private layouts: Layouts;
  private tabSize = 4;
  private lineHeight = 19;
  /** Room above and below the text of a line, for bars, in pixels. */
  private bars = 0;
  private gutterWidth = 40;
  private contentWidth = 0;
  private rows = new Rows(0, 19);
  private readonly standing = new RowWindow();
  private cursor: Spot | null = null;
  private viewport = { width: 0, height: 0 };
  /** Read once a frame, before anything is written: a later read would lay the page out again. */
  private scroll = { left: 0, top: 0 };
  readonly schedule = coalesced(() => this.render());

  constructor(colours: ColourSource) {
    this.own = colours;
    this.colours = colours;
    // The browser's own tab is eight columns wide.
    this.content.style.tabSize = String(this.tabSize);
    this.content.append(this.tiles, this.lines, this.pointer, this.caret, this.strip, this.pendingBar, this.gutter);
    this.scroller = element('div', { class: 'scroller', tabindex: 0 }, this.content, this.probe);
    this.node = this.scroller;
    this.layouts = new Layouts(new PageFont(this.probe, this.tabSize));
    this.selection = new TextSelection(this.lines, this.rowsOfLines, () => this.text);
    this.scroller.addEventListener('scroll', this.schedule, { passive: true });
    document.addEventListener('selectionchange', this.schedule);
    onPixelRatioChange(this.schedule);
    new ResizeObserver(([entry]) => {
      if (!entry) return;
      this.viewport = { width: this.scroller.clientWidth, height: this.scroller.clientHeight };
      this.schedule();
    }).observe(this.scroller);
  }

  /** Font and colours may have changed. Called once the node is in the page. */
  setTheme(theme: Theme): void {
    this.painter.setTheme(theme);
    this.measureLine();
    this.layouts = new Layouts(new PageFont(this.probe, this.tabSize));
    this.relayout();
  }

  /** Keeps room above and below the text of every line; the line at the top stays there. */
  reserveBars(height: number): void {
    if (height === this.bars) return;
    const top = this.rows.at(this.scroll.top);
    const within = this.scroll.top - this.rows.top(top);
    this.bars = height;
    this.measureLine();
    this.relayout();
    this.scrollTop = this.rows.top(top) + within;
  }

  setText(text: ShownText | null, tabSize: number): void {
    this.selection.clear();
    this.text = text;
    this.cursor = null;
    this.pointer.hidden = true;
    if (tabSize !== this.tabSize) {
      this.tabSize = tabSize;
      this.content.style.tabSize = String(tabSize);
      this.layouts = new Layouts(new PageFont(this.probe, tabSize));
    }
    this.relayout();
  }

  /** Lines were replaced, added or removed. */
  textChanged(): void {
    this.selection.edited();
    this.relayout();
  }

  /** Values arrived for these lines (all without a range). */
  coloursChanged(range?: Range): void {
    if (range) this.painter.invalidate(this.rows.top(range.start), this.rows.top(range.end));
    else this.painter.invalidate();
    this.schedule();
  }

  /** Shows other colours than the cell's; null: these again. */
  showColours(colours: ColourSource | null): void {
    this.colours = colours ?? this.own;
    this.coloursChanged();
  }

  layout(line: number): LineLayout {
    return this.layouts.of(shownPart(this.text?.line(line) ?? ''));
  }

  /** Lines in view now. */
  get visible(): Range {
    return this.rows.range(this.scroll.top, this.viewport.height);
  }

  get scrollTop(): number {
    return this.scroll.top;
  }

  set scrollTop(top: number) {
    this.scroller.scrollTop = top;
    this.schedule();
  }

  get pageLines(): number {
    return Math.max(1, Math.floor(this.viewport.height / this.lineHeight) - 1);
  }

  /** Marks a character and makes room for the strip under its line. */
  setCursor(spot: Spot | null, reveal: boolean): void {
    const before = this.rows;
    this.cursor = spot;
    this.arrange();
    if (before.gapAfter !== this.rows.gapAfter || before.gapHeight !== this.rows.gapHeight) this.painter.invalidate();
    if (spot && reveal) this.revealSpot(spot);
    this.schedule();
  }

  setPointer(spot: Spot | null): void {
    this.place(this.pointer, spot);
  }

  showStrip(visible: boolean): void {
    if (this.strip.hidden !== visible) return;
    this.strip.hidden = !visible;
    this.arrange();
    this.painter.invalidate();
    this.schedule();
  }

  /** The character under a point of the window; null beside the text or over the strip. */
  spotAt(clientX: number, clientY: number): Spot | null {
    if (!this.text || this.rows.count === 0) return null;
    const box = this.content.getBoundingClientRect();
    const y = clientY - box.top;
    const x = clientX - box.left - this.gutterWidth;
    if (y < 0 || y >= this.rows.total || this.rows.inGap(y) || clientX < this.scroller.getBoundingClientRect().left)
      return null;
    const line = this.rows.at(y);
    return { line, character: characterAt(this.layout(line), x) };
  }

  private measureLine(): void {
    const text = Math.round(Number.parseFloat(getComputedStyle(this.probe).lineHeight)) || 19;
    this.lineHeight = text + 2 * this.bars;
  }

  private get gap(): number {
    return this.strip.hidden ? 0 : this.strip.offsetHeight;
  }

  private arrange(): void {
    const count = this.text?.lines.length ?? 0;
    const gapAfter = this.cursor && this.gap > 0 ? this.cursor.line : -1;
    this.rows = new Rows(count, this.lineHeight, gapAfter, this.gap);
    this.content.style.height = `${this.rows.total}px`;
  }

  private relayout(): void {
    const lines = this.text?.lines ?? [];
    const charWidth = this.layouts.of('M').edges[1] ?? 8;
    let longest = 0;
    for (const line of lines) {
      let columns = line.length;
      if (columns <= longest && !line.includes('\t')) continue;
      for (let at = line.indexOf('\t'); at >= 0; at = line.indexOf('\t', at + 1)) columns += this.tabSize - 1;
      if (columns > longest) longest = columns;
    }
    this.gutterWidth = Math.ceil(charWidth * (Math.max(3, String(lines.length).length) + 2.5));
    this.contentWidth = Math.min(longest, 12_000) * charWidth + 120;
    this.content.style.setProperty('--cs-gutter', `${this.gutterWidth}px`);
    this.content.style.width = `${this.gutterWidth + this.contentWidth}px`;
    this.content.style.setProperty('--cs-char', `${charWidth}px`);
    this.content.style.setProperty('--cs-line', `${this.lineHeight}px`);
    this.content.style.setProperty('--cs-bars', `${this.bars}px`);
    this.arrange();
    this.painter.invalidate();
    this.schedule();
  }

  /** Scrolls as far as a character needs to be seen. */
  revealSpot(spot: Spot): void {
    const { width, height } = this.viewport;
    if (height === 0) return;
    const top = this.rows.reveal(spot.line, this.scroller.scrollTop, height, this.lineHeight);
    if (top !== this.scroller.scrollTop) this.scroller.scrollTop = top;
    const layout = this.layout(spot.line);
    const left = layout.edges[spot.character] ?? 0;
    const right = layout.edges[spot.character + 1] ?? left;
    const space = width - this.gutterWidth;
    const { scrollLeft } = this.scroller;
    if (left < scrollLeft) this.scroller.scrollLeft = Math.max(0, left - 40);
    else if (right > scrollLeft + space - 10) this.scroller.scrollLeft = right - space + 40;
  }

  private render(): void {
    const { text } = this;
    const { scrollTop, scrollLeft } = this.scroller;
    this.scroll = { left: scrollLeft, top: scrollTop };
    const { width, height } = this.viewport;
    const visible = this.rows.range(scrollTop, height);
    const range = this.standing.around(visible, this.rows.count);
    const shown = text?.lines ?? [];
    this.layouts.prepare(shown.slice(range.start, range.end).map(shownPart));
    const pinned = this.selection.pinned.filter(
      (line) => (line < range.start || line >= range.end) && line < shown.length,
    );
    this.rowsOfLines.current = this.cursor?.line ?? -1;
    this.rowsOfLines.show(
      range,
      pinned.sort((a, b) => a - b),
      (line) => shown[line] ?? '',
      this.rows,
    );
    this.selection.settle();
    this.painter.paint(
      { left: scrollLeft, top: scrollTop, width: Math.max(0, width - this.gutterWidth), height },
      this.contentWidth,
      {
        rows: this.rows,
        layout: (line) => this.layout(line),
        values: (line) => this.colours.values(line),
        scale: this.colours.scale,
        overlays: this.colours.overlays,
      },
    );
    this.place(this.caret, this.cursor);
    if (this.cursor && !this.strip.hidden) {
      this.strip.style.transform = `translateY(${this.rows.top(this.cursor.line) + this.lineHeight}px)`;
    }
    this.showPending(visible);
    if (text && height > 0) this.onRender(visible);
  }

  /** A bar beside the lines whose colours are of an earlier text, or not there yet. */
  private showPending(visible: Range): void {
    let first = -1;
    let last = -1;
    for (let line = visible.start; line < visible.end; line++) {
      if (!this.colours.stale(line)) continue;
      if (first < 0) first = line;
      last = line;
    }
    setHidden(this.pendingBar, first < 0);
    if (first < 0) return;
    const top = this.rows.top(first);
    this.pendingBar.style.transform = `translateY(${top}px)`;
    this.pendingBar.style.height = `${this.rows.top(last) + this.lineHeight - top}px`;
  }

  private place(box: HTMLElement, spot: Spot | null): void {
    const inside = spot !== null && spot.line < this.rows.count;
    setHidden(box, !inside);
    if (!inside) return;
    const { edges } = this.layout(spot.line);
    const left = edges[spot.character] ?? 0;
    box.style.transform = `translate(${left}px,${this.rows.top(spot.line)}px)`;
    box.style.width = `${Math.max(2, (edges[spot.character + 1] ?? left + 4) - left)}px`;
  }
}
