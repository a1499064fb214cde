/** Begins a run, or takes one up again: everything that a trainer stands on is opened here. */
import { Corpus } from '../corpus/corpus.ts';
import type { Engine, Session, Start } from '../engine/engine.ts';
import type { RunManifest } from '../formats/manifest.ts';
import { RunFolder } from '../formats/run-folder.ts';
import { RunLock } from '../formats/run-lock.ts';
import type { Storage } from '../formats/storage.ts';
import { countParameters } from '../model/count.ts';
import { t } from '../words.ts';
import { totalChars } from './budget.ts';
import { notOpened } from './ending.ts';
import { initOf, specOf } from './model-of-options.ts';
import type { TrainingOptions } from './options.ts';
import { Trainer } from './trainer.ts';
import type { TrainerHost } from './trainer-host.ts';
import { parseTrainerState } from './trainer-state.ts';
import { type BaseModel, warmStart } from './warm-start.ts';

export interface NewRun {
  /** Root of the run's folder; must not hold a run. */
  storage: Storage;
  corpus: Corpus;
  engine: Engine;
  options: TrainingOptions;
  id: string;
  name: string;
  /** ISO 8601. */
  created: string;
  keptGenerations?: number;
  /** Starts from this model's weights, which must fit; random ones where there is none. */
  base?: BaseModel;
}

export interface ContinuedRun {
  storage: Storage;
  /** `openEngineOf` the run. */
  engine: Engine;
  /** Why the engine is not of the build that computed the run so far, where that is known. */
  missing?: string;
  /** Trains this many characters beyond what was planned (beyond what was trained, where the run has finished). */
  moreChars?: number;
}

/**
 * Creates the run's folder and opens a fresh model, or one that starts from a base. Throws StorageError, RunFileError, or the engine's and the model's
 * own errors; nothing is trained before `run`.
 */
export async function startTraining(setup: NewRun, host: TrainerHost): Promise<Trainer> {
  const { storage, corpus, engine, options } = setup;
  const spec = specOf(options, corpus.vocabulary);
  const warm = setup.base && warmStart(setup.base, options, corpus);
  const manifest: RunManifest = {
    formatVersion: 1,
    id: setup.id,
    name: setup.name,
    created: setup.created,
    state: 'running',
    spec,
    options,
    ...(warm ? { start: warm.origin } : {}),
    corpus: corpus.summary,
    engine: { name: engine.name, threads: engine.threads },
    parameters: countParameters(spec),
    trainedChars: 0,
    trainingSeconds: 0,
    generations: [],
    best: null,
    current: null,
    heldOut: null,
    ...(setup.keptGenerations === undefined ? {} : { keptGenerations: setup.keptGenerations }),
  };
  const limits = { maxTime: options.sequence, maxBatch: options.batch };
  const start: Start = warm
    ? { kind: 'parameters', parameters: warm.parameters }
    : { kind: 'fresh', seed: options.seed, init: initOf(options) };
  const session = await engine.open(spec, start, limits);
  let lock: RunLock | null = null;
  try {
    lock = await RunLock.acquire(storage, host.lock);
    const folder = await lock.during(RunFolder.create(storage, manifest, corpus.snapshot()));
    return new Trainer({ folder, engine, lock, session, corpus }, null, host);
  } catch (error) {
    await session.close();
    await lock?.release().catch(() => undefined);
    throw notOpened(error, 'new');
  }
}

/** An engine's name without its number of threads. */
function withoutThreads(engineName: string): string {
  return engineName.replace(/ ×\d+$/, '');
}

/**
 * Takes up a run at its last good generation. Throws RunFileError: `locked` while it is trained elsewhere,
 * `no-text`, `no-generation`, `invalid` where its files are damaged.
 */
export async function resumeTraining(setup: ContinuedRun, host: TrainerHost): Promise<Trainer> {
  const { storage, engine, missing, moreChars } = setup;
  await RunFolder.open(storage); // where there is no run, none is locked
  let lock: RunLock | null = null;
  let session: Session | null = null;
  try {
    lock = await RunLock.acquire(storage, host.lock);
    // Read again: another training may have ended, and dropped checkpoints, between the reading above and the lock.
    const folder = await lock.during(RunFolder.open(storage));
    // First: a run without its text has no state to go on from either, and this is why.
    const corpus = Corpus.restore(await lock.during(folder.readCorpus()));
    const generation = await lock.during(folder.loadGeneration());
    const state = parseTrainerState(generation.trainer);
    let { options } = folder.manifest;
    if (moreChars !== undefined) {
      const charsPerEpoch = corpus.chars('train');
      const planned = folder.manifest.state === 'finished' ? null : totalChars(options.budget, charsPerEpoch);
      options = { ...options, budget: { kind: 'chars', amount: (planned ?? state.trainedChars) + moreChars } };
      state.evaluationsWithoutImprovement = 0;
    }
    const limits = { maxTime: options.sequence, maxBatch: options.batch };
    session = await engine.open(folder.manifest.spec, { kind: 'state', state: generation.session }, limits);
    await folder.rewind(generation);
    const was = folder.manifest.engine.name;
    const best = state.best && folder.manifest.generations.some((kept) => kept.number === state.best?.generation);
    await folder.update({
      options,
      heldOut: moreChars === undefined ? folder.manifest.heldOut : null,
      best: best ? state.best!.generation : null,
      engine: { name: engine.name, threads: engine.threads },
    });
    const trainer = new Trainer({ folder, engine, lock, session, corpus }, state, host);
    if (withoutThreads(was) !== withoutThreads(engine.name))
      trainer.note(
        missing === undefined
          ? t(
              'This run was trained by “{0}”; it goes on with “{1}”: the weights will not be those of an uninterrupted run.',
              was,
              engine.name,
            )
          : t(
              'This run was trained by “{0}”, which cannot be used here ({1}); it goes on with “{2}”: the weights will not be those of an uninterrupted run.',
              was,
              missing,
              engine.name,
            ),
      );
    return trainer;
  } catch (error) {
    await session?.close();
    await lock?.release().catch(() => undefined);
    throw notOpened(error, 'resumed');
  }
}
