/** Training options from the settings, with a command's overrides on top. */
import { type Architecture, defaultOptions, type TrainingOptions } from '../../core/training/options.ts';
import { choiceSetting, numberSetting } from '../settings.ts';

export function optionsFromSettings(overrides: Partial<TrainingOptions> = {}): TrainingOptions {
  const architecture = choiceSetting<Architecture>('cellscope.training.architecture');
  return {
    ...defaultOptions,
    architecture,
    init: architecture === 'irnn' ? 'identity' : defaultOptions.init,
    layers: numberSetting('cellscope.training.layers'),
    hiddenSize: numberSetting('cellscope.training.hiddenSize'),
    budget: { kind: 'chars', amount: numberSetting('cellscope.training.characters') },
    patience: numberSetting('cellscope.training.patience'),
    seed: numberSetting('cellscope.training.seed'),
    threads: numberSetting('cellscope.training.threads'),
    learningRate: numberSetting('cellscope.training.learningRate'),
    batch: numberSetting('cellscope.training.batch'),
    sequence: numberSetting('cellscope.training.sequence'),
    ...overrides,
  };
}
