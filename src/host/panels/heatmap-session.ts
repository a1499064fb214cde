/** The host's side of one open heatmap: answers its questions and tells it what changes. */
import * as vscode from 'vscode';
import { fromHeatmap, toHeatmap } from '../../protocol/heatmap.ts';
import type { CellAddress } from '../../protocol/inspector-service.ts';
import { type Message, on } from '../../protocol/webview.ts';
import type { CellsStore } from '../cells/cells-store.ts';
import { runReference } from '../commands/runs.ts';
import type { Inspection, RunEntry, Runs, Training } from '../contracts.ts';
import { HeatmapAnswers, isCancelled, textOf } from './heatmap-answers.ts';
import { exportCsvFile, exportHtmlFile } from './heatmap-export.ts';
import { followedGeneration, summaryOfModel, summaryOfRun } from './heatmap-messages.ts';
import { HeatmapReach } from './heatmap-reach.ts';
import { shownStandings } from './heatmap-standings.ts';
import type { ScratchDocuments } from './scratch-documents.ts';
import { ShownDocument } from './shown-document.ts';

export interface HeatmapDependencies {
  inspection: Inspection;
  runs: Runs;
  training: Training;
  cells: CellsStore;
  log: vscode.LogOutputChannel;
}

/** What a heatmap is to show that is not open yet. */
export interface HeatmapWish {
  document: Promise<vscode.TextDocument>;
  /** Until then the page says that it is opening. */
  model: Promise<unknown>;
}

/** Whoever waits for colours waits no longer, milliseconds: there may be none. */
const patience = 5000;

type Asked<K extends keyof typeof fromHeatmap> = ReturnType<(typeof fromHeatmap)[K]>['payload'];

export class HeatmapSession implements vscode.Disposable {
  readonly handlers;
  private readonly deps: HeatmapDependencies;
  private readonly send: (message: Message<string, unknown>) => void;
  private readonly shown: ShownDocument;
  private readonly answers: HeatmapAnswers;
  private readonly reach: HeatmapReach;
  private readonly subscriptions: vscode.Disposable[];
  private ready = false;
  private opening: Promise<unknown> = Promise.resolve();
  /** What is sent before the page says anything waits for it: so it is with a new page, until it is hidden. */
  private keptForPage: boolean;
  private readonly coloured = Promise.withResolvers<void>();
  /** The cell the webview is choosing: it is not told of it, since it may have chosen the next one meanwhile. */
  private choosing: CellAddress | null = null;

  constructor(
    deps: HeatmapDependencies,
    scratch: ScratchDocuments,
    wish: HeatmapWish | null,
    send: (message: Message<string, unknown>) => void,
  ) {
    this.deps = deps;
    this.keptForPage = wish !== null;
    // Before `ready` a page that is restored has not said what it showed; it is answered with everything.
    this.send = (message) => {
      if (this.ready) send(message);
    };
    this.shown = new ShownDocument(scratch);
    const { inspection, runs } = deps;
    this.answers = new HeatmapAnswers(deps, () => this.shown.document, this.send);
    this.reach = new HeatmapReach(deps, () => this.shown.document, this.send);
    this.subscriptions = [
      this.shown,
      this.answers,
      this.reach,
      this.shown.onDidChange(() => this.sendDocument()),
      this.shown.onDidEdit(({ document, startLine, removed, inserted }) =>
        this.send(
          toHeatmap.edit({
            id: document.uri.toString(),
            version: document.version,
            startLine,
            removed,
            lines: Array.from({ length: inserted }, (_, i) => document.lineAt(startLine + i).text),
          }),
        ),
      ),
      this.shown.onDidMoveCursor(({ line, character }) => {
        const { document } = this.shown;
        if (document) this.send(toHeatmap.cursor({ id: document.uri.toString(), line, column: character }));
      }),
      inspection.onDidChangeModel(() => {
        this.sendRuns();
        this.sendModel();
        this.sendSide();
      }),
      inspection.onDidChangeCell((cell) => {
        if (!sameCell(cell, this.choosing)) this.send(toHeatmap.cell(cell));
      }),
      inspection.onDidChangeDocument((document) => {
        if (document !== this.shown.document) return;
        this.send(toHeatmap.ready({ id: document.uri.toString(), version: document.version }));
        this.sendSide();
      }),
      runs.onDidChange(() => this.sendRuns()),
      deps.cells.onDidChange((run) => run === this.openRun?.id && this.sendStandings()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.sendDocument()),
    ];
    this.handlers = [
      ...this.reach.handlers,
      on(fromHeatmap.ready, (message) => void this.onReady(message)),
      on(fromHeatmap.coloured, () => this.coloured.resolve()),
      on(fromHeatmap.selectRun, ({ id }) => void this.selectRun(id)),
      on(fromHeatmap.selectGeneration, ({ generation }) => void this.selectGeneration(generation)),
      on(fromHeatmap.selectCell, (cell) => this.selectCell(cell)),
      on(fromHeatmap.requestPages, (message) => void this.answers.pages(message)),
      on(fromHeatmap.requestReport, (message) => void this.answers.report(message)),
      on(fromHeatmap.requestOverview, () => void this.answers.overview()),
      on(fromHeatmap.follow, ({ following }) => this.shown.setFollowing(following)),
      on(fromHeatmap.scratch, ({ text }) => void this.shown.setScratch(text)),
      on(fromHeatmap.reveal, (place) => void this.reveal(place)),
      on(fromHeatmap.cellsForSelection, (selected) => void this.cellsForSelection(selected)),
      on(fromHeatmap.exportHtml, (asked) => void this.export(exportHtmlFile, asked)),
      on(fromHeatmap.exportCsv, (asked) => void this.export(exportCsvFile, asked)),
      on(fromHeatmap.findCells, () => void vscode.commands.executeCommand('cellscope.findCells', this.openRun)),
      on(fromHeatmap.retry, () => this.answers.tryAgain()),
      on(fromHeatmap.train, () => void vscode.commands.executeCommand('cellscope.trainOnWorkspace')),
      on(fromHeatmap.openSample, () => void vscode.commands.executeCommand('cellscope.openSample')),
    ];
    if (!wish) return;
    this.show(wish);
    void this.sendAhead();
  }

  /** VS Code forgets what waits for a page that is hidden before it has loaded: the next one is told anew. */
  hidden(): void {
    this.keptForPage = false;
  }

  show({ document, model }: HeatmapWish): void {
    const shown = document.then((text) => this.shown.show(text));
    this.opening = Promise.allSettled([shown, model]);
  }

  /** Resolves when the characters in view have had their colours once, and where they get none after a while. */
  async whenColoured(): Promise<void> {
    const late = setTimeout(() => this.coloured.resolve(), patience);
    await this.coloured.promise;
    clearTimeout(late);
  }

  /** Shows what the prediction that was pointed at goes back to. */
  beginReach(): void {
    this.reach.begin();
  }

  /** The document on the screen. */
  get document(): vscode.TextDocument | null {
    return this.shown.document;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.coloured.resolve();
  }

  private async onReady({ restore }: Asked<'ready'>): Promise<void> {
    await this.opening;
    if (restore || !this.keptForPage) await this.begin(restore);
    this.keptForPage = false;
    await this.deps.inspection.whenSelected();
    if (this.deps.inspection.model) return;
    const { entries } = this.deps.runs;
    const usable = (entry: RunEntry): boolean => entry.manifest.current !== null;
    const entry =
      entries.find((run) => run.id === restore?.run && usable(run)) ??
      entries.find((run) => run.id === this.deps.training.activeRun && usable(run)) ??
      entries.find(usable);
    if (!entry) return;
    const generation = entry.id === restore?.run ? (restore.generation ?? null) : null;
    await this.openModel(entry, generation);
    if (restore?.cell) this.deps.inspection.selectCell(restore.cell);
  }

  /** A new page has nothing to restore, and VS Code keeps what is sent to it until it has loaded. */
  private async sendAhead(): Promise<void> {
    await this.opening;
    if (this.keptForPage) await this.begin(null);
  }

  private async begin(restore: Asked<'ready'>['restore']): Promise<void> {
    this.ready = true;
    if (restore?.document) await this.shown.restore(restore.document, restore.following);
    if (restore && restore.scratch !== null) await this.shown.setScratch(restore.scratch);
    this.sendRuns();
    this.sendModel();
    this.send(toHeatmap.cell(this.deps.inspection.cell));
    this.sendDocument();
    if (!restore) void this.answers.first();
  }

  private sendRuns(): void {
    const { runs, inspection } = this.deps;
    const list = runs.entries.map((entry) => summaryOfRun(entry.id, entry.manifest));
    const { model } = inspection;
    const own = this.openRun;
    if (model && !own) list.unshift({ id: model.key, name: model.name, detail: vscode.l10n.t('model file') });
    this.send(toHeatmap.runs({ runs: list, selected: own?.id ?? model?.key ?? null }));
  }

  private get openRun(): RunEntry | undefined {
    const key = this.deps.inspection.model?.key;
    return this.deps.runs.entries.find((entry) => key?.startsWith(`run:${entry.id}:`));
  }

  private sendModel(): void {
    const { model } = this.deps.inspection;
    this.answers.forgive();
    this.send(toHeatmap.model({ model: model ? summaryOfModel(model) : null }));
    this.sendStandings();
  }

  private sendStandings(): void {
    const { model } = this.deps.inspection;
    if (model) this.send(toHeatmap.standings(shownStandings(this.deps.cells, model, this.openRun)));
  }

  private sendDocument(): void {
    const { document, following, isScratch } = this.shown;
    const options = vscode.window.visibleTextEditors.find((editor) => editor.document === document)?.options;
    const tabSize = options?.tabSize ?? vscode.workspace.getConfiguration('editor', document?.uri).get('tabSize', 4);
    this.send(
      toHeatmap.document({
        document: document && {
          id: document.uri.toString(),
          name: isScratch ? vscode.l10n.t('Scratch') : (document.uri.path.split('/').at(-1) ?? ''),
          path: isScratch ? vscode.l10n.t('Scratch text') : vscode.workspace.asRelativePath(document.uri),
          kind: isScratch ? 'scratch' : document.isUntitled ? 'untitled' : 'file',
          version: document.version,
          text: document.getText().replace(/\r\n?/g, '\n'),
          tabSize: typeof tabSize === 'number' && tabSize >= 1 && tabSize <= 64 ? Math.floor(tabSize) : 4,
          side: isScratch ? null : this.deps.inspection.sideOf(document),
        },
        following,
        canTrain: (vscode.workspace.workspaceFolders?.length ?? 0) > 0,
      }),
    );
  }

  private sendSide(): void {
    const { document, isScratch } = this.shown;
    if (!document || isScratch) return;
    const side = this.deps.inspection.sideOf(document);
    this.send(toHeatmap.side({ id: document.uri.toString(), side }));
  }

  private async selectRun(id: string): Promise<void> {
    const entry = this.deps.runs.entries.find((run) => run.id === id);
    if (!entry || entry === this.openRun) return;
    if (entry.manifest.current === null) {
      this.send(
        toHeatmap.problem({
          message: vscode.l10n.t('"{0}" has no checkpoint yet. Choose it again soon.', entry.manifest.name),
          busy: false,
        }),
      );
      this.sendRuns();
      return;
    }
    await this.openModel(entry, null);
  }

  /** One cell is watched from checkpoint to checkpoint: none is suggested for each of them any more. */
  private async selectGeneration(generation: number): Promise<void> {
    const entry = this.openRun;
    if (!entry) return;
    this.selectCell(this.deps.inspection.cell);
    await this.openModel(entry, followedGeneration(entry, generation));
  }

  private async openModel(entry: RunEntry, generation: number | null): Promise<void> {
    try {
      await this.deps.inspection.selectModel(runReference(entry, generation));
      this.send(toHeatmap.problem({ message: null, busy: false }));
    } catch (error) {
      this.deps.log.error(`The run ${entry.id} could not be opened.`, error);
      this.send(
        toHeatmap.problem({
          message: vscode.l10n.t('"{0}" could not be opened: {1}', entry.manifest.name, textOf(error)),
          busy: false,
        }),
      );
      this.sendModel();
    }
  }

  private selectCell(cell: CellAddress): void {
    const layer = this.deps.inspection.model?.spec.layers[cell.layer];
    if (!layer || cell.cell >= layer.hiddenSize) return;
    this.choosing = cell;
    this.deps.inspection.selectCell(cell);
    this.choosing = null;
  }

  private async reveal({ line, column }: Asked<'reveal'>): Promise<void> {
    const { document, isScratch } = this.shown;
    if (!document || isScratch) return;
    const position = new vscode.Position(line, column);
    const visible = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    await vscode.window.showTextDocument(document, {
      viewColumn: visible?.viewColumn ?? vscode.ViewColumn.One,
      selection: new vscode.Range(position, position),
    });
  }

  private async cellsForSelection({ start, end }: Asked<'cellsForSelection'>): Promise<void> {
    const { document } = this.shown;
    if (!document) return;
    const range = document.validateRange(new vscode.Range(start.line, start.column, end.line, end.column));
    await vscode.commands.executeCommand('cellscope.findCellsForSelection', { document, range });
  }

  private async export<T extends { range: { startLine: number; endLine: number } | null }>(
    write: (inspection: Inspection, document: vscode.TextDocument, options: T) => Promise<void>,
    options: T,
  ): Promise<void> {
    const { document } = this.shown;
    if (!document || !this.deps.inspection.model) return;
    try {
      await write(this.deps.inspection, document, options);
    } catch (error) {
      if (isCancelled(error)) return;
      this.deps.log.error('The export failed.', error);
      void vscode.window.showErrorMessage(
        vscode.l10n.t('The export failed: {0} Choose another place and try again.', textOf(error)),
      );
    }
  }
}

function sameCell(a: CellAddress, b: CellAddress | null): boolean {
  return a.layer === b?.layer && a.cell === b.cell && a.quantity === b.quantity;
}
