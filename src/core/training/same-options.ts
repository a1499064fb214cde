import { type Architecture, defaultOptions, type TrainingOptions } from './options.ts';

/** All options of a training but the architecture, and the start that belongs to it: two runs that can be compared. */
export function sameOptions(options: TrainingOptions, architecture: Architecture): TrainingOptions {
  const usual = options.init === 'identity' ? defaultOptions.init : options.init;
  return { ...options, architecture, init: architecture === 'irnn' ? 'identity' : usual };
}
