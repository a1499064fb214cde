/** Values inside a concept above the line, outside under it, each as shares of its own characters. */
import type { ShownPicture } from '../../src/protocol/cells.ts';
import { element, placed, slot, svg } from '../ui/dom.ts';
import { fixed, whole } from '../ui/format.ts';
import { t } from '../ui/words.ts';
import { histogramText, quantityNames } from './words.ts';

const width = 600;
const half = 70;

/** `threshold`: where the cell is on for the concept; null where there is none. */
export function histogramFigure(picture: ShownPicture, concept: string | null, threshold: number | null): HTMLElement {
  const { low, high, inside, outside } = picture.histogram;
  const shares = (counts: readonly number[]): number[] => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => (total > 0 ? count / total : 0));
  };
  const alone = concept === null;
  const [within, without] = [shares(inside), shares(outside)];
  const most = Math.max(...within, ...without, 1e-9);
  const step = width / inside.length;
  const bars = (values: readonly number[], name: string, up: boolean): SVGElement =>
    svg(
      'g',
      { class: name },
      ...values.flatMap((value, bin) => {
        // The square root: a cell that is saturated most of the time would hide everything else.
        const height = Math.sqrt(value / most) * (alone ? 2 * half : half);
        if (height < 0.4) return [];
        const floor = alone ? 2 * half : half;
        return [svg('rect', { x: bin * step + 0.5, width: step - 1, y: up ? floor - height : floor, height })];
      }),
    );
  const at =
    threshold === null || threshold <= low || threshold >= high ? null : ((threshold - low) / (high - low)) * width;
  const picture_ = svg(
    'svg',
    {
      class: 'histogram',
      viewBox: `0 0 ${width} ${2 * half}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label':
        concept === null
          ? t('Histogram of {0}: {1}.', quantityNames[picture.quantity], histogramText(picture))
          : t(
              'Histogram of {0} inside and outside {1}: {2}.',
              quantityNames[picture.quantity],
              concept,
              histogramText(picture),
            ),
    },
    ...(alone ? [bars(without, 'inside', true)] : [bars(within, 'inside', true), bars(without, 'outside', false)]),
    svg('line', { class: 'axis', x1: 0, x2: width, y1: alone ? 2 * half : half, y2: alone ? 2 * half : half }),
    at === null ? null : svg('line', { class: 'threshold', x1: at, x2: at, y1: 0, y2: 2 * half }),
  );
  const count = (counts: readonly number[]): string => whole(counts.reduce((sum, value) => sum + value, 0));
  return element(
    'figure',
    { class: 'histogram-figure' },
    picture_,
    element(
      'div',
      { class: 'ticks', 'aria-hidden': 'true' },
      element('span', {}, fixed(low)),
      element('span', {}, fixed((low + high) / 2)),
      element('span', {}, fixed(high)),
    ),
    element(
      'figcaption',
      {},
      element(
        'span',
        {},
        ...(alone
          ? [t('{0} characters.', count(outside))]
          : placed(
              t('{0} above, {1} under the line.', slot, slot),
              element('span', { class: 'key inside' }, t('inside, {0} characters', count(inside))),
              element('span', { class: 'key outside' }, t('outside, {0}', count(outside))),
            )),
      ),
      ` ${t('Heights are square roots of shares.')}`,
      at === null ? '' : ` ${t('Dashed: the threshold {0}, frozen on the validation files.', fixed(threshold!))}`,
    ),
  );
}
