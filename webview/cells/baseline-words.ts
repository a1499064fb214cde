/** The network beside n-grams in words: headings, single rows, the farthest distances. */
import type { ShownBaseline, ShownComparison } from '../../src/protocol/cells.ts';
import { verdict } from '../ui/cards.ts';
import { bitsPerNat, percent, whole } from '../ui/format.ts';
import { t } from '../ui/words.ts';

/** Headings of the small plots. */
export const smallNames = {
  parenthesis: t('Closing ) by distance'),
  square: t('Closing ] by distance'),
  brace: t('Closing } by distance'),
  quote: t('Closing quotes by distance'),
  agreement: t('The right kind of closing bracket'),
};
export type SmallKind = keyof typeof smallNames;

export function hintOf(shares: boolean): string {
  return shares
    ? t('Share of closing brackets whose kind was the likeliest of the three.')
    : t('Bits at the closing character; lower is better.');
}

export function bitsText(nats: number | null): string {
  return nats === null ? '–' : (nats * bitsPerNat).toFixed(3);
}

/** `5–9`, `200 and more`. */
function rangeText(label: string): string {
  const open = / and more$/.exec(label);
  return open ? t('{0} and more', label.slice(0, open.index)) : label;
}

export function rowWords({ label, count, network, baseline }: ShownComparison, shares: boolean): string {
  const text = (value: number | null): string =>
    value === null ? t('none') : shares ? percent(value) : t('{0} bits', (value * bitsPerNat).toFixed(2));
  return t('{0}: network {1}, n-gram {2} ({3})', rangeText(label), text(network), text(baseline), whole(count));
}

type Closings = ShownBaseline['tables']['closings'];

/** The farthest distance at which closing characters of a kind were seen often enough. */
export function closingWords(closings: Closings, network: string, order: number): HTMLElement[] {
  const enough = 20;
  return closings.flatMap(({ kind, rows }) => {
    const far = rows.findLast(({ count }) => count >= enough);
    if (!far || far.network === null || far.baseline === null) return [];
    const gain = (far.baseline - far.network) * bitsPerNat;
    const character = { parenthesis: ')', square: ']', brace: '}', quote: t('a closing quote') }[kind];
    return [
      verdict(
        gain > 0 ? 'var(--cs-positive)' : 'var(--cs-negative)',
        t('{0} {1} characters after it was opened:', character, rangeText(far.label)),
        t(
          '{0} {1} bits, {2}-gram {3} ({4} places).',
          network,
          bitsText(far.network),
          order,
          bitsText(far.baseline),
          whole(far.count),
        ),
      ),
    ];
  });
}

export function agreementWords(rows: readonly ShownComparison[], network: string, order: number): HTMLElement[] {
  const far = rows.findLast(({ count, network: share }) => count >= 10 && share !== null);
  if (!far || far.baseline === null) return [];
  return [
    verdict(
      far.network! > far.baseline ? 'var(--cs-positive)' : 'var(--cs-negative)',
      far.label === '1'
        ? t('The right kind after 1 other bracket in between:')
        : t('The right kind after {0} other brackets in between:', rangeText(far.label)),
      t(
        '{0} {1}, {2}-gram {3} ({4} places).',
        network,
        percent(far.network!),
        order,
        percent(far.baseline),
        whole(far.count),
      ),
    ),
  ];
}
