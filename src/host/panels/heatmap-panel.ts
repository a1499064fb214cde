/** The heatmap panel. */
import * as vscode from 'vscode';
import { type HeatmapDependencies, HeatmapSession } from './heatmap-session.ts';
import type { FrameDependencies } from './panel-frame.ts';
import { ScratchDocuments } from './scratch-documents.ts';
import { SinglePanel } from './single-panel.ts';

export function registerHeatmapPanel(
  context: vscode.ExtensionContext,
  deps: HeatmapDependencies & FrameDependencies,
): vscode.Disposable {
  const scratch = new ScratchDocuments();
  const panel = new SinglePanel<HeatmapSession, null>(context, deps, {
    viewType: 'cellscope.heatmap',
    name: 'heatmap',
    title: vscode.l10n.t('Cellscope Heatmap'),
    styles: ['reach.css', 'heatmap-reach.css'],
    command: 'cellscope.openHeatmap',
    wishOf: () => null,
    begin: (_, send) => new HeatmapSession(deps, scratch, send),
    change: () => {},
  });
  return vscode.Disposable.from(
    panel,
    // In the context menu of the heatmap's text.
    vscode.commands.registerCommand('cellscope.reachInHeatmap', () => panel.session?.beginReach()),
    scratch,
  );
}
