/**
 * The training loop of one run: steps over windows of the training documents, evaluations, generations on disk, metrics.
 * Everything that decides a weight depends on characters and seeds alone; the clock decides only when to save, to report
 * and to write a sample. So a resume from any generation continues bit for bit (same engine build and machine; a budget in
 * seconds is the exception).
 */
import type { Corpus } from '../corpus/corpus.ts';
import type { WindowSampler } from '../corpus/windows.ts';
import type { Engine, Session, StepReport } from '../engine/engine.ts';
import type { RunState } from '../formats/manifest.ts';
import type { NewGeneration, RunFolder } from '../formats/run-folder.ts';
import type { RunLock } from '../formats/run-lock.ts';
import { sampleText } from '../sampling/sample.ts';
import { type Sentence, say, sentence } from '../words.ts';
import { evaluationInterval, nextMilestone, progressOf, totalChars, validationLimit } from './budget.ts';
import { Checkpointer } from './checkpointer.ts';
import { Aborted, diverged, endingWords, isForeseen, isTakenOver } from './ending.ts';
import { Evaluations } from './evaluations.ts';
import { NGramLine } from './ngram-line.ts';
import { Pace } from './pace.ts';
import { Reporter } from './reporter.ts';
import { Rhythm } from './rhythm.ts';
import { intervals, type TrainerHost, type TrainerOutcome } from './trainer-host.ts';
import { freshTrainerState, type TrainerState } from './trainer-state.ts';
import { updateOf } from './update.ts';
import { validationSet } from './validation-set.ts';

/** All that a training stands on; the trainer closes the session and releases the lock at its end. */
export interface TrainerParts {
  folder: RunFolder;
  engine: Engine;
  lock: RunLock;
  session: Session;
  corpus: Corpus;
}

/** How a training has ended, and what there is to say of it. */
interface Ending {
  state: RunState;
  told?: readonly Sentence[];
}

export class Trainer {
  readonly folder: RunFolder;
  private readonly host: TrainerHost;
  private readonly lock: RunLock;
  private readonly session: Session;
  private readonly corpus: Corpus;
  private readonly sampler: WindowSampler;
  private readonly report: Reporter;
  private readonly evaluations: Evaluations;
  private readonly ngrams: NGramLine;
  private readonly checkpoints: Checkpointer;
  private readonly pace: Pace;
  private readonly rhythm: Rhythm;
  private readonly total: number | null;
  private state: TrainerState;
  /** Something happened since the last generation. */
  private dirty: boolean;
  private request: 'none' | 'stop' | 'abort' = 'none';
  private nextSample: number;

  /** Use `startTraining` or `resumeTraining`. `state`: of the generation that the session was opened from; null: a fresh run. */
  constructor(parts: TrainerParts, state: TrainerState | null, host: TrainerHost) {
    const { options } = parts.folder.manifest;
    this.folder = parts.folder;
    this.lock = parts.lock;
    this.session = parts.session;
    this.corpus = parts.corpus;
    this.host = host;
    this.sampler = parts.corpus.trainSampler({ time: options.sequence, batch: options.batch, seed: options.seed });
    this.total = totalChars(options.budget, this.sampler.charsPerEpoch);
    const validation = validationSet(parts.corpus, validationLimit(this.total), options.seed);
    this.evaluations = new Evaluations(parts, validation, this.total, () => host.now());
    this.ngrams = new NGramLine(
      this.folder,
      this.corpus,
      validation,
      () => host.now(),
      (ngram) => this.report.send(this.state, 'training', { ngram }),
    );
    this.dirty = state === null;
    this.state = state ?? freshTrainerState();
    this.sampler.restore(this.state.sampler);
    this.report = new Reporter(this.folder, host, this.total, this.sampler.charsPerEpoch);
    this.checkpoints = new Checkpointer(
      this.folder,
      () => host.now(),
      (generation) => this.report.send(this.state, 'training', { generation }),
    );
    this.pace = new Pace(host);
    this.rhythm = new Rhythm(host, this.lock, this.pace, this.state);
    this.nextSample = host.now() + intervals.firstSample;
  }

  /** A remark that goes out with the next progress message. */
  note(message: string): void {
    this.report.note(message);
  }

  /** Saves, then waits for `unpause`. */
  pause(): void {
    this.pace.paused = true;
  }

  unpause(): void {
    this.pace.paused = false;
    this.pace.wake();
  }

  /** See `Pace`. */
  makeWay(milliseconds: number): void {
    this.pace.makeWay(milliseconds);
  }

  /** Ends the training here: evaluates and finishes. */
  stop(): void {
    if (this.request === 'none') this.request = 'stop';
    this.pace.wake();
  }

  /** Saves and leaves; the run can be resumed. */
  abort(): void {
    this.request = 'abort';
    this.pace.wake();
  }

  /**
   * Trains to the end of the budget, `stop`, `abort` or a failure. A run that cannot go on (NaN, a full disk, a dead thread) resolves as
   * `failed` with a message and keeps its last good generation; only unforeseen errors reject. Call once.
   */
  async run(): Promise<TrainerOutcome> {
    let ending: Ending;
    try {
      await this.folder.setState('running');
      await this.train();
      ending = await this.finish();
    } catch (error) {
      ending =
        error instanceof Aborted
          ? { state: 'interrupted' }
          : { state: 'failed', told: endingWords(error, this.folder.manifest.generations) };
      // Where even this cannot be written, the released lock makes the run read as interrupted.
      if (!isTakenOver(error)) await this.folder.setState(ending.state, ending.told).catch(() => undefined);
      if (!isForeseen(error)) throw error;
    } finally {
      await this.session.close().catch(() => undefined);
      await this.lock.release().catch(() => undefined);
    }
    const { trainedChars, trainingSeconds: seconds } = this.state;
    const charsPerSecond = seconds > 0 ? trainedChars / seconds : 0;
    const { state, told } = ending;
    const message = told ? { message: say(told) } : {};
    return { state, ...message, trainedChars, seconds, charsPerSecond, heldOut: this.folder.manifest.heldOut };
  }

  private async train(): Promise<void> {
    const { patience, budget } = this.folder.manifest.options;
    for (;;) {
      await this.evaluateAndSaveIfDue();
      if (this.request === 'abort') await this.leave();
      if (this.request === 'stop') return;
      if (this.pace.paused) {
        await this.waitWhilePaused();
        continue;
      }
      if (patience > 0 && this.state.evaluationsWithoutImprovement >= patience) return;
      const spent = { chars: this.state.trainedChars, seconds: this.state.activeSeconds };
      const progress = progressOf(budget, this.sampler.charsPerEpoch, spent);
      if (progress >= 1) return;
      await this.step(progress);
      await this.rhythm.tick();
      if (this.host.now() >= this.nextSample) await this.sample();
      await this.report.flushIfDue(this.state);
    }
  }

  private async step(progress: number): Promise<void> {
    const { state } = this;
    const window = this.sampler.next();
    const update = updateOf(this.folder.manifest.options, state, progress);
    let seconds = 0;
    const train = async (): Promise<StepReport> => {
      const start = this.host.now();
      const report = await this.session.trainStep(window, update);
      seconds = (this.host.now() - start) / 1000;
      return report;
    };
    const last = state.trainedChars + window.inputs.length >= Math.min(state.nextEvaluation, state.nextMilestone);
    // A look at the training's health takes the gradient once more.
    await this.rhythm.beforeStep(last ? 3 : 1);
    const step = last ? await this.evaluations.health.around(window, train) : await train();
    const told = this.rhythm.afterStep(1000 * seconds);
    if (told !== null) this.report.note(told);
    if (step.nonFinite !== null || !Number.isFinite(step.loss)) {
      const { generations } = this.folder.manifest;
      throw diverged(step.nonFinite ?? 'loss', state.trainedChars, update.learningRate, generations);
    }
    let chars = 0;
    for (let n = 0; n < window.inputs.length; n++) if (window.inputs[n]! >= 0) chars++;
    state.trainedChars += chars;
    state.steps++;
    state.trainingSeconds += seconds;
    this.dirty = true;
    this.report.add(step, update.learningRate, chars, seconds);
    await this.ngrams.beside(1000 * seconds);
  }

  private async evaluateAndSaveIfDue(): Promise<void> {
    const { state } = this;
    const milestone = state.trainedChars >= state.nextMilestone;
    if (milestone || state.trainedChars >= state.nextEvaluation) {
      const improved = await this.evaluate();
      if (milestone) state.nextMilestone = nextMilestone(state.trainedChars);
      state.nextEvaluation = state.trainedChars + evaluationInterval(this.total, state.trainedChars);
      if (milestone || (improved && this.checkpoints.affordable)) await this.save();
      else if (improved) this.checkpoints.defer(await this.snapshot());
    } else if (this.dirty && this.checkpoints.due(this.rhythm.stepTime)) await this.save();
  }

  /** Validation loss here; true where it is the lowest so far. The next generation saved is then the best. */
  private async evaluate(): Promise<boolean> {
    const { state } = this;
    this.report.send(state, 'evaluating');
    const found = await this.evaluations.here(
      state,
      () => !this.dirty,
      () => this.goesOn(),
    );
    if (!found) return this.leave();
    const { nats, health } = found;
    state.evaluated = { chars: state.trainedChars, nats };
    this.dirty = true;
    if (nats === null) return false;
    this.report.validation(state, nats, health);
    const improved = state.best === null || nats < state.best.nats;
    if (improved) {
      state.best = { nats, generation: this.folder.nextGeneration };
      this.checkpoints.forget();
    }
    state.evaluationsWithoutImprovement = improved ? 0 : state.evaluationsWithoutImprovement + 1;
    return improved;
  }

  private async save(): Promise<void> {
    const { state } = this;
    await this.lock.verify();
    await this.report.flush(state, 'saving', true);
    this.rhythm.count();
    await this.evaluations.forget();
    const best = state.best?.generation ?? null;
    await this.lock.during(this.checkpoints.save(() => this.snapshot(), best, state.trainingSeconds));
    this.dirty = false;
    await this.lock.beat();
  }

  /** All of the training as it stands: what a resume needs. */
  private async snapshot(): Promise<NewGeneration> {
    const { state } = this;
    const { trainedChars, evaluated } = state;
    const validationNats = evaluated?.chars === trainedChars ? evaluated.nats : null;
    const trainer: TrainerState = { ...state, sampler: this.sampler.save() };
    return { session: await this.session.save(), trainedChars, validationNats, trainer };
  }

  private async finish(): Promise<Ending> {
    const { state, folder } = this;
    if (state.evaluated?.chars !== state.trainedChars) await this.evaluate();
    if (this.dirty) await this.save();
    const { patience } = folder.manifest.options;
    const early = patience > 0 && state.evaluationsWithoutImprovement >= patience;
    const told = early ? [sentence('Stopped early: no improvement in {0} evaluations.', patience)] : undefined;
    await this.report.flush(state, 'evaluating');
    if (!(await this.ngrams.finish(() => this.goesOn()))) throw new Aborted();
    const found = await this.evaluations.ofTest(state, () => this.goesOn());
    if (!found) throw new Aborted();
    await this.evaluations.forget();
    await this.lock.verify();
    await folder.update(found);
    await folder.setState('finished', told);
    await this.report.flush(state, 'evaluating', true);
    return told ? { state: 'finished', told } : { state: 'finished' };
  }

  private async leave(): Promise<never> {
    if (this.dirty) await this.save();
    throw new Aborted();
  }

  private async waitWhilePaused(): Promise<void> {
    if (this.dirty) await this.save();
    await this.folder.setState('paused');
    await this.report.flush(this.state, 'training');
    while (this.pace.paused && this.request === 'none') {
      await this.pace.doze();
      await this.lock.beat();
    }
    this.rhythm.skip(); // a pause is no active time
    await this.folder.setState('running');
    await this.report.flush(this.state, 'training');
  }

  private async sample(): Promise<void> {
    const text = await sampleText(this.session, {
      prime: '\n',
      length: 240,
      temperature: 0.8,
      seed: this.folder.manifest.options.seed,
      aborted: () => this.request === 'abort',
    });
    this.nextSample = this.host.now() + intervals.sample;
    this.report.send(this.state, 'training', { sample: text });
  }

  /**
   * For what is long between two steps: lets messages in, keeps the lock, and saves in its midst what was trained before
   * it where that is due. False after an abort.
   */
  private async goesOn(): Promise<boolean> {
    await this.rhythm.tick();
    if (this.request === 'abort') return false;
    if (this.dirty && this.checkpoints.due(this.rhythm.pieceTime)) {
      await this.save();
      this.report.send(this.state, 'evaluating');
    }
    return true;
  }
}
