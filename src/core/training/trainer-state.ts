/** What the trainer keeps in a generation besides the engine's state: enough to continue identically. */
import * as v from 'valibot';
import { RunFileError } from '../formats/manifest-file.ts';
import { t } from '../words.ts';

const natural = v.pipe(v.number(), v.integer(), v.minValue(0));

const schema = v.object({
  formatVersion: v.literal(1),
  trainedChars: natural,
  /** Optimiser steps: the dropout masks of step n are seeded by n. */
  steps: natural,
  trainingSeconds: v.number(),
  activeSeconds: v.number(),
  sampler: v.object({ epoch: natural, position: natural }),
  nextEvaluation: natural,
  nextMilestone: natural,
  /** The last evaluation on the validation documents; nats null where there are none. */
  evaluated: v.nullable(v.object({ chars: natural, nats: v.nullable(v.number()) })),
  /** Lowest validation loss so far and the generation that has it. */
  best: v.nullable(v.object({ nats: v.number(), generation: natural })),
  evaluationsWithoutImprovement: natural,
});

export type TrainerState = v.InferOutput<typeof schema>;

/** Throws RunFileError `invalid`. */
export function parseTrainerState(value: unknown): TrainerState {
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return parsed.output;
  throw new RunFileError(
    'invalid',
    t('The saved training state is not one that this version of Cellscope can continue.'),
  );
}

/** Before the first step. */
export function freshTrainerState(): TrainerState {
  return {
    formatVersion: 1,
    trainedChars: 0,
    steps: 0,
    trainingSeconds: 0,
    activeSeconds: 0,
    sampler: { epoch: 0, position: 0 },
    nextEvaluation: 0,
    nextMilestone: 0,
    evaluated: null,
    best: null,
    evaluationsWithoutImprovement: 0,
  };
}
