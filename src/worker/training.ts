/** Serves training: collects files, plans, trains and resumes runs. One instance per worker, one training at a time. */
import { Corpus, defaultMinCount } from '../core/corpus/corpus.ts';
import type { SourceFile } from '../core/corpus/document.ts';
import type { EngineChoice } from '../core/engine/choose.ts';
import type { Engine } from '../core/engine/engine.ts';
import { RunFolder } from '../core/formats/run-folder.ts';
import type { LockHost } from '../core/formats/run-lock.ts';
import type { Storage } from '../core/formats/storage.ts';
import { type EngineOfRun, openEngineOf } from '../core/training/engine-of-run.ts';
import type { TrainingOptions } from '../core/training/options.ts';
import { estimateTraining } from '../core/training/plan.ts';
import { resumeTraining, startTraining } from '../core/training/run.ts';
import type { Trainer } from '../core/training/trainer.ts';
import type { TrainerHost } from '../core/training/trainer-host.ts';
import { type BaseModel, misfitOf, readBaseModel } from '../core/training/warm-start.ts';
import { t } from '../core/words.ts';
import type { TrainingOutcome, TrainingPlan, TrainingProgress, TrainingService } from '../protocol/training-service.ts';
import { type CallContext, CodedError, cancelled } from './channel.ts';

type Request<M extends keyof TrainingService> = Parameters<TrainingService[M]>[0];

/** What the training worker needs of the place where it runs. */
export interface TrainingPlatform {
  openEngine(choice: EngineChoice): Promise<Engine>;
  /** The files of a run folder. */
  storage(folder: string): Storage;
  lock: LockHost;
  /** Milliseconds on a clock that never jumps. */
  now(): number;
  /** Resolves after messages that have arrived were delivered. */
  pause(): Promise<void>;
}

interface Collected {
  options: TrainingOptions;
  minimumCount: number;
  keptCheckpoints: number | undefined;
  corpusOf: string | undefined;
  base: BaseModel | undefined;
  files: SourceFile[];
}

interface Planned {
  options: TrainingOptions;
  keptCheckpoints: number | undefined;
  corpus: Corpus;
  base: BaseModel | undefined;
  engine: Engine;
}

export class TrainingWorker implements TrainingService {
  private readonly platform: TrainingPlatform;
  private collected: Collected | null = null;
  private planned: Planned | null = null;
  private trainer: Trainer | null = null;
  private busy = false;
  /** What was asked for while a run was still being opened. */
  private early = { pause: false, stop: false };

  constructor(platform: TrainingPlatform) {
    this.platform = platform;
  }

  async begin({ options, minimumCount, keptCheckpoints, corpusOf, base: given }: Request<'begin'>): Promise<void> {
    await this.planned?.engine.dispose();
    this.planned = null;
    const minCount = minimumCount ?? defaultMinCount;
    const base = given && (await readBaseModel(given.name, given.bytes));
    this.collected = { options, minimumCount: minCount, keptCheckpoints, corpusOf, base, files: [] };
  }

  async addFiles({ files }: Request<'addFiles'>): Promise<void> {
    if (!this.collected) throw new CodedError('not-begun', 'No training was begun: call `begin` before `addFiles`.');
    this.collected.files.push(...files);
  }

  async plan(_request: Request<'plan'>, { signal }: CallContext): Promise<TrainingPlan> {
    if (!this.collected) throw new CodedError('not-begun', 'No training was begun: call `begin` before `plan`.');
    const { options, minimumCount, keptCheckpoints, corpusOf, base, files } = this.collected;
    this.collected = null;
    const corpus =
      corpusOf === undefined
        ? await Corpus.build(files, { seed: options.seed, minCount: minimumCount })
        : Corpus.restore(await (await RunFolder.open(this.platform.storage(corpusOf))).readCorpus());
    await this.platform.pause();
    if (signal.aborted) throw cancelled();
    const { engine: kind, threads } = options;
    const engine = await this.platform.openEngine({ engine: kind, threads });
    try {
      const estimate = await estimateTraining(corpus, options, engine, () => this.platform.now());
      if (signal.aborted) throw cancelled();
      const misfit = base ? misfitOf(base, options, corpus) : null;
      const fitting = misfit === null ? base : undefined;
      this.planned = { options, keptCheckpoints, corpus, base: fitting, engine };
      return {
        corpus: corpus.summary,
        engine: { name: engine.name, threads: engine.threads },
        ...estimate,
        start: fitting ? { kind: 'base', name: fitting.name } : { kind: 'fresh', reason: misfit },
      };
    } catch (error) {
      await engine.dispose();
      throw error;
    }
  }

  async train(
    { folder, id, name }: Request<'train'>,
    context: CallContext<TrainingProgress>,
  ): Promise<TrainingOutcome> {
    if (this.busy) throw busy();
    const { planned } = this;
    if (!planned) throw new CodedError('not-planned', 'There is nothing to train: call `plan` before `train`.');
    this.planned = null;
    const { corpus, engine, options, keptCheckpoints, base } = planned;
    const storage = this.platform.storage(folder);
    const created = new Date().toISOString();
    const kept = keptCheckpoints === undefined ? {} : { keptGenerations: keptCheckpoints };
    const from = base ? { base } : {};
    return this.run(
      folder,
      context,
      async () => ({ engine }),
      (_, host) => startTraining({ storage, corpus, engine, options, id, name, created, ...kept, ...from }, host),
    );
  }

  async resume(
    { folder, moreChars }: Request<'resume'>,
    context: CallContext<TrainingProgress>,
  ): Promise<TrainingOutcome> {
    if (this.busy) throw busy();
    const storage = this.platform.storage(folder);
    const more = moreChars === undefined ? {} : { moreChars };
    return this.run(
      folder,
      context,
      async () => {
        const { manifest } = await RunFolder.open(storage);
        return openEngineOf(manifest, (choice) => this.platform.openEngine(choice));
      },
      (opened, host) => resumeTraining({ storage, ...opened, ...more }, host),
    );
  }

  async pause(): Promise<void> {
    this.early.pause = true;
    this.trainer?.pause();
  }

  async unpause(): Promise<void> {
    this.early.pause = false;
    this.trainer?.unpause();
  }

  async makeWay({ milliseconds }: Request<'makeWay'>): Promise<void> {
    this.trainer?.makeWay(milliseconds);
  }

  async stop(): Promise<void> {
    this.early.stop = true;
    this.trainer?.stop();
  }

  private async run(
    folder: string,
    context: CallContext<TrainingProgress>,
    openEngine: () => Promise<EngineOfRun>,
    openTrainer: (engine: EngineOfRun, host: TrainerHost) => Promise<Trainer>,
  ): Promise<TrainingOutcome> {
    this.busy = true;
    this.early = { pause: false, stop: false };
    let opened: EngineOfRun | null = null;
    const abort = (): void => this.trainer?.abort();
    context.signal.addEventListener('abort', abort);
    try {
      opened = await openEngine();
      const trainer = await openTrainer(opened, {
        now: () => this.platform.now(),
        letMessagesIn: () => this.platform.pause(),
        onProgress: (progress) => context.progress(progress),
        lock: this.platform.lock,
      });
      this.trainer = trainer;
      if (this.early.pause) trainer.pause();
      if (this.early.stop) trainer.stop();
      if (context.signal.aborted) trainer.abort();
      const outcome = await trainer.run();
      return { run: folder, ...outcome };
    } finally {
      context.signal.removeEventListener('abort', abort);
      this.trainer = null;
      this.busy = false;
      await opened?.engine.dispose();
    }
  }
}

function busy(): CodedError {
  return new CodedError('busy', t('This worker trains a run already. Stop it first.'));
}
