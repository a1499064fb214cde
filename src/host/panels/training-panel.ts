/** The training panel; a run may be asked for. */
import * as vscode from 'vscode';
import { entryOf } from '../trees/runs-tree.ts';
import type { FrameDependencies } from './panel-frame.ts';
import { SinglePanel } from './single-panel.ts';
import { TrainingLog } from './training-log.ts';
import { type TrainingPanelDependencies, TrainingSession } from './training-session.ts';

export function registerTrainingPanel(
  context: vscode.ExtensionContext,
  deps: TrainingPanelDependencies & FrameDependencies,
): vscode.Disposable {
  const history = new TrainingLog(deps.training);
  return vscode.Disposable.from(
    new SinglePanel<TrainingSession, string | null>(context, deps, {
      viewType: 'cellscope.training',
      name: 'training',
      title: vscode.l10n.t('Cellscope Training'),
      command: 'cellscope.openTraining',
      awaited: true,
      wishOf: (argument) => entryOf(argument)?.id ?? null,
      begin: (run, send) => new TrainingSession(deps, history, run, send),
      change: (session, run) => {
        if (run !== null) session.show(run);
      },
    }),
    history,
  );
}
