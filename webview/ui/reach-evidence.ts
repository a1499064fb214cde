/** The evidence beside a text that shows a reach: gradient by distance as a curve, and the largest contributors. */
import { table } from './cards.ts';
import { element } from './dom.ts';
import { axisText, characterName, characterSign, ratioText } from './format.ts';
import { Plot } from './plot.ts';
import { type ReachValues, strongest, valuesOf } from './reach.ts';
import type { Theme } from './theme.ts';
import { t } from './words.ts';

export interface ReachPicture {
  values: ReachValues;
  /** Whose contributors are listed. */
  quantity: string;
  /** Whose c and h are drawn beside x. */
  layer: number;
  /** The character of a value and some around it, on one line. */
  around(index: number): [before: string, here: string, after: string];
  /** Of x, of h, of c. */
  colour(curve: 'x' | 'h' | 'c'): (theme: Theme) => string;
}

/** What is smaller beside the largest is not drawn. */
const floor = 1e-6;

export class ReachEvidence {
  readonly plotNode = element('div', { class: 'plot small', tabindex: 0, role: 'img' });
  readonly reading = element('div', { class: 'reading' });
  readonly contributors = element('div', { class: 'contributors' });
  private readonly plot = new Plot(this.plotNode, (index) => this.read(index));
  private readonly count: number;
  private readonly choose: ((index: number) => void) | null;
  private picture: ReachPicture | null = null;

  /** @param choose makes the contributors buttons: a person wants to see one in the text */
  constructor(count: number, choose: ((index: number) => void) | null = null) {
    this.count = count;
    this.choose = choose;
  }

  set(picture: ReachPicture): void {
    this.picture = picture;
    this.drawCurves(picture);
    this.listContributors(picture);
  }

  /** The curves as a picture under a title; null before anything is drawn. */
  png(title: string): Promise<ArrayBuffer | null> {
    return this.picture ? this.plot.png(title) : Promise.resolve(null);
  }

  private drawCurves({ values, layer, colour }: ReachPicture): void {
    const lags = values.x.length - 1;
    const { h, c } = values.layers[layer] ?? values.layers.at(-1)!;
    const largest = [...h, ...(c ?? []), ...values.x].reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
    const back = (column: readonly (number | null)[]): (number | null)[] =>
      [...column].reverse().map((value) => (value !== null && value > floor * largest ? value : null));
    const curves = [
      ...(c ? [{ label: 'c', colour: colour('c'), values: back(c), width: 1.2 }] : []),
      { label: 'h', colour: colour('h'), values: back(h), width: 1.2 },
      { label: 'x', colour: colour('x'), values: back(values.x), width: 1.2 },
    ];
    // The axis ends where the last curve does.
    const last = Math.max(10, ...curves.map((curve) => curve.values.findLastIndex((value) => value !== null)));
    const x = Array.from({ length: Math.min(lags, last) + 1 }, (_, k) => k);
    this.plot.show({
      x,
      curves: curves.map((curve) => ({ ...curve, values: curve.values.slice(0, x.length) })),
      log: true,
      xLabel: t('characters back'),
      formatX: String,
      formatY: axisText,
    });
    this.plotNode.setAttribute(
      'aria-label',
      t(
        'Gradient norms by distance from the prediction, {0} characters back. Left and right arrows read single distances.',
        lags,
      ),
    );
    this.read(null);
  }

  private listContributors({ values, quantity, around }: ReachPicture): void {
    const column = valuesOf(values, quantity);
    const last = column.length - 1;
    const rows = strongest(column, this.count).map((i) => {
      const [before, here, after] = around(i);
      const words = [before, element('mark', {}, characterSign(here)), after];
      const label = t('{0}, {1} back', characterName(here), last - i);
      const context = element('code', { class: 'context', 'aria-label': label }, ...words);
      const value = column[i] ?? 0;
      return [
        this.choose ? this.button(i, context, label) : context,
        String(last - i),
        `${value < 0 ? '−' : ''}${ratioText(Math.abs(value))}`,
      ];
    });
    this.contributors.replaceChildren(
      table(
        t('Largest contributors'),
        [{ head: t('character') }, { head: t('back'), number: true }, { head: t('gradient'), number: true }],
        rows,
      ),
    );
  }

  private button(index: number, context: HTMLElement, label: string): HTMLElement {
    const button = element(
      'button',
      { type: 'button', class: 'contributor', 'aria-label': t('Show {0}', label), title: t('Show it in the text') },
      context,
    );
    button.addEventListener('click', () => this.choose?.(index));
    return button;
  }

  private read(index: number | null): void {
    const { picture } = this;
    if (!picture || index === null) {
      this.reading.textContent = '';
      return;
    }
    const { values, layer, around } = picture;
    const at = values.x.length - 1 - index;
    const { h, c } = values.layers[layer] ?? values.layers.at(-1)!;
    const parts = [
      t('{0} back: {1}', index, characterSign(around(at)[1])),
      c ? `c ${ratioText(c[at])}` : null,
      `h ${ratioText(h[at])}`,
      `x ${ratioText(values.x[at])}`,
    ];
    this.reading.textContent = parts.filter(Boolean).join('   ');
  }
}
