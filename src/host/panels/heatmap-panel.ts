/** The heatmap panel: one a window, opened by its command, restored after a reload. */
import * as vscode from 'vscode';
import { type HeatmapDependencies, HeatmapSession } from './heatmap-session.ts';
import { createPanel, openFrame, type PanelKind, wantsFocusKept } from './panel-frame.ts';
import { ScratchDocuments } from './scratch-documents.ts';

const kind: PanelKind = {
  viewType: 'cellscope.heatmap',
  name: 'heatmap',
  title: 'Cellscope Heatmap',
  styles: ['reach.css', 'heatmap-reach.css'],
};

export function registerHeatmapPanel(context: vscode.ExtensionContext, deps: HeatmapDependencies): vscode.Disposable {
  const panels = new HeatmapPanels(context, deps);
  return vscode.Disposable.from(
    panels,
    vscode.commands.registerCommand('cellscope.openHeatmap', (argument?: unknown) =>
      panels.open(wantsFocusKept(argument)),
    ),
    // In the context menu of the heatmap's text.
    vscode.commands.registerCommand('cellscope.reachInHeatmap', () => panels.beginReach()),
    vscode.window.registerWebviewPanelSerializer(kind.viewType, {
      deserializeWebviewPanel: async (panel: vscode.WebviewPanel) => panels.adopt(panel),
    }),
  );
}

class HeatmapPanels implements vscode.Disposable {
  private readonly context: vscode.ExtensionContext;
  private readonly deps: HeatmapDependencies;
  private readonly scratch = new ScratchDocuments();
  private current: { panel: vscode.WebviewPanel; session: HeatmapSession } | null = null;

  constructor(context: vscode.ExtensionContext, deps: HeatmapDependencies) {
    this.context = context;
    this.deps = deps;
  }

  open(preserveFocus: boolean): void {
    if (this.current) this.current.panel.reveal(undefined, preserveFocus);
    else this.adopt(createPanel(kind, this.context, preserveFocus));
  }

  adopt(panel: vscode.WebviewPanel): void {
    this.current?.panel.dispose();
    const session = new HeatmapSession(this.deps, this.scratch, (message) => void panel.webview.postMessage(message));
    this.current = { panel, session };
    const frame = openFrame(kind, panel, this.context, session.handlers, this.deps.log);
    panel.onDidDispose(() => {
      frame.dispose();
      session.dispose();
      if (this.current?.panel === panel) this.current = null;
    });
  }

  beginReach(): void {
    this.current?.session.beginReach();
  }

  dispose(): void {
    this.current?.panel.dispose();
    this.scratch.dispose();
  }
}
