/** The heatmap panel. */
import * as vscode from 'vscode';
import { type HeatmapDependencies, HeatmapSession, type HeatmapWish } from './heatmap-session.ts';
import type { FrameDependencies, PanelPlace } from './panel-frame.ts';
import { ScratchDocuments } from './scratch-documents.ts';
import { SinglePanel } from './single-panel.ts';

export interface Heatmap extends vscode.Disposable {
  /** Opens the panel while its text and its model are still being opened. Resolves when the text is coloured, at the latest in a while. */
  open(wish: HeatmapWish, place: PanelPlace): Promise<void>;
}

export function registerHeatmapPanel(
  context: vscode.ExtensionContext,
  deps: HeatmapDependencies & FrameDependencies,
): Heatmap {
  const scratch = new ScratchDocuments();
  const panel = new SinglePanel<HeatmapSession, HeatmapWish | null>(context, deps, {
    viewType: 'cellscope.heatmap',
    name: 'heatmap',
    title: vscode.l10n.t('Cellscope Heatmap'),
    styles: ['reach.css', 'heatmap-reach.css'],
    command: 'cellscope.openHeatmap',
    wishOf: () => null,
    begin: (wish, send) => new HeatmapSession(deps, scratch, wish, send),
    change: (session, wish) => {
      if (wish) session.show(wish);
    },
  });
  const registrations = vscode.Disposable.from(
    panel,
    // In the context menu of the heatmap's text.
    vscode.commands.registerCommand('cellscope.reachInHeatmap', () => panel.session?.beginReach()),
    scratch,
  );
  return {
    open: async (wish, place) => {
      panel.open(wish, place);
      await panel.session?.whenColoured();
    },
    dispose: () => registrations.dispose(),
  };
}
