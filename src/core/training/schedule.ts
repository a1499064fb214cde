import type { TrainingOptions } from './options.ts';

/** `step` halves the rate at each of these shares of the budget. */
const halvings = [4 / 8, 5 / 8, 6 / 8, 7 / 8];

/**
 * Learning rate of the next step.
 * - `constant`: η
 * - `cosine`: η·½(1 + cos(π·progress)), down to 0 at the end (Loshchilov, Hutter 2017, without restarts)
 * - `step`: η until half of the budget, then halved there and at 5/8, 6/8 and 7/8
 * All times min(1, (chars + 1)/warmup): a linear rise over the first `warmup` characters, never zero.
 *
 * @param trainedChars characters trained on so far
 * @param progress share of the budget used, 0 … 1 (characters, epochs or seconds); clamped
 */
export function learningRateAt(
  options: Pick<TrainingOptions, 'learningRate' | 'schedule' | 'warmup'>,
  trainedChars: number,
  progress: number,
): number {
  const share = Math.min(1, Math.max(0, progress));
  const rise = options.warmup > 0 ? Math.min(1, (trainedChars + 1) / options.warmup) : 1;
  return options.learningRate * rise * decay(options.schedule, share);
}

function decay(schedule: TrainingOptions['schedule'], share: number): number {
  switch (schedule) {
    case 'constant':
      return 1;
    case 'cosine':
      return 0.5 * (1 + Math.cos(Math.PI * share));
    case 'step':
      return 0.5 ** halvings.filter((at) => share >= at).length;
  }
}
