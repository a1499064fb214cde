import type { Update } from '../engine/engine.ts';
import { Random } from '../random.ts';
import { optimizerSpec } from './optimizers.ts';
import type { TrainingOptions } from './options.ts';
import { learningRateAt } from './schedule.ts';
import type { TrainerState } from './trainer-state.ts';

/** What the next optimiser step does: decided by the characters and steps so far. @param progress share of the budget, 0 … 1 */
export function updateOf(
  options: TrainingOptions,
  { trainedChars, steps }: Pick<TrainerState, 'trainedChars' | 'steps'>,
  progress: number,
): Update {
  return {
    optimizer: optimizerSpec(options.optimizer, options.momentum),
    learningRate: learningRateAt(options, trainedChars, progress),
    clipNorm: options.clipNorm,
    dropout: options.dropout,
    dropoutSeed: Random.derive(options.seed, `dropout ${steps}`).below(2 ** 31),
  };
}
