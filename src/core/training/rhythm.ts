import type { RunLock } from '../formats/run-lock.ts';
import { t } from '../words.ts';
import type { Pace } from './pace.ts';
import { intervals, type TrainerHost } from './trainer-host.ts';
import type { TrainerState } from './trainer-state.ts';

/** Milliseconds that the lock grants a fresh run's first step, of which nothing is known. */
const longestFirstStep = 60_000;

/** The time between a training's pieces of work: active seconds, turns for others, signs of life before and after long ones. */
export class Rhythm {
  private readonly host: TrainerHost;
  private readonly lock: RunLock;
  private readonly pace: Pace;
  private readonly state: TrainerState;
  private lastTick: number;
  /** Milliseconds of the last piece of work between two ticks. */
  pieceTime = 0;
  /** Milliseconds of a step as far as is known, 0: not at all. */
  stepTime: number;

  /** @param state its `activeSeconds` are counted here */
  constructor(host: TrainerHost, lock: RunLock, pace: Pace, state: TrainerState) {
    this.host = host;
    this.lock = lock;
    this.pace = pace;
    this.state = state;
    this.lastTick = host.now();
    this.stepTime = (1000 * state.trainingSeconds) / Math.max(1, state.steps);
  }

  /** After each piece of work: lets messages in and keeps the lock. */
  async tick(): Promise<void> {
    const before = this.lastTick;
    const now = this.count();
    this.pieceTime = now - before;
    await this.lock.expectSilence(this.pieceTime);
    if (await this.pace.breathe(now)) await this.lock.beat();
  }

  /** Counts the time until now as active. */
  count(): number {
    const now = this.host.now();
    this.state.activeSeconds += (now - this.lastTick) / 1000;
    this.lastTick = now;
    return now;
  }

  /** The time until now was none of the training's. */
  skip(): void {
    this.lastTick = this.host.now();
  }

  /** Before a step that takes as long as so many. */
  async beforeStep(steps: number): Promise<void> {
    await this.lock.expectSilence(steps * (this.stepTime || longestFirstStep));
  }

  /** After a step. Gives what there is to say where it is so long that what is saved in between is too little. */
  afterStep(milliseconds: number): string | null {
    const isFirst = milliseconds >= intervals.save && this.stepTime < intervals.save;
    this.stepTime = milliseconds;
    if (!isFirst) return null;
    return t(
      'One step of this training takes {0} s on this machine, and a step is never saved halfway: so much is lost where the window closes. With fewer streams or a shorter window steps are shorter.',
      Math.round(milliseconds / 1000),
    );
  }
}
