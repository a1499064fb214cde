/** The cells panel: a run, and a page for every question about its cells. */
import * as v from 'valibot';
import { type CellsJob, type CellsRun, fromCells, mostBorn, toCells } from '../../src/protocol/cells.ts';
import { on } from '../../src/protocol/webview.ts';
import { createAnnouncer } from '../ui/announcer.ts';
import { createButton, createDropdown } from '../ui/controls.ts';
import { fileName, toCsv } from '../ui/csv.ts';
import { coalesced, element } from '../ui/dom.ts';
import { connectHost } from '../ui/messaging.ts';
import { Tabs } from '../ui/tabs.ts';
import { t } from '../ui/words.ts';
import { BaselineView } from './baseline-view.ts';
import { BirthView } from './birth-view.ts';
import { CellView } from './cell-view.ts';
import { CompareView } from './compare-view.ts';
import { ConceptsView } from './concepts-view.ts';
import { type OpenCell, type PanelActions, type PanelState, type RunReport, scoredBy, type View } from './state.ts';
import { cellName, fileText, runName } from './words.ts';

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
  private readonly runs = createDropdown(t('Run'), (run) => this.link.post(fromCells.select({ run })));
  private readonly export = element('button', { type: 'button', class: 'choice-chip' }, t('Export CSV'));
  private readonly empty = element('div', { class: 'empty', hidden: true });
  /** Why the open model is none of those that are shown. */
  private readonly file = element('p', { class: 'note file-note', hidden: true });
  private readonly tabs: Tabs<View>;
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
    this.tabs.shown.set(this.state);
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
        on(toCells.comparison, ({ run }) => {
          if (isShown({ run })) this.tabs.show('compare');
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
    const concepts = new ConceptsView(
      actions,
      {
        filter: kept?.filter ?? '',
        status: kept?.status ?? 'all',
        order: kept?.order ?? { key: 'lift', descending: true },
      },
      (filtered) => this.link.remember(filtered),
    );
    this.tabs = new Tabs<View>(
      t('Pages of the cells panel'),
      'cells-body',
      [
        concepts,
        new CellView(actions),
        new BirthView(actions, kept?.born ?? [], (born) => this.link.remember({ born })),
        new CompareView(actions),
        new BaselineView(actions),
      ],
      ({ id }) => {
        root.dataset.tab = id;
        this.link.remember({ tab: id });
        this.draw();
      },
    );
    this.build();
    this.tabs.show(kept?.tab ?? null);
    const restore = kept && { run: kept.run ?? null, other: kept.other ?? null };
    this.link.post(fromCells.ready({ restore }));
  }

  private actions(): PanelActions {
    const ofRun = (ask: (run: string) => void): void => {
      if (this.state.run) ask(this.state.run.id);
    };
    return {
      find: (run) => this.link.post(fromCells.find({ run })),
      findInGates: (run) => this.link.post(fromCells.findInGates({ run })),
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
          const { quantity } = scoredBy(this.state, open);
          this.link.post(fromCells.showInHeatmap({ run, layer, cell, quantity }));
        }),
      openSnippet: ({ path, text, index: at, start }) =>
        this.link.post(fromCells.openSnippet({ path, text, index: at, start })),
      showLog: () => this.link.post(fromCells.showLog({})),
    };
  }

  private build(): void {
    this.export.addEventListener('click', () => this.exportCsv());
    this.root.append(
      element(
        'header',
        { class: 'head' },
        element('div', { class: 'choice run-choice' }, element('span', { class: 'caption' }, t('Run')), this.runs.node),
        this.export,
        this.tabs.node,
      ),
      this.file,
      this.tabs.body,
      this.empty,
    );
    this.root.classList.add('waiting');
  }

  private onRuns({ runs, selected, other, canTrain, openFile }: ReturnType<typeof toCells.runs>['payload']): void {
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
    this.file.hidden = openFile === null;
    if (openFile !== null) this.file.textContent = fileText(openFile);
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
        named === 0
          ? t('Cells are found: none has a name.')
          : named === 1
            ? t('Cells are found: 1 has a name.')
            : t('Cells are found: {0} have a name.', named),
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
    if (this.tabs.shown.id === 'cell') this.draw();
    else this.tabs.show('cell');
    if (!same) this.announcer.say(t('Cell {0}', cellName(open)));
  }

  /** Its evidence is asked for when the page is shown, once for each checkpoint, cell and concept. */
  private askOpenCell(): void {
    const { run, open } = this.state;
    if (this.tabs.shown.id !== 'cell' || !run || !open || run.generation === null) return;
    const size = run.layers[open.layer]?.hiddenSize ?? 0;
    if (open.cell >= size) {
      this.state = { ...this.state, open: null };
      return;
    }
    const report = this.reports.get(run.id);
    // While cells are sought, a page would be about figures that change under it.
    if (!report || (report.measuring && !report.report)) return;
    const { layer, cell } = open;
    const { quantity, sign, concept } = scoredBy(this.state, open);
    const question = { run: run.id, layer, cell, quantity, sign, concept };
    const key = JSON.stringify([question, report.report?.generation ?? run.generation]);
    if (key === this.asked) return;
    this.asked = key;
    this.link.post(fromCells.cell(question));
  }

  private exportCsv(): void {
    const view = this.tabs.shown;
    const rows = view.table();
    const { run, open } = this.state;
    if (!rows || !run) {
      this.announcer.say(t('There is nothing to export yet.'));
      return;
    }
    const of = view.id === 'cell' && open ? `cell ${open.layer} ${open.cell}` : view.title;
    this.link.post(fromCells.exportCsv({ name: fileName(of.toLowerCase(), run.label), text: toCsv(rows) }));
  }

  private showEmpty(canTrain: boolean): void {
    const train = createButton(t('Train on Workspace'), () => this.link.post(fromCells.train({})), 'primary');
    this.empty.replaceChildren(
      element('h1', {}, t('No network to look into yet')),
      element(
        'p',
        {},
        canTrain
          ? t(
              'Train a small network on this workspace, then see here which of its cells stand for strings, comments or conditions, and how sure that is. Everything stays on this machine.',
            )
          : t(
              'Open a folder with some code and train a small network on it, then see here which of its cells stand for something. Everything stays on this machine.',
            ),
      ),
      canTrain ? element('div', { class: 'buttons' }, train.node) : '',
    );
  }
}
