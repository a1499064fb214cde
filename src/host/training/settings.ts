/** Training options from the settings, with a command's overrides on top. */
import * as vscode from 'vscode';
import { type Architecture, defaultOptions, type TrainingOptions } from '../../core/training/options.ts';

export function optionsFromSettings(overrides: Partial<TrainingOptions> = {}): TrainingOptions {
  const settings = vscode.workspace.getConfiguration('cellscope.training');
  const number = (key: string, fallback: number): number => {
    const value = settings.get<number>(key);
    return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
  };
  const architecture = settings.get<Architecture>('architecture') ?? defaultOptions.architecture;
  return {
    ...defaultOptions,
    architecture,
    init: architecture === 'irnn' ? 'identity' : defaultOptions.init,
    layers: number('layers', defaultOptions.layers),
    hiddenSize: number('hiddenSize', defaultOptions.hiddenSize),
    budget: { kind: 'chars', amount: number('characters', 6_000_000) },
    patience: number('patience', defaultOptions.patience),
    seed: number('seed', defaultOptions.seed),
    threads: number('threads', defaultOptions.threads),
    learningRate: number('learningRate', defaultOptions.learningRate),
    batch: number('batch', defaultOptions.batch),
    sequence: number('sequence', defaultOptions.sequence),
    ...overrides,
  };
}
