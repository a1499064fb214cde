/** The cells panel: one a window, opened by its command, by a run or by a cell, restored after a reload. */
import * as vscode from 'vscode';
import { cellOf } from '../trees/cell-rows.ts';
import { entryOf } from '../trees/runs-tree.ts';
import { type CellsPanelDependencies, CellsSession, type EvidencePlace } from './cells-session.ts';
import { createPanel, openFrame, type PanelKind, wantsFocusKept } from './panel-frame.ts';

const kind: PanelKind = {
  viewType: 'cellscope.cells',
  name: 'cells',
  title: 'Cellscope Cells',
  styles: ['cards.css'],
};

export function registerCellsPanel(context: vscode.ExtensionContext, deps: CellsPanelDependencies): vscode.Disposable {
  const panels = new CellsPanels(context, deps);
  return vscode.Disposable.from(
    panels,
    vscode.commands.registerCommand('cellscope.openCells', (argument?: unknown) =>
      panels.open(entryOf(argument)?.id ?? null, placeOf(argument), wantsFocusKept(argument)),
    ),
    vscode.window.registerWebviewPanelSerializer(kind.viewType, {
      deserializeWebviewPanel: async (panel: vscode.WebviewPanel) => panels.adopt(panel, null, null),
    }),
  );
}

/** A row of the Cellscope view, or `{ run, layer, cell, concept? }`. */
function placeOf(argument: unknown): EvidencePlace | null {
  const row = cellOf(argument);
  if (row) {
    const { layer, cell } = row.standing.candidate;
    return { run: row.entry.id, layer, cell, concept: row.standing.concept.concept };
  }
  const { run, layer, cell, concept } = (argument ?? {}) as Record<string, unknown>;
  return typeof run === 'string' && isIndex(layer) && isIndex(cell)
    ? { run, layer, cell, concept: typeof concept === 'string' ? concept : null }
    : null;
}

function isIndex(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

class CellsPanels implements vscode.Disposable {
  private readonly context: vscode.ExtensionContext;
  private readonly deps: CellsPanelDependencies;
  private current: { panel: vscode.WebviewPanel; session: CellsSession } | null = null;

  constructor(context: vscode.ExtensionContext, deps: CellsPanelDependencies) {
    this.context = context;
    this.deps = deps;
  }

  open(run: string | null, place: EvidencePlace | null, preserveFocus: boolean): void {
    if (!this.current) {
      this.adopt(createPanel(kind, this.context, preserveFocus), run, place);
      return;
    }
    this.current.session.show(run, place);
    this.current.panel.reveal(undefined, preserveFocus);
  }

  adopt(panel: vscode.WebviewPanel, run: string | null, place: EvidencePlace | null): void {
    this.current?.panel.dispose();
    const wanted = { run: place?.run ?? run, place };
    const session = new CellsSession(this.deps, wanted, (message) => void panel.webview.postMessage(message));
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
