/** Two runs side by side: which concepts each has. */
import type { CellsRun, ShownCells } from '../../src/protocol/cells.ts';
import { createButton, createDropdown } from '../ui/controls.ts';
import type { CsvCell } from '../ui/csv.ts';
import { element, placed, slot } from '../ui/dom.ts';
import { fixed, signed } from '../ui/format.ts';
import { type SortedColumn, SortedTable } from '../ui/sorted-table.ts';
import { t, translated } from '../ui/words.ts';
import { badge, precisionBar } from './marks.ts';
import { gapOf, type PairRow, pairsOf } from './pairs.ts';
import { type PanelActions, type PanelState, reportOf, type View } from './state.ts';
import { type ConceptRow, cellName, conceptRows, lackText, lift, runName } from './words.ts';

export class CompareView implements View {
  readonly id = 'compare';
  readonly title = t('Compare runs');
  readonly node = element('div', { class: 'page' });
  private readonly actions: PanelActions;
  private readonly others = createDropdown(t('The run to compare with'), (id) => {
    if (id !== '') this.actions.compareWith(id);
  });
  private readonly verdict = element('div', { class: 'summary' });
  private readonly missing = element('div', { class: 'jobs' });
  private readonly body = element('section', { class: 'card', 'aria-label': t('Concepts of both runs') });
  private readonly empty = element('p', { class: 'note page-note' });
  private readonly legend = element('p', { class: 'note' });
  private readonly pairs: SortedTable<PairRow>;
  private state: PanelState | null = null;
  private drawn: readonly unknown[] = [];

  constructor(actions: PanelActions) {
    this.actions = actions;
    this.pairs = new SortedTable<PairRow>({
      label: t('Concepts of both runs'),
      order: { key: 'ap0', descending: true },
      idOf: ({ id }) => id,
      onOpen: ({ id, sides: [own] }) => {
        if (own?.first) actions.openCell({ layer: own.first.layer, cell: own.first.cell, concept: id });
      },
      columns: [
        {
          key: 'concept',
          head: t('concept'),
          value: ({ name }) => translated(name),
          cell: ({ name, description }) => element('span', { title: translated(description) }, translated(name)),
        },
        ...sideColumns(0),
        ...sideColumns(1),
        {
          key: 'gap',
          head: t('AP gap'),
          title: t('AP of this run less that of the other'),
          number: true,
          value: ({ sides }) => gapOf(sides),
          cell: ({ sides }) => {
            const gap = gapOf(sides);
            return gap === null ? '–' : signed(gap);
          },
        },
      ],
    });
    this.body.append(this.legend, this.pairs.node);
    this.node.append(
      element(
        'div',
        { class: 'tools' },
        element('span', { class: 'caption' }, t('this run against')),
        this.others.node,
      ),
      this.missing,
      this.verdict,
      this.empty,
      element('div', { class: 'stack' }, this.body),
    );
  }

  set(state: PanelState): void {
    this.state = state;
    const { run, other, runs } = state;
    const choices = runs.filter(({ id, generation }) => id !== run?.id && generation !== null);
    this.others.set(
      [
        ...(other ? [] : [{ value: '', label: t('choose a run') }]),
        ...choices.map((one) => ({ value: one.id, label: runName(one) })),
      ],
      other?.id ?? '',
    );
    const [mine, theirs] = [reportOf(state), reportOf(state, other)];
    const inputs = [run, other, mine, theirs, choices.length];
    if (inputs.every((input, i) => input === this.drawn[i])) return;
    this.drawn = inputs;
    this.empty.hidden = other !== null;
    this.empty.textContent =
      choices.length === 0
        ? t(
            'There is no other run with a checkpoint. Train one, for instance the same with another kind of cell: right-click the run, Train the Same as….',
          )
        : t('Choose a run above to see which concepts each of the two has.');
    this.missing.replaceChildren(
      ...[run, other].flatMap((one) => (one && !reportOf(state, one)?.report ? [this.findRow(state, one)] : [])),
    );
    const both = mine?.report && theirs?.report;
    this.body.hidden = !both;
    this.verdict.replaceChildren(...(both && run && other ? words(run, other, mine.report!, theirs.report!) : []));
    if (both && run && other) {
      this.legend.textContent = t('1: {0}. 2: {1}.', runName(run), runName(other));
      this.pairs.set(pairsOf(mine.report!, theirs.report!));
    }
  }

  table(): CsvCell[][] | null {
    const { run, other } = this.state ?? {};
    const mine = this.state && reportOf(this.state)?.report;
    const theirs = this.state && other && reportOf(this.state, other)?.report;
    if (!run || !other || !mine || !theirs) return null;
    const cells = (row: ConceptRow | null): CsvCell[] => [
      row?.status ?? null,
      row?.first ? cellName(row.first) : null,
      row?.first?.ap ?? null,
      row?.concept.base ?? null,
    ];
    const heads = (name: string): string[] => ['status', 'cell', 'ap', 'base'].map((head) => `${head} (${name})`);
    return [
      ['concept', ...heads(runName(run)), ...heads(runName(other))],
      ...pairsOf(mine, theirs).map(({ name, sides }): CsvCell[] => [name, ...sides.flatMap(cells)]),
    ];
  }

  private findRow(state: PanelState, run: CellsRun): HTMLElement {
    const measuring = reportOf(state, run)?.measuring;
    return element(
      'div',
      { class: 'job' },
      element(
        'span',
        { class: 'job-text' },
        ...placed(
          measuring ? t('{0} is being measured: {1}.', slot, measuring.doing) : t('{0} has no cells found yet.', slot),
          element('strong', {}, runName(run)),
        ),
      ),
      measuring ? null : createButton(t('Find Cells'), () => this.actions.find(run.id), 'primary').node,
    );
  }
}

function sideColumns(side: 0 | 1): SortedColumn<PairRow>[] {
  const of = ({ sides }: PairRow): ConceptRow | null => sides[side];
  const number = side + 1;
  return [
    {
      key: `status${side}`,
      head: t('run {0}', number),
      value: (row) => ['named', 'candidate', 'absent'].indexOf(of(row)?.status ?? 'absent'),
      cell: (row) => {
        const one = of(row);
        if (!one) return t('not measured');
        const mark = badge(one.status);
        if (one.status === 'candidate') mark.title = lackText(one.first?.lacks ?? []);
        return mark;
      },
    },
    {
      key: `cell${side}`,
      head: t('cell {0}', number),
      cell: (row) => {
        const first = of(row)?.first;
        return first ? cellName(first) : '–';
      },
    },
    {
      key: `ap${side}`,
      head: t('AP {0}', number),
      number: true,
      title: t(
        'Average precision on the test files; the tick is the base rate. Sorted by how far it is from there to 1',
      ),
      value: (row) => {
        const one = of(row);
        return one?.first ? lift(one.first.ap, one.concept.base) : null;
      },
      cell: (row) => {
        const one = of(row);
        return one?.first ? precisionBar(one.first.ap, one.concept.base, one.status === 'named') : '–';
      },
    },
  ];
}

function words(run: CellsRun, other: CellsRun, mine: ShownCells, theirs: ShownCells): HTMLElement[] {
  const named = (report: ShownCells): Set<string> =>
    new Set(
      conceptRows(report).flatMap(({ status, concept }) => (status === 'named' ? [translated(concept.name)] : [])),
    );
  const [own, others] = [named(mine), named(theirs)];
  const both = [...own].filter((name) => others.has(name));
  const only = (a: Set<string>, b: Set<string>): string[] => [...a].filter((name) => !b.has(name));
  const list = (names: string[]): string => (names.length === 0 ? t('none') : names.join(', '));
  const lifts = conceptRows(mine).flatMap(({ concept, first }) => {
    const twin = conceptRows(theirs).find((row) => row.concept.id === concept.id);
    return first && twin?.first
      ? [{ own: lift(first.ap, concept.base), other: lift(twin.first.ap, twin.concept.base) }]
      : [];
  });
  const mean = (key: 'own' | 'other'): string =>
    fixed(lifts.reduce((sum, one) => sum + one[key], 0) / Math.max(1, lifts.length));
  return [
    element(
      'p',
      { class: 'claim' },
      own.size === 1
        ? t('{0} has a named cell for 1 concept, {1} for {2}.', run.label, other.label, others.size)
        : t('{0} has a named cell for {1} concepts, {2} for {3}.', run.label, own.size, other.label, others.size),
    ),
    element(
      'p',
      { class: 'note' },
      t(
        'In both: {0}. Only in 1: {1}. Only in 2: {2}. Over the {3} concepts that occur for both, the best cell goes {4} of the way from base rate to 1 in 1, {5} in 2.',
        list(both),
        list(only(own, others)),
        list(only(others, own)),
        lifts.length,
        mean('own'),
        mean('other'),
      ),
    ),
    element(
      'p',
      { class: 'note' },
      run.corpus === other.corpus
        ? t('Both were measured on the same held-out text.')
        : t(
            'They were measured on different text: compare an AP with the base rate beside it, not with the AP of the other run.',
          ),
    ),
  ];
}
