/** The heatmap's questions about the document on the screen: one of each kind at a time, asked again where they fail. */
import * as vscode from 'vscode';
import { type fromHeatmap, toHeatmap } from '../../protocol/heatmap.ts';
import type { Message } from '../../protocol/webview.ts';
import type { Inspection } from '../contracts.ts';
import { packOverview, shownReport, summaryOfModel } from './heatmap-messages.ts';
import { packPages } from './pack-pages.ts';

type Asked<K extends keyof typeof fromHeatmap> = ReturnType<(typeof fromHeatmap)[K]>['payload'];

/** Failed questions are asked again this often before a person is asked to. */
const retries = 3;

/** Lines that hardly a screen is higher than. */
const firstLines = 120;
/** The number of no request: the page counts its own from 1. */
const unasked = 0;

export class HeatmapAnswers implements vscode.Disposable {
  private readonly deps: { inspection: Inspection; log: vscode.LogOutputChannel };
  private readonly document: () => vscode.TextDocument | null;
  private readonly send: (message: Message<string, unknown>) => void;
  private failures = 0;
  private pageRequest: AbortController | null = null;
  private reportRequest: AbortController | null = null;
  private overviewRequest: AbortController | null = null;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    deps: { inspection: Inspection; log: vscode.LogOutputChannel },
    document: () => vscode.TextDocument | null,
    send: (message: Message<string, unknown>) => void,
  ) {
    this.deps = deps;
    this.document = document;
    this.send = send;
  }

  /** Another model: what failed before says nothing about it. */
  forgive(): void {
    this.failures = 0;
  }

  dispose(): void {
    clearTimeout(this.retryTimer);
    for (const request of [this.pageRequest, this.reportRequest, this.overviewRequest]) request?.abort();
  }

  async pages({ request, version, cells, startLine, endLine }: Asked<'requestPages'>): Promise<void> {
    const document = this.document();
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

  /** Sends what a page that shows the document from its beginning is about to ask for. */
  async first(): Promise<void> {
    const document = this.document();
    const { model, cell } = this.deps.inspection;
    if (!document || !model) return;
    const cells = [cell];
    try {
      const range = { startLine: 0, endLine: Math.min(firstLines, document.lineCount) };
      const pages = await this.deps.inspection.page(document, { cells, ...range });
      if (this.deps.inspection.model !== model || document !== this.document()) return;
      const { key } = summaryOfModel(model);
      this.send(
        toHeatmap.pages({ request: unasked, id: document.uri.toString(), model: key, ...packPages(cells, pages) }),
      );
    } catch (error) {
      // The page asks for itself, and is told then.
      this.deps.log.debug('The first lines could not be coloured ahead of time.', error);
    }
  }

  async report({ version, line, column }: Asked<'requestReport'>): Promise<void> {
    const document = this.document();
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

  async overview(): Promise<void> {
    const document = this.document();
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
        message: again
          ? vscode.l10n.t('{0} Trying again…', what)
          : vscode.l10n.t('{0} Press Try Again, or see the log (Cellscope: Show Log).', what),
        busy: again,
      }),
    );
    clearTimeout(this.retryTimer);
    if (again) this.retryTimer = setTimeout(() => this.askAgain(), 600 * this.failures);
  }

  tryAgain(): void {
    this.failures = 0;
    this.send(toHeatmap.problem({ message: null, busy: false }));
    this.askAgain();
  }

  /** Makes the webview ask for what it still lacks. */
  private askAgain(): void {
    const document = this.document();
    if (document) this.send(toHeatmap.ready({ id: document.uri.toString(), version: document.version }));
  }
}

export function isCancelled(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'cancelled';
}

export function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
