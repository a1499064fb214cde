/** The cells panel: a run, and a page for every question about its cells. */
import * as v from 'valibot';
import { type CellsJob, type CellsRun, fromCells, mostBorn, toCells } from '../../src/protocol/cells.ts';
import { on } from '../../src/protocol/webview.ts';
import { createAnnouncer } from '../ui/announcer.ts';
import { createButton, createDropdown } from '../ui/controls.ts';
import { fileName, toCsv } from '../ui/csv.ts';
import { coalesced, element } from '../ui/dom.ts';
import { connectHost } from '../ui/messaging.ts';
import { BaselineView } from './baseline-view.ts';
import { BirthView } from './birth-view.ts';
import { CellView } from './cell-view.ts';
import { CompareView } from './compare-view.ts';
import { ConceptsView } from './concepts-view.ts';
import type { OpenCell, PanelActions, PanelState, RunReport, View } from './state.ts';
import { cellName, runName } from './words.ts';

const index = v.pipe(v.number(), v.integer(), v.minValue(0));
const keptState = v.object({
  run: v.nullish(v.string(), null),
  other: v.nullish(v.string(), null),
  tab: v.nullish(v.string(), null),
  open: v.nullish(v.object({ layer: index, cell: index, concept: v.nullable(v.string()) }), null),
  filter: v.nullish(v.string(), ''),
  status: v.nullish(v.picklist(['all', 'named', 'candidate', 'absent']), 'all'),
  order: v.nullish(v.object({ key: v.string(), descending: v.boolean() }), null),
  born: v.nullish(v.pipe(v.array(v.string()), v.maxLength(mostBorn)), []),
});
type KeptState = v.InferOutput<typeof keptState>;

export class CellsApp {
  private readonly root: HTMLElement;
  private readonly link;
  private readonly announcer;
  private readonly runs = createDropdown('Run', (run) => this.link.post(fromCells.select({ run })));
  private readonly export = element('button', { type: 'button', class: 'choice-chip' }, 'Export CSV');
  private readonly tabs = element('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Pages of the cells panel' });
  private readonly body = element('main', { class: 'body', id: 'cells-body', role: 'tabpanel' });
  private readonly empty = element('div', { class: 'empty', hidden: true });
  private readonly views: View[];
  private view: View;
  private readonly reports = new Map<string, RunReport>();
  private readonly jobs = new Map<CellsJob, number | null>();
  private readonly problems = new Map<CellsJob, string | null>();
  private state: PanelState = {
    runs: [],
    run: null,
    other: null,
    reports: this.reports,
    losses: [],
    notes: {},
    open: null,
    picture: null,
    scores: null,
    clamp: null,
    birth: null,
    baseline: null,
    jobs: this.jobs,
    problems: this.problems,
  };
  /** The question that was asked last about the open cell: it is asked once. */
  private asked = '';
  private readonly draw = coalesced(() => {
    this.askOpenCell();
    this.view.set(this.state);
  });

  constructor(root: HTMLElement) {
    this.root = root;
    this.announcer = createAnnouncer(root);
    const isShown = ({ run }: { run: string }): boolean => run === this.state.run?.id;
    const isOpen = (answer: { run: string; layer: number; cell: number }): boolean =>
      isShown(answer) && answer.layer === this.state.open?.layer && answer.cell === this.state.open.cell;
    this.link = connectHost<KeptState>(
      (value): value is KeptState => v.is(keptState, value),
      [
        on(toCells.runs, (message) => this.onRuns(message)),
        on(toCells.report, (report) => this.onReport(report)),
        on(toCells.losses, ({ run, points }) => isShown({ run }) && this.change({ losses: points })),
        on(toCells.notes, ({ run, notes }) => isShown({ run }) && this.change({ notes })),
        on(toCells.place, ({ run, ...open }) => {
          if (isShown({ run })) this.openCell(open);
        }),
        on(toCells.progress, ({ run, job, fraction }) => {
          if (!isShown({ run })) return;
          this.jobs.set(job, fraction);
          this.problems.delete(job);
          this.draw();
        }),
        on(toCells.ended, ({ run, job, message }) => {
          if (!isShown({ run })) return;
          this.jobs.delete(job);
          if (message !== null) this.problems.set(job, message);
          else if (this.state[job] === null) this.problems.set(job, null);
          else this.problems.delete(job);
          this.draw();
        }),
        on(toCells.picture, (picture) => isOpen(picture) && this.change({ picture })),
        on(toCells.scores, (scores) => isOpen(scores) && this.change({ scores })),
        on(toCells.clamp, (clamp) => isOpen(clamp) && this.change({ clamp })),
        on(toCells.birth, (birth) => isShown(birth) && this.change({ birth })),
        on(toCells.baseline, (baseline) => isShown(baseline) && this.change({ baseline })),
      ],
    );
    const kept = this.link.restored;
    this.state = { ...this.state, open: kept?.open ?? null };
    const actions = this.actions();
    this.views = [
      new ConceptsView(
        actions,
        {
          filter: kept?.filter ?? '',
          status: kept?.status ?? 'all',
          order: kept?.order ?? { key: 'lift', descending: true },
        },
        (concepts) => this.link.remember(concepts),
      ),
      new CellView(actions),
      new BirthView(actions, kept?.born ?? [], (born) => this.link.remember({ born })),
      new CompareView(actions),
      new BaselineView(actions),
    ];
    this.view = this.views.find(({ id }) => id === kept?.tab) ?? this.views[0]!;
    this.build();
    this.show(this.view);
    const restore = kept && { run: kept.run ?? null, other: kept.other ?? null };
    this.link.post(fromCells.ready({ restore }));
  }

  private actions(): PanelActions {
    const ofRun = (ask: (run: string) => void): void => {
      if (this.state.run) ask(this.state.run.id);
    };
    return {
      find: (run) => this.link.post(fromCells.find({ run })),
      cancelFind: (run) => this.link.post(fromCells.cancelFind({ run })),
      openCell: (open) => this.openCell(open),
      compareWith: (run) => this.link.post(fromCells.compareWith({ run })),
      birth: (concepts) => ofRun((run) => this.link.post(fromCells.birth({ run, concepts: [...concepts] }))),
      baseline: (order) => ofRun((run) => this.link.post(fromCells.baseline({ run, order }))),
      cancel: (job) => ofRun((run) => this.link.post(fromCells.cancel({ run, job }))),
      askCell: () => {
        this.asked = '';
        this.draw();
      },
      note: ({ layer, cell }, text) => ofRun((run) => this.link.post(fromCells.note({ run, layer, cell, text }))),
      showInHeatmap: () =>
        ofRun((run) => {
          const { open } = this.state;
          if (!open) return;
          const { layer, cell } = open;
          const { quantity } = this.scored(open);
          this.link.post(fromCells.showInHeatmap({ run, layer, cell, quantity }));
        }),
      openSnippet: ({ path, text, index: at, start }) =>
        this.link.post(fromCells.openSnippet({ path, text, index: at, start })),
      showLog: () => this.link.post(fromCells.showLog({})),
    };
  }

  private build(): void {
    this.export.addEventListener('click', () => this.exportCsv());
    for (const view of this.views) {
      const tab = element(
        'button',
        { type: 'button', class: 'tab', role: 'tab', id: `tab-${view.id}`, 'aria-controls': 'cells-body' },
        view.title,
      );
      tab.addEventListener('click', () => this.show(view));
      this.tabs.append(tab);
    }
    this.tabs.addEventListener('keydown', (event) => this.onTabKey(event));
    this.root.append(
      element(
        'header',
        { class: 'head' },
        element('div', { class: 'choice run-choice' }, element('span', { class: 'caption' }, 'Run'), this.runs.node),
        this.export,
        this.tabs,
      ),
      this.body,
      this.empty,
    );
    this.root.classList.add('waiting');
  }

  private show(view: View): void {
    this.view = view;
    for (const [i, tab] of [...this.tabs.children].entries()) {
      const chosen = this.views[i] === view;
      tab.setAttribute('aria-selected', String(chosen));
      tab.setAttribute('tabindex', chosen ? '0' : '-1');
    }
    this.root.dataset.tab = view.id;
    this.body.setAttribute('aria-labelledby', `tab-${view.id}`);
    this.body.replaceChildren(view.node);
    this.body.scrollTop = 0;
    this.link.remember({ tab: view.id });
    this.draw();
  }

  private onTabKey(event: KeyboardEvent): void {
    const { length } = this.views;
    const at = this.views.indexOf(this.view);
    const target = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: length - 1 }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const next = (target + length) % length;
    this.show(this.views[next]!);
    (this.tabs.children[next] as HTMLElement).focus();
  }

  private onRuns({ runs, selected, other, canTrain }: ReturnType<typeof toCells.runs>['payload']): void {
    this.root.classList.remove('waiting');
    const of = (id: string | null): CellsRun | null => runs.find((run) => run.id === id) ?? null;
    const run = of(selected);
    if (run?.id !== this.state.run?.id) this.forgetRun(this.state.run === null);
    this.state = { ...this.state, runs, run, other: of(other) };
    this.runs.set(
      runs.map((one) => ({ value: one.id, label: runName(one) })),
      selected,
    );
    this.link.remember({ run: selected, other });
    this.empty.hidden = runs.length > 0;
    if (runs.length === 0) this.showEmpty(canTrain);
    this.draw();
  }

  /** Another run is shown: nothing of the one before stays, but the cell that a reload has brought back. */
  private forgetRun(restored: boolean): void {
    this.jobs.clear();
    this.problems.clear();
    this.asked = '';
    this.state = {
      ...this.state,
      losses: [],
      notes: {},
      open: restored ? this.state.open : null,
      picture: null,
      scores: null,
      clamp: null,
      birth: null,
      baseline: null,
    };
  }

  private onReport(report: RunReport): void {
    const before = this.reports.get(report.run);
    this.reports.set(report.run, report);
    if (before?.measuring && !before.report?.complete && report.report?.complete && report.run === this.state.run?.id) {
      const { named } = report.report;
      this.announcer.say(
        `Cells are found: ${named === 0 ? 'none has' : named === 1 ? '1 has' : `${named} have`} a name.`,
      );
    }
    this.draw();
  }

  private change(part: Partial<PanelState>): void {
    this.state = { ...this.state, ...part };
    this.draw();
  }

  private openCell(open: OpenCell): void {
    const before = this.state.open;
    const same = before?.layer === open.layer && before.cell === open.cell;
    this.state = {
      ...this.state,
      open,
      ...(same ? {} : { picture: null, scores: null, clamp: null }),
    };
    for (const job of ['picture', 'scores', 'clamp'] as const) this.problems.delete(job);
    this.link.remember({ open });
    if (this.view.id === 'cell') this.draw();
    else this.show(this.views.find(({ id }) => id === 'cell')!);
    if (!same) this.announcer.say(`Cell ${cellName(open)}`);
  }

  /** Its evidence is asked for when the page is shown, once for each checkpoint, cell and concept. */
  private askOpenCell(): void {
    const { run, open } = this.state;
    if (this.view.id !== 'cell' || !run || !open || run.generation === null) return;
    const size = run.layers[open.layer]?.hiddenSize ?? 0;
    if (open.cell >= size) {
      this.state = { ...this.state, open: null };
      return;
    }
    const report = this.reports.get(run.id);
    // While cells are sought, a page would be about figures that change under it.
    if (!report || (report.measuring && !report.report)) return;
    const { layer, cell } = open;
    const { quantity, sign, concept } = this.scored(open);
    const question = { run: run.id, layer, cell, quantity, sign, concept };
    const key = JSON.stringify([question, report.report?.generation ?? run.generation]);
    if (key === this.asked) return;
    this.asked = key;
    this.link.post(fromCells.cell(question));
  }

  /** The quantity and sign by which the cell stands for its concept; the kind's first quantity where nothing is known. */
  private scored({ layer, cell, concept }: OpenCell) {
    const { run, scores } = this.state;
    const found = run && this.reports.get(run.id)?.report?.concepts.find(({ id }) => id === concept);
    const candidate =
      found?.best.find((one) => one.layer === layer && one.cell === cell) ??
      scores?.concepts.find(({ id }) => id === concept)?.candidate;
    const kind = run?.layers[layer]?.cell;
    if (candidate) return { quantity: candidate.quantity, sign: candidate.sign, concept };
    return { quantity: kind === 'lstm' ? ('tanhc' as const) : ('h' as const), sign: 1 as const, concept };
  }

  private exportCsv(): void {
    const rows = this.view.table();
    const { run, open } = this.state;
    if (!rows || !run) {
      this.announcer.say('There is nothing to export yet.');
      return;
    }
    const of = this.view.id === 'cell' && open ? `cell ${open.layer} ${open.cell}` : this.view.title;
    this.link.post(fromCells.exportCsv({ name: fileName(of.toLowerCase(), run.label), text: toCsv(rows) }));
  }

  private showEmpty(canTrain: boolean): void {
    const train = createButton('Train on Workspace', () => this.link.post(fromCells.train({})), 'primary');
    this.empty.replaceChildren(
      element('h1', {}, 'No network to look into yet'),
      element(
        'p',
        {},
        canTrain
          ? 'Train a small network on this workspace, then see here which of its cells stand for strings, comments or conditions, and how sure that is. Everything stays on this machine.'
          : 'Open a folder with some code and train a small network on it, then see here which of its cells stand for something. Everything stays on this machine.',
      ),
      canTrain ? element('div', { class: 'buttons' }, train.node) : '',
    );
  }
}
