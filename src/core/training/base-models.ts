import type { TrainingOptions } from './options.ts';

/** Hidden sizes of the base models that are shipped: LSTMs of one layer (media/base/; `npm run make:base` trains them). */
export const baseSizes = [128, 256] as const;

/**
 * Name (and file name, without its ending) of the shipped base model for a training: that of its size; where there is none, the smallest,
 * and `misfitOf` says why the training cannot start from it.
 */
export function baseModelName({ hiddenSize }: Pick<TrainingOptions, 'hiddenSize'>): string {
  return `lstm-1x${baseSizes.find((size) => size === hiddenSize) ?? baseSizes[0]}`;
}
