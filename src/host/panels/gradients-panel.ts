/** The gradient panel: one a window, opened by its command or by a run in the view, restored after a reload. */
import * as vscode from 'vscode';
import { entryOf } from '../trees/runs-tree.ts';
import { type GradientsPanelDependencies, GradientsSession } from './gradients-session.ts';
import { createPanel, openFrame, type PanelKind, wantsFocusKept } from './panel-frame.ts';

const kind: PanelKind = {
  viewType: 'cellscope.gradients',
  name: 'gradients',
  title: 'Cellscope Gradients',
  styles: ['cards.css', 'reach.css'],
};

export function registerGradientsPanel(
  context: vscode.ExtensionContext,
  deps: GradientsPanelDependencies,
): vscode.Disposable {
  const panels = new GradientsPanels(context, deps);
  return vscode.Disposable.from(
    panels,
    vscode.commands.registerCommand('cellscope.openGradients', (argument?: unknown) =>
      panels.open(entryOf(argument)?.id ?? null, wantsFocusKept(argument)),
    ),
    vscode.window.registerWebviewPanelSerializer(kind.viewType, {
      deserializeWebviewPanel: async (panel: vscode.WebviewPanel) => panels.adopt(panel, null),
    }),
  );
}

class GradientsPanels implements vscode.Disposable {
  private readonly context: vscode.ExtensionContext;
  private readonly deps: GradientsPanelDependencies;
  private current: { panel: vscode.WebviewPanel; session: GradientsSession } | null = null;

  constructor(context: vscode.ExtensionContext, deps: GradientsPanelDependencies) {
    this.context = context;
    this.deps = deps;
  }

  open(run: string | null, preserveFocus: boolean): void {
    if (!this.current) {
      this.adopt(createPanel(kind, this.context, preserveFocus), run);
      return;
    }
    if (run !== null) this.current.session.add(run);
    this.current.panel.reveal(undefined, preserveFocus);
  }

  adopt(panel: vscode.WebviewPanel, run: string | null): void {
    this.current?.panel.dispose();
    const session = new GradientsSession(this.deps, run, (message) => void panel.webview.postMessage(message));
    this.current = { panel, session };
    const frame = openFrame(kind, panel, this.context, session.handlers, this.deps.log);
    panel.onDidDispose(() => {
      frame.dispose();
      session.dispose();
      if (this.current?.panel === panel) this.current = null;
    });
  }

  dispose(): void {
    this.current?.panel.dispose();
  }
}
