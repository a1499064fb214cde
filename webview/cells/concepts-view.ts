/** All concepts of a run: the best cell of each, how sure that is, and what it lacks for a name. */
import type { ShownGraded } from '../../src/protocol/cells.ts';
import { card } from '../ui/cards.ts';
import { createButton, createProgressBar } from '../ui/controls.ts';
import type { CsvCell } from '../ui/csv.ts';
import { element } from '../ui/dom.ts';
import { percent } from '../ui/format.ts';
import { SortedTable, type SortOrder } from '../ui/sorted-table.ts';
import { t } from '../ui/words.ts';
import { conceptColumns, gradedColumns } from './concept-columns.ts';
import { type PanelActions, type PanelState, type RunReport, reportOf, type View } from './state.ts';
import { type ConceptRow, conceptRows, matches, measuredOn, type Status, scoredOn, summary } from './words.ts';

export interface ConceptsKept {
  filter: string;
  status: Status | 'all';
  order: SortOrder;
}

const statusChoices: readonly { id: ConceptsKept['status']; label: string }[] = [
  { id: 'all', label: t('All') },
  { id: 'named', label: t('Named') },
  { id: 'candidate', label: t('Candidates') },
  { id: 'absent', label: t('Do not occur') },
];

export class ConceptsView implements View {
  readonly id = 'concepts';
  readonly title = t('Concepts');
  readonly node = element('div', { class: 'page' });
  private readonly actions: PanelActions;
  private readonly kept: ConceptsKept;
  private readonly remember: (kept: ConceptsKept) => void;
  private readonly head = element('div', { class: 'summary' });
  private readonly state = element('div', { class: 'jobs' });
  private readonly bar = createProgressBar(t('Finding cells'));
  private readonly doing = element('span', { class: 'job-text' });
  private readonly filter = element('input', {
    type: 'search',
    class: 'filter',
    placeholder: t('Filter concepts or cells'),
    'aria-label': t('Filter concepts or cells'),
    spellcheck: 'false',
  });
  private readonly chips: HTMLElement[];
  private readonly concepts: SortedTable<ConceptRow>;
  private readonly graded: SortedTable<ShownGraded>;
  private readonly none = element('p', { class: 'note', hidden: true });
  private readonly body = element('div', { class: 'stack' });
  private readonly gates = element('button', { type: 'button', class: 'choice-chip' }, t('Score Gates Too…'));
  private readonly start = element('section', { class: 'start' });
  private run: string | null = null;
  private shown: RunReport | null = null;
  private stateKey = '';
  private busy: HTMLElement | null = null;

  constructor(actions: PanelActions, kept: ConceptsKept, remember: (kept: ConceptsKept) => void) {
    this.actions = actions;
    this.kept = { ...kept };
    this.remember = remember;
    this.chips = statusChoices.map(({ id, label }) => {
      const chip = element('button', { type: 'button', class: 'choice-chip' }, label);
      chip.addEventListener('click', () => {
        this.kept.status = id;
        this.keep();
      });
      return chip;
    });
    this.filter.value = kept.filter;
    this.filter.addEventListener('input', () => {
      this.kept.filter = this.filter.value;
      this.keep();
    });
    this.concepts = new SortedTable<ConceptRow>({
      label: t('Concepts and the cells that stand for them'),
      order: kept.order,
      idOf: ({ concept }) => concept.id,
      isMuted: ({ status }) => status === 'absent',
      onSort: (order) => {
        this.kept.order = order;
        this.remember({ ...this.kept });
      },
      onOpen: ({ concept, first }) => {
        if (first) actions.openCell({ layer: first.layer, cell: first.cell, concept: concept.id });
      },
      columns: conceptColumns,
    });
    this.graded = new SortedTable<ShownGraded>({
      label: t('Concepts of degree'),
      order: { key: 'pearson', descending: true },
      idOf: ({ id }) => id,
      onOpen: ({ best: [first] }) => {
        if (first) actions.openCell({ layer: first.layer, cell: first.cell, concept: null });
      },
      columns: gradedColumns,
    });
    this.build();
  }

  set(state: PanelState): void {
    const report = reportOf(state);
    this.run = state.run?.id ?? null;
    this.showState(state, report);
    const found = report?.report ?? null;
    this.body.hidden = found === null;
    this.start.hidden = found !== null || state.run === null || report?.measuring !== null;
    if (report === this.shown) return;
    this.shown = report;
    if (!found) return;
    this.head.replaceChildren(
      element('p', { class: 'claim' }, summary(found)),
      element('p', { class: 'note' }, measuredOn(found)),
      element('p', { class: 'note scored' }, scoredOn(found), state.run?.layers.some(hasGates) ? this.gates : ''),
      found.texts && found.texts.withoutGrammar.length > 0
        ? element(
            'p',
            { class: 'note' },
            t(
              'No grammar reads {0}: only concepts from text alone count there.',
              found.texts.withoutGrammar.join(', '),
            ),
          )
        : '',
    );
    this.draw();
  }

  table(): CsvCell[][] | null {
    const found = this.shown?.report;
    if (!found) return null;
    return [
      [
        'concept',
        'verdict',
        'layer',
        'cell',
        'quantity',
        'sign',
        'ap',
        'base',
        'low',
        'high',
        'f1',
        'iou',
        'pearson',
        'p',
        'rise inside',
        'rise elsewhere',
        'rise of 95 % of matched cells',
        'probe of 16',
        'lacks',
      ],
      ...conceptRows(found).map(({ concept, first, status }): CsvCell[] => [
        concept.name,
        status,
        first?.layer ?? null,
        first?.cell ?? null,
        first?.quantity ?? null,
        first?.sign ?? null,
        first?.ap ?? null,
        concept.base,
        first?.confidence?.[0] ?? null,
        first?.confidence?.[1] ?? null,
        first?.f1 ?? null,
        first?.iou ?? null,
        first?.pearson ?? null,
        first?.p ?? null,
        first?.ablation?.inside ?? null,
        first?.ablation?.outside ?? null,
        first?.ablation?.control ?? null,
        concept.probes?.at(-1)?.ap ?? null,
        first?.lacks.join('; ') ?? null,
      ]),
    ];
  }

  private build(): void {
    this.gates.addEventListener('click', () => {
      if (this.run !== null) this.actions.findInGates(this.run);
    });
    this.body.append(
      this.head,
      element(
        'div',
        { class: 'tools' },
        this.filter,
        element('div', { class: 'choice-chips', role: 'group', 'aria-label': t('Which concepts') }, ...this.chips),
      ),
      element('section', { class: 'card', 'aria-label': t('Concepts') }, this.concepts.node, this.none),
      card(
        t('Concepts of degree'),
        element(
          'p',
          { class: 'note' },
          t(
            'Depths, distances and positions: the cell that moves with each most. There is no inside and outside, and so no name.',
          ),
        ),
        this.graded.node,
      ),
    );
    this.start.append(
      element('h2', {}, t('Which cells stand for something?')),
      element(
        'p',
        {},
        t(
          'Every cell is scored against every concept of the held-out files: inside a string, an if-condition, a comment, near the end of a line. What scores well is tested against chance, untrained networks and its own removal. It takes a minute or two; the scores come first.',
        ),
      ),
      element('div', { class: 'buttons' }),
    );
    this.node.append(this.state, this.start, this.body);
  }

  private keep(): void {
    this.remember({ ...this.kept });
    this.draw();
  }

  private draw(): void {
    const found = this.shown?.report;
    if (!found) return;
    const rows = conceptRows(found);
    const { status, filter } = this.kept;
    for (const [i, { id, label }] of statusChoices.entries()) {
      const count = id === 'all' ? rows.length : rows.filter((row) => row.status === id).length;
      const chip = this.chips[i]!;
      chip.textContent = `${label} ${count}`;
      chip.setAttribute('aria-pressed', String(id === status));
    }
    const shown = rows.filter((row) => (status === 'all' || row.status === status) && matches(row, filter));
    this.concepts.set(shown);
    this.none.hidden = shown.length > 0;
    this.none.textContent =
      status === 'named' && rows.every((row) => row.status !== 'named')
        ? t('No cell has earned a name. The candidates show how near each comes, and what it lacks.')
        : t('No concept is left by the filter.');
    this.graded.set(found.graded.filter(({ best }) => best.length > 0));
  }

  /** What goes on, what failed, what is out of date: with the button that goes on. */
  private showState(state: PanelState, report: RunReport | null): void {
    const { run } = state;
    const measuring = report?.measuring ?? null;
    const key = JSON.stringify([
      run?.id,
      run?.generation === null,
      measuring !== null,
      report?.failure,
      report?.outdated,
      report?.report === null,
    ]);
    if (key !== this.stateKey) {
      this.stateKey = key;
      this.state.replaceChildren(...(run ? this.stateRows(run.id, run.generation === null, report) : []));
      const start = createButton(t('Find Cells'), () => run && this.actions.find(run.id), 'primary');
      start.enable(run?.generation !== null);
      this.start.querySelector('.buttons')!.replaceChildren(start.node);
    }
    if (measuring && this.busy) {
      const text = t('Finding cells: {0}, {1}', measuring.doing, percent(measuring.fraction));
      this.doing.textContent = text;
      this.bar.set(measuring.fraction, text);
    }
  }

  private stateRows(run: string, waiting: boolean, report: RunReport | null): HTMLElement[] {
    this.busy = null;
    if (report?.measuring) {
      this.busy = element(
        'div',
        { class: 'job busy' },
        this.doing,
        this.bar.node,
        createButton(t('Cancel'), () => this.actions.cancelFind(run)).node,
      );
      return [this.busy];
    }
    const row = (text: string, failed: boolean, button: string | null): HTMLElement =>
      element(
        'div',
        { class: failed ? 'job failed' : 'job', role: failed ? 'alert' : null },
        element('span', { class: 'job-text' }, text),
        button === null ? null : createButton(button, () => this.actions.find(run)).node,
        failed ? createButton(t('Show Log'), () => this.actions.showLog()).node : null,
      );
    if (waiting)
      return [row(t('This run has no checkpoint yet: its cells can be found as soon as there is one.'), false, null)];
    if (report?.failure != null) return [row(report.failure, true, t('Try Again'))];
    return report?.outdated != null ? [row(report.outdated, false, t('Find Again'))] : [];
  }
}

function hasGates({ cell }: { cell: string }): boolean {
  return cell === 'lstm' || cell === 'gru';
}
