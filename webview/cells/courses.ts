/** What a cell does when a concept opens and closes: its value and gates, averaged around the boundaries. */
import type { ShownPicture } from '../../src/protocol/cells.ts';
import { toHex } from '../ui/colour.ts';
import { element } from '../ui/dom.ts';
import { fixed, whole } from '../ui/format.ts';
import { Plot, type PlotCurve } from '../ui/plot.ts';
import type { Theme } from '../ui/theme.ts';
import { t } from '../ui/words.ts';
import { quantityNames } from './words.ts';

type Kind = 'opening' | 'closing';

/** The cell's own value first and thick; gates in their colours. */
function colourOf(quantity: ShownPicture['quantity'], first: boolean): (theme: Theme) => string {
  if (first) return (theme) => toHex(theme.positive);
  if (quantity === 'f' || quantity === 'z') return (theme) => toHex(theme.forget);
  if (quantity === 'i' || quantity === 'r') return (theme) => toHex(theme.input);
  if (quantity === 'o') return (theme) => toHex(theme.output);
  return (theme) => toHex(theme.muted);
}

export class Courses {
  readonly node: HTMLElement;
  private readonly plots: Record<Kind, { host: HTMLElement; plot: Plot; head: HTMLElement; reading: HTMLElement }>;
  private picture: ShownPicture | null = null;

  constructor() {
    const make = (kind: Kind) => {
      const host = element('div', { class: 'plot small', tabindex: 0, role: 'img' });
      const plot = new Plot(host, (index) => this.read(kind, index));
      return { host, plot, head: element('h4'), reading: element('div', { class: 'reading', 'aria-live': 'polite' }) };
    };
    this.plots = { opening: make('opening'), closing: make('closing') };
    this.node = element(
      'div',
      { class: 'courses' },
      ...Object.values(this.plots).map(({ host, head, reading }) => element('div', {}, head, host, reading)),
    );
  }

  set(picture: ShownPicture): void {
    this.picture = picture;
    for (const kind of ['opening', 'closing'] as const) {
      const { host, plot, head } = this.plots[kind];
      const count = kind === 'opening' ? picture.openings : picture.closings;
      const opens = kind === 'opening';
      head.textContent = opens
        ? t('Where it opens ({0} places)', whole(count))
        : t('Where it closes ({0} places)', whole(count));
      host.parentElement!.hidden = count === 0;
      if (count === 0) continue;
      const reach = (picture.courses[0]!.opening.length - 1) / 2;
      const x = Array.from({ length: 2 * reach + 1 }, (_, k) => k - reach);
      const curves = picture.courses.map(
        ({ quantity, opening, closing }, i): PlotCurve => ({
          label: i === 0 ? quantityNames[quantity] : quantity,
          colour: colourOf(quantity, i === 0),
          values: opens ? opening : closing,
          width: i === 0 ? 2.5 : 1.2,
        }),
      );
      const values = curves.flatMap((curve) => curve.values).filter((value) => value !== null);
      const bounded = values.every((value) => Math.abs(value) <= 1);
      plot.show({
        x,
        curves,
        log: false,
        // Room above for the word at the dashed line.
        ...(bounded ? { range: [-1.05, 1.35] as const } : {}),
        wall: { value: 0, label: opens ? t('opens') : t('closes') },
        xLabel: t('characters from there'),
        formatX: (value) => fixed(value, 0),
        formatY: (value) => fixed(value, 1),
      });
      host.setAttribute(
        'aria-label',
        t(
          '{0}: {1}; {2}; {3}. Left and right arrows read single places.',
          head.textContent,
          this.words(kind, reach - 1),
          this.words(kind, reach),
          this.words(kind, reach + 3),
        ),
      );
      this.read(kind, null);
    }
  }

  private read(kind: Kind, index: number | null): void {
    this.plots[kind].reading.textContent = index === null ? '' : this.words(kind, index);
  }

  private words(kind: Kind, index: number): string {
    const courses = this.picture?.courses ?? [];
    const reach = ((courses[0]?.opening.length ?? 1) - 1) / 2;
    const at = index - reach;
    const place = at === 0 ? t('there') : at < 0 ? t('{0} before', -at) : t('{0} after', at);
    return [place, ...courses.map((course) => `${course.quantity} ${fixed(course[kind][index] ?? 0)}`)].join('  ');
  }
}
