/** Train the Same as …: another architecture on a run's own text, split, seed and options, so that two runs can be compared. */
import * as vscode from 'vscode';
import type { Architecture } from '../../core/training/options.ts';
import { sameOptions } from '../../core/training/same-options.ts';
import { architectureNames } from '../panels/training-messages.ts';
import { entryOf } from '../trees/runs-tree.ts';
import { guarded, pickRun, startTraining, type TrainDependencies } from './train.ts';

const architectures: readonly Architecture[] = ['rnn', 'relu', 'irnn', 'gru', 'lstm'];

function choiceOf(architecture: Architecture): vscode.QuickPickItem & { architecture: Architecture } {
  const descriptions: Record<Architecture, string> = {
    rnn: vscode.l10n.t('rewrites its state at every step'),
    relu: vscode.l10n.t('the same with ReLU'),
    irnn: vscode.l10n.t('ReLU with an identity start (Le et al. 2015)'),
    gru: vscode.l10n.t('update and reset gates, no cell state'),
    lstm: vscode.l10n.t('forget, input and output gates around a cell state'),
  };
  return { architecture, label: architectureNames[architecture], description: descriptions[architecture] };
}

export function registerTrainSame(deps: TrainDependencies): vscode.Disposable {
  return vscode.commands.registerCommand('cellscope.trainSame', (argument?: unknown, wanted?: unknown) =>
    guarded(deps, async () => {
      const entry =
        entryOf(argument) ?? (await pickRun(deps.store, vscode.l10n.t('Train the same as which run?'), () => true));
      if (!entry) return null;
      const { options, name, start } = entry.manifest;
      const architecture = isArchitecture(wanted) ? wanted : await ask(options.architecture, name, start !== undefined);
      if (!architecture) return null;
      const label = name.split(' · ').at(-1) ?? name;
      return startTraining(
        deps,
        { folders: [], corpusOf: entry.folder, label },
        { options: sameOptions(options, architecture), detach: true },
      );
    }),
  );
}

function isArchitecture(value: unknown): value is Architecture {
  return architectures.some((architecture) => architecture === value);
}

/** `warm`: the run that is compared with started from the base model, which other networks cannot. */
async function ask(own: Architecture, name: string, warm: boolean): Promise<Architecture | undefined> {
  const others = architectures.filter((architecture) => architecture !== own).map(choiceOf);
  const chosen = await vscode.window.showQuickPick(others, {
    title: vscode.l10n.t('Train the Same as {0}', name),
    placeHolder: warm
      ? vscode.l10n.t(
          'Same text, split, seed and options, from random weights: this run had the head start of the base model',
        )
      : vscode.l10n.t('Same text, split, seed and options, with another network'),
  });
  return chosen?.architecture;
}
