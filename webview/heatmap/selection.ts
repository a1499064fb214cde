/** Native selection over recycled lines: both ends are pinned, and a copy takes the text from the model, not the page. */
import type { LineRows } from './line-rows.ts';
import type { Place, ShownText } from './text.ts';

export class TextSelection {
  private readonly rows: LineRows;
  private readonly lines: HTMLElement;
  private readonly text: () => ShownText | null;
  private everything = false;
  /** What was selected last: a click on a button of the panel may take the browser's selection away. */
  private last: [Place, Place] | null = null;

  constructor(lines: HTMLElement, rows: LineRows, text: () => ShownText | null) {
    this.lines = lines;
    this.rows = rows;
    this.text = text;
    document.addEventListener('selectionchange', () => {
      const ends = this.ends();
      if (ends) this.last = ends;
      else this.everything = false;
    });
    lines.addEventListener('pointerdown', () => {
      this.everything = false;
      this.last = null;
    });
    document.addEventListener('copy', (event) => {
      const copied = this.selected();
      if (copied === null || !event.clipboardData) return;
      event.clipboardData.setData('text/plain', copied);
      event.preventDefault();
    });
  }

  /** Lines that hold an end of the selection. */
  get pinned(): number[] {
    const ends = this.ends();
    return ends ? [...new Set([ends[0].line, ends[1].line])] : [];
  }

  get isEmpty(): boolean {
    return this.ends() === null;
  }

  /** Another text: what was selected is gone. */
  clear(): void {
    this.everything = false;
    this.last = null;
    if (this.ends()) getSelection()?.removeAllRanges();
  }

  /** Lines were replaced: places of before are of no use. */
  edited(): void {
    this.last = null;
  }

  /** Selects the whole text: what is on the page natively, the rest when it is copied. */
  all(): void {
    const first = this.lines.firstElementChild;
    const last = this.lines.lastElementChild;
    if (!first || !last) return;
    getSelection()?.setBaseAndExtent(first, 0, last, last.childNodes.length);
    this.everything = true;
  }

  /** Both ends of what is selected, null where nothing is. */
  get range(): [Place, Place] | null {
    const text = this.text();
    if (!text) return null;
    const end = text.lines.length - 1;
    if (this.everything)
      return [
        { line: 0, column: 0 },
        { line: end, column: text.line(end).length },
      ];
    return this.ends() ?? this.last;
  }

  /** The selected text, or null where nothing of the lines is selected. */
  selected(): string | null {
    const text = this.text();
    if (!text) return null;
    if (this.everything) return text.lines.join('\n');
    const ends = this.ends();
    return ends ? text.slice(ends[0], ends[1]) : null;
  }

  private ends(): [Place, Place] | null {
    const selection = getSelection();
    if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
    const range = selection.getRangeAt(0);
    const start = this.placeOf(range.startContainer, range.startOffset);
    const end = this.placeOf(range.endContainer, range.endOffset);
    return start && end ? [start, end] : null;
  }

  private placeOf(node: Node, offset: number): Place | null {
    const row = this.rows.lineOf(node);
    if (!row) return null;
    const before = document.createRange();
    before.setStart(row.node, 0);
    before.setEnd(node, offset);
    return { line: row.line, column: before.toString().length };
  }
}
