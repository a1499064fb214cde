/** The heatmap panel: one a window, opened by its command, restored after a reload. */
import * as vscode from 'vscode';
import { type HeatmapDependencies, HeatmapSession } from './heatmap-session.ts';
import { createPanel, openFrame, type PanelKind, wantsFocusKept } from './panel-frame.ts';
import { ScratchDocuments } from './scratch-documents.ts';

const kind: PanelKind = { viewType: 'cellscope.heatmap', name: 'heatmap', title: 'Cellscope Heatmap' };

export function registerHeatmapPanel(context: vscode.ExtensionContext, deps: HeatmapDependencies): vscode.Disposable {
  const panels = new HeatmapPanels(context, deps);
  return vscode.Disposable.from(
    panels,
    vscode.commands.registerCommand('cellscope.openHeatmap', (argument?: unknown) =>
      panels.open(wantsFocusKept(argument)),
    ),
    vscode.window.registerWebviewPanelSerializer(kind.viewType, {
      deserializeWebviewPanel: async (panel: vscode.WebviewPanel) => panels.adopt(panel),
    }),
  );
}

class HeatmapPanels implements vscode.Disposable {
  private readonly context: vscode.ExtensionContext;
  private readonly deps: HeatmapDependencies;
  private readonly scratch = new ScratchDocuments();
  private panel: vscode.WebviewPanel | null = null;

  constructor(context: vscode.ExtensionContext, deps: HeatmapDependencies) {
    this.context = context;
    this.deps = deps;
  }

  open(preserveFocus: boolean): void {
    if (this.panel) this.panel.reveal(undefined, preserveFocus);
    else this.adopt(createPanel(kind, this.context, preserveFocus));
  }

  adopt(panel: vscode.WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    const session = new HeatmapSession(this.deps, this.scratch, (message) => void panel.webview.postMessage(message));
    const frame = openFrame(kind, panel, this.context, session.handlers, this.deps.log);
    panel.onDidDispose(() => {
      frame.dispose();
      session.dispose();
      if (this.panel === panel) this.panel = null;
    });
  }

  dispose(): void {
    this.panel?.dispose();
    this.scratch.dispose();
  }
}
