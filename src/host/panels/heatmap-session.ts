/** The host's side of one open heatmap: answers its questions and tells it what changes. */
import * as vscode from 'vscode';
import { fromHeatmap, toHeatmap } from '../../protocol/heatmap.ts';
import type { CellAddress } from '../../protocol/inspector-service.ts';
import { type Message, on } from '../../protocol/webview.ts';
import { runReference } from '../commands/runs.ts';
import type { Inspection, RunEntry, Runs, Training } from '../contracts.ts';
import { exportCsvFile, exportHtmlFile } from './heatmap-export.ts';
import { followedGeneration, packOverview, shownReport, summaryOfModel, summaryOfRun } from './heatmap-messages.ts';
import { packPages } from './pack-pages.ts';
import type { ScratchDocuments } from './scratch-documents.ts';
import { ShownDocument } from './shown-document.ts';

export interface HeatmapDependencies {
  inspection: Inspection;
  runs: Runs;
  training: Training;
  log: vscode.LogOutputChannel;
}

type Asked<K extends keyof typeof fromHeatmap> = ReturnType<(typeof fromHeatmap)[K]>['payload'];

/** Failed questions are asked again this often before a person is asked to. */
const retries = 3;

export class HeatmapSession implements vscode.Disposable {
  readonly handlers;
  private readonly deps: HeatmapDependencies;
  private readonly send: (message: Message<string, unknown>) => void;
  private readonly shown: ShownDocument;
  private readonly subscriptions: vscode.Disposable[];
  private ready = false;
  /** The cell the webview is choosing: it is not told of it, since it may have chosen the next one meanwhile. */
  private choosing: CellAddress | null = null;
  private failures = 0;
  private pageRequest: AbortController | null = null;
  private reportRequest: AbortController | null = null;
  private overviewRequest: AbortController | null = null;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: HeatmapDependencies, scratch: ScratchDocuments, send: (message: Message<string, unknown>) => void) {
    this.deps = deps;
    // Before `ready` nothing listens, and `ready` is answered with everything.
    this.send = (message) => {
      if (this.ready) send(message);
    };
    this.shown = new ShownDocument(scratch);
    const { inspection, runs } = deps;
    this.subscriptions = [
      this.shown,
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
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.sendDocument()),
    ];
    this.handlers = [
      on(fromHeatmap.ready, (message) => void this.onReady(message)),
      on(fromHeatmap.selectRun, ({ id }) => void this.selectRun(id)),
      on(fromHeatmap.selectGeneration, ({ generation }) => void this.selectGeneration(generation)),
      on(fromHeatmap.selectCell, (cell) => this.selectCell(cell)),
      on(fromHeatmap.requestPages, (message) => void this.answerPages(message)),
      on(fromHeatmap.requestReport, (message) => void this.answerReport(message)),
      on(fromHeatmap.requestOverview, () => void this.answerOverview()),
      on(fromHeatmap.follow, ({ following }) => this.shown.setFollowing(following)),
      on(fromHeatmap.scratch, ({ text }) => void this.shown.setScratch(text)),
      on(fromHeatmap.reveal, (place) => void this.reveal(place)),
      on(fromHeatmap.exportHtml, ({ range, colours }) => void this.export(exportHtmlFile, { range, colours })),
      on(fromHeatmap.exportCsv, ({ range }) => void this.export(exportCsvFile, { range })),
      on(fromHeatmap.retry, () => this.tryAgain()),
      on(fromHeatmap.train, () => void vscode.commands.executeCommand('cellscope.trainOnWorkspace')),
    ];
  }

  /** The document on the screen. */
  get document(): vscode.TextDocument | null {
    return this.shown.document;
  }

  dispose(): void {
    clearTimeout(this.retryTimer);
    for (const request of [this.pageRequest, this.reportRequest, this.overviewRequest]) request?.abort();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async onReady({ restore }: Asked<'ready'>): Promise<void> {
    this.ready = true;
    if (restore?.document) await this.shown.restore(restore.document, restore.following);
    if (restore && restore.scratch !== null) await this.shown.setScratch(restore.scratch);
    this.sendRuns();
    this.sendModel();
    this.send(toHeatmap.cell(this.deps.inspection.cell));
    this.sendDocument();
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

  private sendRuns(): void {
    const { runs, inspection } = this.deps;
    const list = runs.entries.map((entry) => summaryOfRun(entry.id, entry.manifest));
    const { model } = inspection;
    const own = this.openRun;
    if (model && !own) list.unshift({ id: model.key, name: model.name, detail: 'model file' });
    this.send(toHeatmap.runs({ runs: list, selected: own?.id ?? model?.key ?? null }));
  }

  private get openRun(): RunEntry | undefined {
    const key = this.deps.inspection.model?.key;
    return this.deps.runs.entries.find((entry) => key?.startsWith(`run:${entry.id}:`));
  }

  private sendModel(): void {
    const { model } = this.deps.inspection;
    this.failures = 0;
    this.send(toHeatmap.model({ model: model ? summaryOfModel(model) : null }));
  }

  private sendDocument(): void {
    const { document, following, isScratch } = this.shown;
    const options = vscode.window.visibleTextEditors.find((editor) => editor.document === document)?.options;
    const tabSize = options?.tabSize ?? vscode.workspace.getConfiguration('editor', document?.uri).get('tabSize', 4);
    this.send(
      toHeatmap.document({
        document: document && {
          id: document.uri.toString(),
          name: isScratch ? 'Scratch' : (document.uri.path.split('/').at(-1) ?? ''),
          path: isScratch ? 'Scratch text' : vscode.workspace.asRelativePath(document.uri),
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
          message: `"${entry.manifest.name}" has no checkpoint yet. Choose it again soon.`,
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
        toHeatmap.problem({ message: `"${entry.manifest.name}" could not be opened: ${textOf(error)}`, busy: false }),
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

  private async answerPages({ request, version, cells, startLine, endLine }: Asked<'requestPages'>): Promise<void> {
    const { document } = this.shown;
    const model = this.deps.inspection.model;
    this.pageRequest?.abort();
    if (!document || !model || version !== document.version || startLine >= endLine) return;
    const controller = new AbortController();
    this.pageRequest = controller;
    const range = { startLine, endLine: Math.min(endLine, document.lineCount) };
    try {
      const pages = await this.deps.inspection.page(document, { cells, ...range }, controller.signal);
      // Values of another model than asked for are not wanted: the webview asks anew when the model changes.
      if (controller.signal.aborted || this.deps.inspection.model !== model) return;
      const { key } = summaryOfModel(model);
      this.send(toHeatmap.pages({ request, id: document.uri.toString(), model: key, ...packPages(cells, pages) }));
      this.works();
    } catch (error) {
      if (controller.signal.aborted || isCancelled(error)) return;
      this.send(toHeatmap.noPages({ request }));
      this.failed(error);
    }
  }

  private async answerReport({ version, line, column }: Asked<'requestReport'>): Promise<void> {
    const { document } = this.shown;
    const model = this.deps.inspection.model;
    this.reportRequest?.abort();
    if (!document || !model || version !== document.version || line >= document.lineCount) return;
    const controller = new AbortController();
    this.reportRequest = controller;
    try {
      const offset = document.offsetAt(new vscode.Position(line, column));
      const report = await this.deps.inspection.inspect(document, offset, controller.signal);
      if (controller.signal.aborted || this.deps.inspection.model !== model) return;
      const { key } = summaryOfModel(model);
      this.send(toHeatmap.report({ id: document.uri.toString(), model: key, report: shownReport(report) }));
    } catch (error) {
      if (!controller.signal.aborted && !isCancelled(error)) this.failed(error);
    }
  }

  private async answerOverview(): Promise<void> {
    const { document } = this.shown;
    const model = this.deps.inspection.model;
    this.overviewRequest?.abort();
    if (!document || !model) return;
    const controller = new AbortController();
    this.overviewRequest = controller;
    const head = { id: document.uri.toString(), model: summaryOfModel(model).key };
    try {
      const overview = await this.deps.inspection.overview(document, {
        signal: controller.signal,
        onProgress: ({ fraction }) => this.send(toHeatmap.overview({ ...head, fraction, buffer: null })),
      });
      if (controller.signal.aborted) return;
      this.send(toHeatmap.overview({ ...head, fraction: 1, buffer: packOverview(overview) }));
    } catch (error) {
      if (!controller.signal.aborted && !isCancelled(error))
        this.deps.log.warn('The statistics of the cells could not be computed.', error);
    }
  }

  private works(): void {
    if (this.failures > 0) this.send(toHeatmap.problem({ message: null, busy: false }));
    this.failures = 0;
  }

  private failed(error: unknown): void {
    this.deps.log.error('The heatmap got no answer from the inspector.', error);
    this.failures++;
    const again = this.failures <= retries;
    const what = textOf(error);
    this.send(
      toHeatmap.problem({
        message: again ? `${what} Trying again…` : `${what} Press Try Again, or see the log (Cellscope: Show Log).`,
        busy: again,
      }),
    );
    clearTimeout(this.retryTimer);
    if (again) this.retryTimer = setTimeout(() => this.askAgain(), 600 * this.failures);
  }

  private tryAgain(): void {
    this.failures = 0;
    this.send(toHeatmap.problem({ message: null, busy: false }));
    this.askAgain();
  }

  /** Makes the webview ask for what it still lacks. */
  private askAgain(): void {
    const { document } = this.shown;
    if (document) this.send(toHeatmap.ready({ id: document.uri.toString(), version: document.version }));
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
      void vscode.window.showErrorMessage(`The export failed: ${textOf(error)} Choose another place and try again.`);
    }
  }
}

function sameCell(a: CellAddress, b: CellAddress | null): boolean {
  return a.layer === b?.layer && a.cell === b.cell && a.quantity === b.quantity;
}

function isCancelled(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'cancelled';
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
