/** What a training will take, found out before it starts. */

import { bytesOfNGramChar, defaultMaxChars } from '../baselines/kneser-ney.ts';
import type { Corpus } from '../corpus/corpus.ts';
import type { Engine, Limits } from '../engine/engine.ts';
import { countParameters } from '../model/count.ts';
import type { ModelSpec } from '../model/spec.ts';
import { validateFresh } from '../model/validate.ts';
import { totalChars } from './budget.ts';
import { initOf, specOf } from './model-of-options.ts';
import { optimizerSpec, slotsOf } from './optimizers.ts';
import type { TrainingOptions } from './options.ts';

export interface Estimate {
  parameters: number;
  memoryBytes: number;
  /** Training steps only, from a short timing on this machine. */
  charsPerSecond: number;
  expectedSeconds: number;
}

/** Milliseconds and steps after which the timing ends, whichever comes first. The first step is not counted. */
const timing = { milliseconds: 400, steps: 40 };
/** Share of a training that goes into evaluations and checkpoints. */
const overhead = 1.15;

/** Times a few steps on windows of the corpus; nothing of it is kept. Throws SpecError where the options make no model. */
export async function estimateTraining(
  corpus: Corpus,
  options: TrainingOptions,
  engine: Engine,
  now: () => number,
): Promise<Estimate> {
  const spec = specOf(options, corpus.vocabulary);
  const init = initOf(options);
  validateFresh(spec, init);
  const sampler = corpus.trainSampler({ time: options.sequence, batch: options.batch, seed: options.seed });
  const limits = { maxTime: options.sequence, maxBatch: options.batch };
  const session = await engine.open(spec, { kind: 'fresh', seed: options.seed, init }, limits);
  let chars = 0;
  let milliseconds = 0;
  try {
    for (let step = 0; step <= timing.steps && milliseconds < timing.milliseconds; step++) {
      const window = sampler.next();
      const start = now();
      await session.trainStep(window, {
        optimizer: optimizerSpec(options.optimizer, options.momentum),
        learningRate: options.learningRate,
        clipNorm: options.clipNorm,
        dropout: options.dropout,
        dropoutSeed: step,
      });
      if (step === 0) continue;
      milliseconds += now() - start;
      for (const index of window.inputs) if (index >= 0) chars++;
    }
  } finally {
    await session.close();
  }
  const charsPerSecond = chars / Math.max(milliseconds / 1000, 1e-6);
  const total = totalChars(options.budget, sampler.charsPerEpoch);
  return {
    parameters: countParameters(spec),
    // Texts: two bytes a character, once more as indices of the documents in lanes. N-grams: while they are counted.
    memoryBytes:
      trainingMemory(engine, spec, limits, options.optimizer, options.dropout > 0) +
      4 * (corpus.chars('train') + corpus.chars('validation') + corpus.chars('test')) +
      bytesOfNGramChar * Math.min(corpus.chars('train'), defaultMaxChars),
    charsPerSecond,
    expectedSeconds: total === null ? options.budget.amount : (overhead * total) / charsPerSecond,
  };
}

/**
 * Bytes of a training without its texts: the engine's session, and copies of the weights: with the optimiser's slots for a
 * checkpoint; thrice for a look at the training's health.
 */
export function trainingMemory(
  engine: Engine,
  spec: ModelSpec,
  limits: Limits,
  optimizer: TrainingOptions['optimizer'],
  dropout: boolean,
): number {
  const copies = 1 + slotsOf[optimizer].length + 3;
  return engine.memory(spec, limits, dropout) + 4 * countParameters(spec) * copies;
}
