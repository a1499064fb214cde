/** The gradient panel; a run may be asked for, which is then shown with the others. */
import * as vscode from 'vscode';
import { entryOf } from '../trees/runs-tree.ts';
import { type GradientsPanelDependencies, GradientsSession } from './gradients-session.ts';
import { SinglePanel } from './single-panel.ts';

export function registerGradientsPanel(
  context: vscode.ExtensionContext,
  deps: GradientsPanelDependencies,
): vscode.Disposable {
  return new SinglePanel<GradientsSession, string | null>(context, deps, {
    viewType: 'cellscope.gradients',
    name: 'gradients',
    title: vscode.l10n.t('Cellscope Gradients'),
    styles: ['cards.css', 'reach.css'],
    command: 'cellscope.openGradients',
    wishOf: (argument) => entryOf(argument)?.id ?? null,
    begin: (run, send) => new GradientsSession(deps, run, send),
    change: (session, run) => {
      if (run !== null) session.add(run);
    },
  });
}
