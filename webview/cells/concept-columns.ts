/** The columns of the page of concepts. */
import type { ShownGraded } from '../../src/protocol/cells.ts';
import { element } from '../ui/dom.ts';
import { fixed, signed, whole } from '../ui/format.ts';
import type { SortedColumn } from '../ui/sorted-table.ts';
import { t, translated } from '../ui/words.ts';
import { badge, precisionBar } from './marks.ts';
import { type ConceptRow, cellName, lackText, lift, pText, quantityNames, rangeText, riseText } from './words.ts';

export const conceptColumns: readonly SortedColumn<ConceptRow>[] = [
  {
    key: 'concept',
    head: t('concept'),
    value: ({ concept }) => translated(concept.name),
    cell: ({ concept }) => element('span', { title: translated(concept.description) }, translated(concept.name)),
  },
  {
    key: 'cell',
    head: t('best cell'),
    title: t('Layer·cell and the quantity that is scored; − where it is off inside'),
    value: ({ first }) => first && first.layer * 1e5 + first.cell,
    cell: ({ first }) =>
      first
        ? element(
            'span',
            { class: 'cell-name', title: first.sign > 0 ? t('High inside') : t('Low inside') },
            `${first.sign > 0 ? '+' : '−'} ${cellName(first)}`,
            element('span', { class: 'quantity' }, ` ${quantityNames[first.quantity]}`),
          )
        : '–',
  },
  {
    key: 'lift',
    head: t('AP'),
    title: t('Average precision on the test files; the tick is the base rate. Sorted by how far it is from there to 1'),
    value: ({ concept, first }) => first && lift(first.ap, concept.base),
    number: true,
    cell: ({ concept, first, status }) => (first ? precisionBar(first.ap, concept.base, status === 'named') : '–'),
  },
  {
    key: 'base',
    head: t('base'),
    title: t('Share of the scored characters that are inside: the AP of guessing'),
    number: true,
    value: ({ concept, status }) => (status === 'absent' ? null : concept.base),
    cell: ({ concept, status }) =>
      status === 'absent'
        ? '–'
        : element(
            'span',
            { title: t('{0} of {1} characters', whole(concept.positives), whole(concept.scored)) },
            fixed(concept.base),
          ),
  },
  {
    key: 'verdict',
    head: t('verdict'),
    title: t('A cell is named only where it meets every condition of the rule of names'),
    value: ({ status }) => ['named', 'candidate', 'absent'].indexOf(status),
    cell: (row) => verdictOf(row),
  },
  {
    key: 'interval',
    head: t('95 %'),
    title: t('Of the AP, by bootstrap over files'),
    number: true,
    cell: ({ first }) => rangeText(first?.confidence ?? null),
  },
  {
    key: 'f1',
    head: t('F1'),
    title: t('At a threshold that the validation files froze'),
    number: true,
    value: ({ first }) => first?.f1 ?? null,
    cell: ({ first }) =>
      first
        ? element(
            'span',
            { title: t('IoU {0}, Pearson {1}', fixed(first.iou), signed(first.pearson)) },
            fixed(first.f1),
          )
        : '–',
  },
  {
    key: 'p',
    head: 'p',
    title: t('Labels shifted against the text, after Holm’s correction over concepts'),
    number: true,
    value: ({ first }) => first?.p ?? null,
    cell: ({ first }) => pText(first?.p ?? null),
  },
  {
    key: 'rise',
    head: t('clamp'),
    title: t('Rise of the loss in nats where the concept ends, with the cell held at its mean'),
    number: true,
    value: ({ first }) => first?.ablation?.inside ?? null,
    cell: ({ first }) => riseOf(first),
  },
  {
    key: 'probe',
    head: t('16 cells'),
    title: t(
      'AP of a linear probe on the 16 best cells: far above the single cell means that the concept is spread out',
    ),
    number: true,
    value: ({ concept }) => concept.probes?.at(-1)?.ap ?? null,
    cell: ({ concept }) => probeOf(concept.probes),
  },
];

export const gradedColumns: readonly SortedColumn<ShownGraded>[] = [
  {
    key: 'concept',
    head: t('concept'),
    value: ({ name }) => translated(name),
    cell: ({ name, description }) => element('span', { title: translated(description) }, translated(name)),
  },
  {
    key: 'cell',
    head: t('best cell'),
    cell: ({ best: [first] }) =>
      first
        ? element(
            'span',
            { class: 'cell-name' },
            cellName(first),
            element('span', { class: 'quantity' }, ` ${quantityNames[first.quantity]}`),
          )
        : t('does not occur'),
  },
  {
    key: 'pearson',
    head: t('Pearson'),
    number: true,
    value: ({ best: [first] }) => (first ? Math.abs(first.pearson) : null),
    cell: ({ best: [first] }) => (first ? signed(first.pearson) : '–'),
  },
  {
    key: 'spearman',
    head: t('Spearman'),
    number: true,
    value: ({ best: [first] }) => (first ? Math.abs(first.spearman) : null),
    cell: ({ best: [first] }) => (first ? signed(first.spearman) : '–'),
  },
];

function verdictOf({ first, status }: ConceptRow): HTMLElement {
  if (status !== 'candidate' || !first) return badge(status);
  return element('span', { class: 'lacks', title: first.lacks.join('\n') }, lackText(first.lacks));
}

function riseOf(first: ConceptRow['first']): Node | string {
  const ablation = first?.ablation;
  if (!ablation) return '–';
  const title = t(
    'Elsewhere {0}; 95 % of {1} matched cells stay below {2}. {3} places.',
    riseText(ablation.outside),
    ablation.controls,
    riseText(ablation.control),
    whole(ablation.places),
  );
  return element('span', { title }, riseText(ablation.inside));
}

function probeOf(probes: ConceptRow['concept']['probes']): Node | string {
  const last = probes?.at(-1);
  if (!last) return '–';
  const title = probes!
    .map(({ k, ap }) => (k === 1 ? t('1 cell: AP {0}', fixed(ap)) : t('{0} cells: AP {1}', k, fixed(ap))))
    .join('\n');
  return element('span', { title }, fixed(last.ap));
}
