/** A note of the user's own on a cell; kept when typing rests. */
import type { CellPlace } from '../../src/protocol/cells.ts';
import { element } from '../ui/dom.ts';
import { later } from '../ui/later.ts';
import { t } from '../ui/words.ts';

/** Milliseconds without a key until a note is kept. */
const rest = 600;
const longest = 20_000;

export class NoteBox {
  readonly node: HTMLElement;
  private readonly area = element('textarea', {
    class: 'note-area',
    rows: 3,
    maxlength: longest,
    placeholder: t('What do you think it does?'),
    'aria-label': t('Your note on this cell'),
  });
  private readonly status = element('span', { class: 'caption', role: 'status' });
  private readonly keep: (place: CellPlace, text: string) => void;
  private readonly schedule = later(() => this.flush());
  private place: CellPlace | null = null;
  /** What is known to be kept, and whether the box holds something else. */
  private kept = '';
  private changed = false;

  constructor(keep: (place: CellPlace, text: string) => void) {
    this.keep = keep;
    this.area.addEventListener('input', () => {
      this.changed = true;
      this.status.textContent = t('Not kept yet.');
      this.schedule(rest);
    });
    this.area.addEventListener('blur', () => this.flush());
    window.addEventListener('pagehide', () => this.flush());
    this.node = element('div', { class: 'note-box' }, this.area, this.status);
  }

  set({ layer, cell }: CellPlace, text: string): void {
    const same = this.place?.layer === layer && this.place.cell === cell;
    if (!same) {
      this.flush();
      this.place = { layer, cell };
      this.changed = false;
    } else if (text === this.kept) return;
    this.kept = text;
    if (this.changed) return;
    this.area.value = text;
    this.status.textContent = statusOf(text);
  }

  private flush(): void {
    if (!this.changed || !this.place) return;
    this.changed = false;
    this.kept = this.area.value;
    this.keep(this.place, this.area.value);
    this.status.textContent = statusOf(this.area.value);
  }
}

function statusOf(text: string): string {
  return text.trim() === '' ? t('A note is kept with the run.') : t('Kept with the run.');
}
