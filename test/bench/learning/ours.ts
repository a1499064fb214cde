/** A training as people get it: the same trainer, with its evaluations, checkpoints and samples, into a folder that is thrown away. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { trainerHost } from '../../../src/cli/trainer-host.ts';
import type { Corpus } from '../../../src/core/corpus/corpus.ts';
import type { Engine, Session } from '../../../src/core/engine/engine.ts';
import { evaluateStreams, heldOutOf } from '../../../src/core/training/evaluate.ts';
import { startTraining, type TrainingOptions } from '../../../src/core/training/index.ts';
import { nodeStorage } from '../../../src/worker/node-storage.ts';

/** What a training came to. Losses in nats a character, of the weights with the lowest loss on the watched documents. */
export interface Result {
  trainedChars: number;
  /** Of training steps alone. */
  charsPerSecond: number;
  validation: number;
  test: number;
}

/** @param look is given the best weights before they are thrown away. */
export async function trainOurs(
  corpus: Corpus,
  engine: Engine,
  options: TrainingOptions,
  look: (best: Session) => Promise<void> = async () => {},
): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cellscope-learning-'));
  try {
    const setup = { id: 'learning', name: 'learning', created: new Date().toISOString(), keptGenerations: 2 };
    const trainer = await startTraining(
      { storage: nodeStorage(folder), corpus, engine, options, ...setup },
      trainerHost(() => {}),
    );
    const outcome = await trainer.run();
    if (outcome.state !== 'finished') throw new Error(`The training ${outcome.state}: ${outcome.message ?? ''}`);
    const { spec, parameters } = await trainer.folder.readModel('best');
    const best = await engine.open(spec, { kind: 'parameters', parameters }, { maxTime: 0, maxBatch: 0 });
    const validation = await evaluateStreams(best, corpus.streams('validation'));
    await look(best);
    await best.close();
    return {
      trainedChars: outcome.trainedChars,
      charsPerSecond: outcome.charsPerSecond,
      validation: heldOutOf(validation!)!.nats,
      test: outcome.heldOut!.nats,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
