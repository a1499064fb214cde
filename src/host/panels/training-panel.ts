/** The training panel: one a window, opened by its command or by a run in the view, restored after a reload. */
import * as vscode from 'vscode';
import { entryOf } from '../trees/runs-tree.ts';
import { createPanel, openFrame, type PanelKind, wantsFocusKept } from './panel-frame.ts';
import { TrainingLog } from './training-log.ts';
import { type TrainingPanelDependencies, TrainingSession } from './training-session.ts';

const kind: PanelKind = { viewType: 'cellscope.training', name: 'training', title: 'Cellscope Training' };

export function registerTrainingPanel(
  context: vscode.ExtensionContext,
  deps: TrainingPanelDependencies,
): vscode.Disposable {
  const panels = new TrainingPanels(context, deps);
  return vscode.Disposable.from(
    panels,
    vscode.commands.registerCommand('cellscope.openTraining', (argument?: unknown) =>
      panels.open(entryOf(argument)?.id ?? null, wantsFocusKept(argument)),
    ),
    vscode.window.registerWebviewPanelSerializer(kind.viewType, {
      deserializeWebviewPanel: async (panel: vscode.WebviewPanel) => panels.adopt(panel, null),
    }),
  );
}

class TrainingPanels implements vscode.Disposable {
  private readonly context: vscode.ExtensionContext;
  private readonly deps: TrainingPanelDependencies;
  private readonly history: TrainingLog;
  private current: { panel: vscode.WebviewPanel; session: TrainingSession; ready: Promise<void> } | null = null;

  constructor(context: vscode.ExtensionContext, deps: TrainingPanelDependencies) {
    this.context = context;
    this.deps = deps;
    this.history = new TrainingLog(deps.training);
  }

  /** Resolves when the page stands. */
  async open(run: string | null, preserveFocus: boolean): Promise<void> {
    if (!this.current) this.adopt(createPanel(kind, this.context, preserveFocus), run);
    else {
      if (run !== null) this.current.session.show(run);
      this.current.panel.reveal(undefined, preserveFocus);
    }
    await this.current?.ready;
  }

  adopt(panel: vscode.WebviewPanel, run: string | null): void {
    this.current?.panel.dispose();
    const send = (message: unknown): void => void panel.webview.postMessage(message);
    const session = new TrainingSession(this.deps, this.history, run, send);
    const frame = openFrame(kind, panel, this.context, session.handlers, this.deps.log);
    this.current = { panel, session, ready: frame.ready };
    panel.onDidDispose(() => {
      frame.dispose();
      session.dispose();
      if (this.current?.panel === panel) this.current = null;
    });
  }

  dispose(): void {
    this.current?.panel.dispose();
    this.history.dispose();
  }
}
