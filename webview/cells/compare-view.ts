/** Two runs side by side: which concepts each has. */
import type { CellsRun, ShownCells } from '../../src/protocol/cells.ts';
import { createButton, createDropdown } from '../ui/controls.ts';
import type { CsvCell } from '../ui/csv.ts';
import { element } from '../ui/dom.ts';
import { fixed, signed } from '../ui/format.ts';
import { type SortedColumn, SortedTable } from '../ui/sorted-table.ts';
import { badge, precisionBar } from './marks.ts';
import { gapOf, type PairRow, pairsOf } from './pairs.ts';
import { type PanelActions, type PanelState, reportOf, type View } from './state.ts';
import { type ConceptRow, cellName, conceptRows, lackText, lift, runName } from './words.ts';

export class CompareView implements View {
  readonly id = 'compare';
  readonly title = 'Compare runs';
  readonly node = element('div', { class: 'page' });
  private readonly actions: PanelActions;
  private readonly others = createDropdown('The run to compare with', (id) => {
    if (id !== '') this.actions.compareWith(id);
  });
  private readonly verdict = element('div', { class: 'summary' });
  private readonly missing = element('div', { class: 'jobs' });
  private readonly body = element('section', { class: 'card', 'aria-label': 'Concepts of both runs' });
  private readonly empty = element('p', { class: 'note page-note' });
  private readonly legend = element('p', { class: 'note' });
  private readonly pairs: SortedTable<PairRow>;
  private state: PanelState | null = null;
  private drawn: readonly unknown[] = [];

  constructor(actions: PanelActions) {
    this.actions = actions;
    this.pairs = new SortedTable<PairRow>({
      label: 'Concepts of both runs',
      order: { key: 'ap0', descending: true },
      idOf: ({ id }) => id,
      onOpen: ({ id, sides: [own] }) => {
        if (own?.first) actions.openCell({ layer: own.first.layer, cell: own.first.cell, concept: id });
      },
      columns: [
        {
          key: 'concept',
          head: 'concept',
          value: ({ name }) => name,
          cell: ({ name, description }) => element('span', { title: description }, name),
        },
        ...sideColumns(0),
        ...sideColumns(1),
        {
          key: 'gap',
          head: 'AP gap',
          title: 'AP of this run less that of the other',
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
      element('div', { class: 'tools' }, element('span', { class: 'caption' }, 'this run against'), this.others.node),
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
        ...(other ? [] : [{ value: '', label: 'choose a run' }]),
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
        ? 'There is no other run with a checkpoint. Train one, for instance the same with another kind of cell: right-click the run, Train the Same as….'
        : 'Choose a run above to see which concepts each of the two has.';
    this.missing.replaceChildren(
      ...[run, other].flatMap((one) => (one && !reportOf(state, one)?.report ? [this.findRow(state, one)] : [])),
    );
    const both = mine?.report && theirs?.report;
    this.body.hidden = !both;
    this.verdict.replaceChildren(...(both && run && other ? words(run, other, mine.report!, theirs.report!) : []));
    if (both && run && other) {
      this.legend.textContent = `1: ${runName(run)}. 2: ${runName(other)}.`;
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
        element('strong', {}, runName(run)),
        measuring ? ` is being measured: ${measuring.doing}.` : ' has no cells found yet.',
      ),
      measuring ? null : createButton('Find Cells', () => this.actions.find(run.id), 'primary').node,
    );
  }
}

function sideColumns(side: 0 | 1): SortedColumn<PairRow>[] {
  const of = ({ sides }: PairRow): ConceptRow | null => sides[side];
  const number = side + 1;
  return [
    {
      key: `status${side}`,
      head: `run ${number}`,
      value: (row) => ['named', 'candidate', 'absent'].indexOf(of(row)?.status ?? 'absent'),
      cell: (row) => {
        const one = of(row);
        if (!one) return 'not measured';
        const mark = badge(one.status);
        if (one.status === 'candidate') mark.title = lackText(one.first?.lacks ?? []);
        return mark;
      },
    },
    {
      key: `cell${side}`,
      head: `cell ${number}`,
      cell: (row) => {
        const first = of(row)?.first;
        return first ? cellName(first) : '–';
      },
    },
    {
      key: `ap${side}`,
      head: `AP ${number}`,
      number: true,
      title: 'Average precision on the test files; the tick is the base rate. Sorted by how far it is from there to 1',
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
    new Set(conceptRows(report).flatMap(({ status, concept }) => (status === 'named' ? [concept.name] : [])));
  const [own, others] = [named(mine), named(theirs)];
  const both = [...own].filter((name) => others.has(name));
  const only = (a: Set<string>, b: Set<string>): string[] => [...a].filter((name) => !b.has(name));
  const list = (names: string[]): string => (names.length === 0 ? 'none' : names.join(', '));
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
      `${run.label} has a named cell for ${own.size} ${own.size === 1 ? 'concept' : 'concepts'}, ${other.label} for ${others.size}.`,
    ),
    element(
      'p',
      { class: 'note' },
      `In both: ${list(both)}. Only in 1: ${list(only(own, others))}. Only in 2: ${list(only(others, own))}. Over the ${lifts.length} concepts that occur for both, the best cell goes ${mean('own')} of the way from base rate to 1 in 1, ${mean('other')} in 2.`,
    ),
    element(
      'p',
      { class: 'note' },
      run.corpus === other.corpus
        ? 'Both were measured on the same held-out text.'
        : 'They were measured on different text: compare an AP with the base rate beside it, not with the AP of the other run.',
    ),
  ];
}
