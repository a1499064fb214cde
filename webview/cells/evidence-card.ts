/** What a cell is: its names, what it is the nearest to, and the evidence for the concept that is looked at. */
import type { ShownCandidate, ShownConcept } from '../../src/protocol/cells.ts';
import { element } from '../ui/dom.ts';
import { fixed, signed, whole } from '../ui/format.ts';
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
      element('p', { class: 'claim' }, badge('named'), ` ${names.map(({ concept }) => concept.name).join(', ')}`),
    );
  else {
    const firsts = standings.filter(({ rank }) => rank === 0).map(({ concept }) => concept.name);
    children.push(
      element(
        'p',
        { class: 'claim' },
        firsts.length > 0 ? `No name: best candidate for ${firsts.join(', ')}` : 'No name',
      ),
      firsts.length > 0
        ? ''
        : element('p', { class: 'note' }, 'Most cells stand for nothing that there is a word for.'),
    );
  }
  if (here) children.push(...evidenceOf(here));
  else if (candidate && chosen !== null)
    children.push(
      element(
        'p',
        { class: 'note' },
        `Another cell scores higher for this concept. Here: AP ${fixed(candidate.ap, 3)}, F1 ${fixed(candidate.f1)}. Nulls and matched cells were measured for the best cells only.`,
      ),
    );
  return element('section', { class: 'card evidence', 'aria-label': 'Evidence' }, ...children);
}

function evidenceOf({ concept, candidate, rank }: CellStanding): HTMLElement[] {
  const { ap, confidence, untrained, randomLabels, p, shifts, ablation, f1, iou, pearson } = candidate;
  const rows: ([string, string] | null)[] = [
    ['Average precision', `${fixed(ap, 3)} (base rate ${fixed(concept.base, 3)})`],
    confidence && ['95 % interval', `${rangeText(confidence)}, bootstrap over files`],
    untrained === null ? null : ['Untrained networks', `AP at most ${fixed(untrained, 3)}`],
    randomLabels === null ? null : ['Random labels by character', `AP at most ${fixed(randomLabels, 3)}`],
    p === null ? null : ['Shifted labels', `p ${pText(p)} after Holm, ${whole(shifts ?? 0)} shifts`],
    ablation && [
      'Clamped to its mean',
      `${riseText(ablation.inside)} nats where it ends, ${riseText(ablation.outside)} elsewhere; 95 % of ${ablation.controls} matched cells at most ${riseText(ablation.control)}`,
    ],
    ['At its threshold', `F1 ${fixed(f1)}, IoU ${fixed(iou)}, Pearson ${signed(pearson)}`],
  ];
  return [
    element('h3', {}, rank === 0 ? `For ${concept.name}` : `For ${concept.name}: number ${rank + 1}`),
    element('p', { class: 'note' }, concept.description),
    element(
      'dl',
      { class: 'facts' },
      ...rows.flatMap((row) => (row ? [element('dt', {}, row[0]), element('dd', {}, row[1])] : [])),
    ),
    candidate.named || candidate.lacks.length === 0
      ? element('p', { hidden: true })
      : element('p', { class: 'lacks-list' }, `For a name it lacks ${candidate.lacks.join('; ')}.`),
  ];
}
