/** A text with one prediction's reach drawn over it: click a character, or walk with the arrow keys. */
import { element } from '../ui/dom.ts';
import { t } from '../ui/words.ts';

export interface Drawing {
  /** The last character before the one that is predicted. */
  at: number;
  /** Strengths −1…1 of the characters from `first` on. */
  first: number;
  strengths: readonly number[];
}

export class ReachText {
  readonly node = element('pre', {
    class: 'reach-text',
    tabindex: 0,
    role: 'application',
    'aria-label': t('Text. Left and right arrows choose the character whose prediction is looked at.'),
  });
  private readonly choose: (predicted: number) => void;
  private points: string[] = [];
  private text = '';
  private at = 0;

  constructor(choose: (predicted: number) => void) {
    this.choose = choose;
    this.node.addEventListener('click', (event) => {
      const offset = this.offsetAt(event.clientX, event.clientY);
      if (offset !== null) this.pick([...this.text.slice(0, offset)].length);
    });
    this.node.addEventListener('keydown', (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      this.pick(this.at + 1 + by * (event.shiftKey ? 10 : 1));
    });
  }

  /** The first character is predicted by nothing. */
  private pick(character: number): void {
    if (this.points.length > 1) this.choose(Math.max(1, Math.min(this.points.length - 1, character)));
  }

  set(text: string): void {
    if (text === this.text) return;
    this.text = text;
    this.points = [...text];
    this.node.replaceChildren(text);
    this.node.scrollTop = 0;
  }

  character(at: number): string {
    return this.points[at] ?? '';
  }

  /** Some characters around a place, on one line. */
  around(at: number): [before: string, here: string, after: string] {
    const line = (from: number, to: number): string =>
      this.points.slice(Math.max(0, from), to).join('').replace(/\s+/g, ' ');
    return [line(at - 14, at), this.character(at), line(at + 1, at + 9)];
  }

  draw({ at, first, strengths }: Drawing): void {
    this.at = at;
    const spans = strengths.map((strength, i) => {
      const character = this.points[first + i]!;
      const span = element('span', {}, character);
      const amount = Math.round(100 * Math.min(1, Math.abs(strength)) * 0.8);
      if (amount > 0)
        span.style.backgroundColor = `color-mix(in srgb, var(${strength < 0 ? '--cs-negative' : '--cs-positive'}) ${amount}%, transparent)`;
      return span;
    });
    const next = element('span', { class: 'at' }, this.character(at + 1));
    this.node.replaceChildren(this.points.slice(0, first).join(''), ...spans, next, this.points.slice(at + 2).join(''));
    const [box, own] = [next.getBoundingClientRect(), this.node.getBoundingClientRect()];
    if (box.bottom > own.bottom || box.top < own.top)
      this.node.scrollTop += box.top - own.top - 0.7 * this.node.clientHeight;
  }

  /** UTF-16 offset of the character under a place of the page. */
  private offsetAt(x: number, y: number): number | null {
    const range = document.caretRangeFromPoint(x, y);
    if (!range || !this.node.contains(range.startContainer)) return null;
    let before = 0;
    const walker = document.createTreeWalker(this.node, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node === range.startContainer) {
        const end = before + range.startOffset;
        // The caret falls behind a character whose right half was meant.
        const box = document.createRange();
        if (range.startOffset > 0) {
          box.setStart(node, range.startOffset - 1);
          box.setEnd(node, range.startOffset);
          const { left, right, top, bottom } = box.getBoundingClientRect();
          if (x >= left && x < right && y >= top && y < bottom) return end - 1;
        }
        return end;
      }
      before += node.textContent?.length ?? 0;
    }
    return null;
  }
}
