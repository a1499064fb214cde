/** Small marks in tables: the bar of an average precision with its base rate, a name's badge. */
import { element } from '../ui/dom.ts';
import { fixed } from '../ui/format.ts';
import { t } from '../ui/words.ts';
import type { Status } from './words.ts';

/** 0 … 1 with a tick at the base rate; the number beside it carries the meaning. */
export function precisionBar(ap: number, base: number, named: boolean): HTMLElement {
  const fill = element('span', { class: 'fill' });
  fill.style.inlineSize = `${100 * ap}%`;
  const tick = element('span', { class: 'tick' });
  tick.style.insetInlineStart = `${100 * base}%`;
  return element(
    'span',
    { class: named ? 'precision named' : 'precision' },
    element(
      'span',
      { class: 'bar', 'aria-hidden': 'true', title: t('AP {0}, base rate {1}', fixed(ap, 3), fixed(base, 3)) },
      fill,
      tick,
    ),
    element('span', { class: 'value' }, fixed(ap)),
  );
}

const statusWords: Record<Status, string> = {
  named: t('named'),
  candidate: t('candidate'),
  absent: t('does not occur'),
};

export function badge(status: Status): HTMLElement {
  return element('span', { class: `badge ${status}` }, statusWords[status]);
}
