/** What a cell is: its names, what it is the nearest to, and the evidence for the concept that is looked at. */
import type { ShownCandidate, ShownConcept } from '../../src/protocol/cells.ts';
import { element } from '../ui/dom.ts';
import { fixed, signed, whole } from '../ui/format.ts';
import { t, translated } from '../ui/words.ts';
import { badge } from './marks.ts';
import { pText, rangeText, riseText } from './words.ts';

export interface CellStanding {
  concept: ShownConcept;
  candidate: ShownCandidate;
  /** 0: the best cell of the concept. */
  rank: number;
}

export function evidenceCard(
  standings: readonly CellStanding[],
  chosen: string | null,
  candidate: ShownCandidate | null,
): HTMLElement {
  const names = standings.filter((standing) => standing.candidate.named);
  const here = standings.find(({ concept }) => concept.id === chosen);
  const children: (HTMLElement | string)[] = [];
  if (names.length > 0)
    children.push(
      element(
        'p',
        { class: 'claim' },
        badge('named'),
        ` ${names.map(({ concept }) => translated(concept.name)).join(', ')}`,
      ),
    );
  else {
    const firsts = standings.filter(({ rank }) => rank === 0).map(({ concept }) => translated(concept.name));
    children.push(
      element(
        'p',
        { class: 'claim' },
        firsts.length > 0 ? t('No name: best candidate for {0}', firsts.join(', ')) : t('No name'),
      ),
      firsts.length > 0
        ? ''
        : element('p', { class: 'note' }, t('Most cells stand for nothing that there is a word for.')),
    );
  }
  if (here) children.push(...evidenceOf(here));
  else if (candidate && chosen !== null)
    children.push(
      element(
        'p',
        { class: 'note' },
        t(
          'Another cell scores higher for this concept. Here: AP {0}, F1 {1}. Nulls and matched cells were measured for the best cells only.',
          fixed(candidate.ap, 3),
          fixed(candidate.f1),
        ),
      ),
    );
  return element('section', { class: 'card evidence', 'aria-label': t('Evidence') }, ...children);
}

function evidenceOf({ concept, candidate, rank }: CellStanding): HTMLElement[] {
  const { ap, confidence, untrained, randomLabels, p, shifts, ablation, f1, iou, pearson } = candidate;
  const rows: ([string, string] | null)[] = [
    [t('Average precision'), t('{0} (base rate {1})', fixed(ap, 3), fixed(concept.base, 3))],
    confidence && [t('95 % interval'), t('{0}, bootstrap over files', rangeText(confidence))],
    untrained === null ? null : [t('Untrained networks'), t('AP at most {0}', fixed(untrained, 3))],
    randomLabels === null ? null : [t('Random labels by character'), t('AP at most {0}', fixed(randomLabels, 3))],
    p === null ? null : [t('Shifted labels'), t('p {0} after Holm, {1} shifts', pText(p), whole(shifts ?? 0))],
    ablation && [
      t('Clamped to its mean'),
      t(
        '{0} nats where it ends, {1} elsewhere; 95 % of {2} matched cells at most {3}',
        riseText(ablation.inside),
        riseText(ablation.outside),
        ablation.controls,
        riseText(ablation.control),
      ),
    ],
    [t('At its threshold'), t('F1 {0}, IoU {1}, Pearson {2}', fixed(f1), fixed(iou), signed(pearson))],
  ];
  return [
    element(
      'h3',
      {},
      rank === 0
        ? t('For {0}', translated(concept.name))
        : t('For {0}: number {1}', translated(concept.name), rank + 1),
    ),
    element('p', { class: 'note' }, translated(concept.description)),
    element(
      'dl',
      { class: 'facts' },
      ...rows.flatMap((row) => (row ? [element('dt', {}, row[0]), element('dd', {}, row[1])] : [])),
    ),
    candidate.named || candidate.lacks.length === 0
      ? element('p', { hidden: true })
      : element('p', { class: 'lacks-list' }, t('For a name it lacks {0}.', candidate.lacks.join('; '))),
  ];
}
