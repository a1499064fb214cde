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
  /** What the keyboard has selected, until its lines are on the page and it can be the browser's selection. */
  private wanted: { anchor: Place; head: Place } | null = null;

  constructor(lines: HTMLElement, rows: LineRows, text: () => ShownText | null) {
    this.lines = lines;
    this.rows = rows;
    this.text = text;
    document.addEventListener('selectionchange', () => {
      const ends = this.native();
      if (ends) this.last = ends;
      else this.everything = false;
    });
    lines.addEventListener('pointerdown', () => {
      this.everything = false;
      this.last = null;
      this.wanted = null;
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
    const { ends } = this;
    return ends ? [...new Set([ends[0].line, ends[1].line])] : [];
  }

  get isEmpty(): boolean {
    return this.ends === null;
  }

  /** Another text: what was selected is gone. */
  clear(): void {
    this.everything = false;
    this.last = null;
    this.wanted = null;
    if (this.native()) getSelection()?.removeAllRanges();
  }

  /** Lines were replaced: places of before are of no use. */
  edited(): void {
    this.last = null;
    this.wanted = null;
  }

  /** The end where the selection began and the one that moves; null where nothing is selected. */
  get directed(): { anchor: Place; head: Place } | null {
    if (this.wanted) return this.wanted;
    const selection = getSelection();
    if (!selection?.anchorNode || !selection.focusNode || !this.native()) return null;
    const anchor = this.placeOf(selection.anchorNode, selection.anchorOffset);
    const head = this.placeOf(selection.focusNode, selection.focusOffset);
    return anchor && head ? { anchor, head } : null;
  }

  /** Selects between two places, on the page or not; `settle` follows once their lines are there. */
  extend(anchor: Place, head: Place): void {
    this.clear();
    if (anchor.line !== head.line || anchor.column !== head.column) this.wanted = { anchor, head };
  }

  /** The lines of `pinned` are on the page: what the keyboard selected becomes the browser's selection. */
  settle(): void {
    const { wanted } = this;
    const [anchor, head] = wanted ? [this.pointOf(wanted.anchor), this.pointOf(wanted.head)] : [];
    if (!anchor || !head) return;
    this.wanted = null;
    getSelection()?.setBaseAndExtent(anchor.node, anchor.offset, head.node, head.offset);
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
    return this.ends ?? this.last;
  }

  /** The selected text, or null where nothing of the lines is selected. */
  selected(): string | null {
    const text = this.text();
    if (!text) return null;
    if (this.everything) return text.lines.join('\n');
    const { ends } = this;
    return ends ? text.slice(ends[0], ends[1]) : null;
  }

  private get ends(): [Place, Place] | null {
    return this.wanted ? inOrder(this.wanted) : this.native();
  }

  /** The browser's selection, as far as it is of the lines. */
  private native(): [Place, Place] | null {
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

  /** Where a place is in the page; null while its line is not. Of a long line only the beginning is shown. */
  private pointOf({ line, column }: Place): { node: Node; offset: number } | null {
    const row = this.rows.nodeOf(line);
    if (!row) return null;
    const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
    let rest = column;
    for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
      if (rest <= node.length) return { node, offset: rest };
      rest -= node.length;
    }
    return { node: row, offset: row.childNodes.length };
  }
}

function inOrder({ anchor, head }: { anchor: Place; head: Place }): [Place, Place] {
  const forward = anchor.line < head.line || (anchor.line === head.line && anchor.column <= head.column);
  return forward ? [anchor, head] : [head, anchor];
}
