/** What clamping a cell to its mean does to the loss, by the kind of character that is predicted. */
import type { ShownClamp } from '../../src/protocol/cells.ts';
import { element } from '../ui/dom.ts';
import { whole } from '../ui/format.ts';
import { t } from '../ui/words.ts';
import { className, riseText } from './words.ts';

export function clampBars({ classes, chars }: ShownClamp): HTMLElement {
  const most = Math.max(1e-6, ...classes.map(({ rise }) => Math.abs(rise ?? 0)));
  return element(
    'div',
    {},
    element(
      'p',
      { class: 'note' },
      t(
        'Mean rise of the loss, nats per character, when the cell is held at its mean: by the kind of the next character, over {0} characters of test files.',
        whole(chars),
      ),
    ),
    element(
      'table',
      { class: 'bars', 'aria-label': t('Rise of the loss by kind of character') },
      element(
        'tbody',
        {},
        ...classes.map(({ name, count, rise }) => {
          const fill = element('span', { class: (rise ?? 0) < 0 ? 'fill negative' : 'fill' });
          fill.style.inlineSize = `${(100 * Math.abs(rise ?? 0)) / most}%`;
          return element(
            'tr',
            {},
            element('th', { scope: 'row' }, className(name)),
            element('td', { class: 'bar-cell' }, element('span', { class: 'bar', 'aria-hidden': 'true' }, fill)),
            element('td', { class: 'number' }, riseText(rise)),
            element('td', { class: 'number count', title: t('characters') }, whole(count)),
          );
        }),
      ),
    ),
  );
}
