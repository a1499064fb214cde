/** Train the Same as …: another architecture on a run's own text, split, seed and options, so that two runs can be compared. */
import * as vscode from 'vscode';
import type { Architecture } from '../../core/training/options.ts';
import { sameOptions } from '../../core/training/same-options.ts';
import { entryOf } from '../trees/runs-tree.ts';
import { guarded, pickRun, startTraining, type TrainDependencies } from './train.ts';

const choices: readonly { architecture: Architecture; label: string; description: string }[] = [
  { architecture: 'rnn', label: 'tanh RNN', description: 'rewrites its state at every step' },
  { architecture: 'relu', label: 'ReLU RNN', description: 'the same with ReLU' },
  { architecture: 'irnn', label: 'IRNN', description: 'ReLU with an identity start (Le et al. 2015)' },
  { architecture: 'gru', label: 'GRU', description: 'update and reset gates, no cell state' },
  { architecture: 'lstm', label: 'LSTM', description: 'forget, input and output gates around a cell state' },
];

export function registerTrainSame(deps: TrainDependencies): vscode.Disposable {
  return vscode.commands.registerCommand('cellscope.trainSame', (argument?: unknown, wanted?: unknown) =>
    guarded(deps, async () => {
      const entry = entryOf(argument) ?? (await pickRun(deps.store, 'Train the same as which run?', () => true));
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
  return choices.some(({ architecture }) => architecture === value);
}

/** `warm`: the run that is compared with started from the base model, which other networks cannot. */
async function ask(own: Architecture, name: string, warm: boolean): Promise<Architecture | undefined> {
  const others = choices.filter(({ architecture }) => architecture !== own);
  const chosen = await vscode.window.showQuickPick(others, {
    title: `Train the Same as ${name}`,
    placeHolder: warm
      ? 'Same text, split, seed and options, from random weights: this run had the head start of the base model'
      : 'Same text, split, seed and options, with another network',
  });
  return chosen?.architecture;
}
