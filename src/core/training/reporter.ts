import type { StepReport } from '../engine/engine.ts';
import type { MetricPoint } from '../formats/manifest.ts';
import type { RunFolder } from '../formats/run-folder.ts';
import type { HealthNumbers } from '../gradients/health.ts';
import { progressOf } from './budget.ts';
import { Meter } from './meter.ts';
import { intervals, type TrainerHost, type TrainerProgress } from './trainer-host.ts';
import type { TrainerState } from './trainer-state.ts';

/** Milliseconds between two appends to metrics.jsonl. */
const appendEvery = 1000;

/** Turns steps into metric points, messages to the host and lines of metrics.jsonl. */
export class Reporter {
  private readonly folder: RunFolder;
  private readonly host: TrainerHost;
  private readonly total: number | null;
  private readonly charsPerEpoch: number;
  private readonly meter = new Meter();
  private unsent: MetricPoint[] = [];
  private unwritten: MetricPoint[] = [];
  private message: string | undefined;
  private last: MetricPoint | null = null;
  private lastFlush: number;
  private lastAppend: number;
  /** Recent characters and seconds of training steps, both fading: their ratio is the rate. */
  private recent = { chars: 0, seconds: 0 };
  /** Progress and active time of the first message: what this session did since then says how long the rest takes. */
  private first: { fraction: number; activeSeconds: number } | null = null;

  constructor(folder: RunFolder, host: TrainerHost, total: number | null, charsPerEpoch: number) {
    this.folder = folder;
    this.host = host;
    this.total = total;
    this.charsPerEpoch = charsPerEpoch;
    this.lastFlush = this.lastAppend = host.now();
  }

  /** A remark that goes out with the next message. */
  note(message: string): void {
    this.message = message;
  }

  add(step: StepReport, learningRate: number, chars: number, seconds: number): void {
    this.meter.add(step, learningRate);
    const fade = 0.5 ** (seconds / 1.5); // half after 1.5 s
    this.recent = { chars: this.recent.chars * fade + chars, seconds: this.recent.seconds * fade + seconds };
  }

  /** A point with a validation loss, the norms by tensor since the last one, and the model's health where it was looked at. */
  validation(state: TrainerState, nats: number, health: HealthNumbers | null): void {
    const { trainedChars: chars, trainingSeconds: seconds } = state;
    // Without a step since the last point its values stand; before the first step the untrained model's loss does for both.
    const untrained = { chars, seconds, trainNats: nats, gradientNorm: 0, clipScale: 1, learningRate: 0 };
    const point = this.meter.empty ? { ...(this.last ?? untrained), chars, seconds } : this.meter.take(chars, seconds);
    const norms = this.meter.takeNorms();
    this.push({
      ...point,
      validationNats: nats,
      ...(Object.keys(norms).length > 0 ? { norms } : {}),
      ...(health ? { health } : {}),
    });
  }

  async flushIfDue(state: TrainerState): Promise<void> {
    if (this.host.now() - this.lastFlush >= intervals.progress) await this.flush(state, 'training');
  }

  /** Sends what there is; `write` also appends it to metrics.jsonl at once. */
  async flush(state: TrainerState, phase: TrainerProgress['phase'], write = false): Promise<void> {
    if (!this.meter.empty) this.push(this.meter.take(state.trainedChars, state.trainingSeconds));
    this.send(state, phase);
    const now = this.host.now();
    if (!write && now - this.lastAppend < appendEvery) return;
    this.lastAppend = now;
    const points = this.unwritten;
    this.unwritten = [];
    await this.folder.appendMetrics(points);
  }

  /** A message with what is known by now. */
  send(
    state: TrainerState,
    phase: TrainerProgress['phase'],
    more: Pick<TrainerProgress, 'sample' | 'generation' | 'ngram'> = {},
  ): void {
    this.lastFlush = this.host.now();
    const spent = { chars: state.trainedChars, seconds: state.activeSeconds };
    const fraction = progressOf(this.folder.manifest.options.budget, this.charsPerEpoch, spent);
    this.first ??= { fraction, activeSeconds: state.activeSeconds };
    const gained = fraction - this.first.fraction;
    const used = state.activeSeconds - this.first.activeSeconds;
    const progress: TrainerProgress = {
      state: this.folder.manifest.state,
      phase,
      trainedChars: state.trainedChars,
      totalChars: this.total,
      fraction,
      secondsLeft: gained > 0 ? (used * (1 - fraction)) / gained : null,
      charsPerSecond: this.recent.seconds > 0 ? this.recent.chars / this.recent.seconds : 0,
      points: this.unsent,
      ...more,
    };
    if (this.message !== undefined) progress.message = this.message;
    this.message = undefined;
    this.unsent = [];
    this.host.onProgress(progress);
  }

  private push(point: MetricPoint): void {
    this.last = point;
    this.unsent.push(point);
    this.unwritten.push(point);
  }
}
