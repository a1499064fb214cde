/** Answers what a prediction in the heatmap's text goes back to. */
import * as vscode from 'vscode';
import { fromReach, toReach } from '../../protocol/reach.ts';
import { type Message, on } from '../../protocol/webview.ts';
import type { Inspection } from '../contracts.ts';
import { shownReachValues } from './gradients-messages.ts';
import { summaryOfModel } from './heatmap-messages.ts';

export interface HeatmapReachDependencies {
  inspection: Inspection;
  log: vscode.LogOutputChannel;
}

type Question = ReturnType<typeof fromReach.ask>['payload'];

/** Characters that are looked back on. */
export const reachLags = 500;

export class HeatmapReach implements vscode.Disposable {
  readonly handlers;
  private readonly deps: HeatmapReachDependencies;
  private readonly document: () => vscode.TextDocument | null;
  private readonly send: (message: Message<string, unknown>) => void;
  private asking: AbortController | null = null;

  constructor(
    deps: HeatmapReachDependencies,
    document: () => vscode.TextDocument | null,
    send: (message: Message<string, unknown>) => void,
  ) {
    this.deps = deps;
    this.document = document;
    this.send = send;
    this.handlers = [on(fromReach.ask, (question) => void this.answer(question))];
  }

  /** From the text's context menu. */
  begin(): void {
    this.send(toReach.begin({}));
  }

  dispose(): void {
    this.asking?.abort();
  }

  /** Only the last question counts; one about an earlier text is not answered: the webview asks again. */
  private async answer({ request, version, line, column, logit }: Question): Promise<void> {
    const document = this.document();
    const { model } = this.deps.inspection;
    this.asking?.abort();
    if (!document || !model || version !== document.version || line >= document.lineCount) return;
    const { signal } = (this.asking = new AbortController());
    const offset = document.offsetAt(new vscode.Position(line, column));
    try {
      const { reach, ...where } = await this.deps.inspection.reach(
        document,
        { offset, lags: reachLags, logit },
        signal,
      );
      if (signal.aborted || this.deps.inspection.model !== model) return;
      const head = { request, id: document.uri.toString(), model: summaryOfModel(model).key };
      this.send(toReach.result({ ...head, ...where, values: shownReachValues(reach) }));
    } catch (error) {
      if (signal.aborted) return;
      this.deps.log.warn('The reach of a prediction could not be computed.', error);
      this.send(toReach.failed({ request, message: error instanceof Error ? error.message : String(error) }));
    }
  }
}
