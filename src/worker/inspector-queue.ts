/**
 * Who works next in the inspector. One slice (at most about 8 ms) runs at a time; between two slices messages come in, so a
 * hover that arrives in the middle of a long recomputation waits for one slice, not for the recomputation.
 */
import type { Turn } from '../core/activations/turns.ts';
import type { Session } from '../core/engine/engine.ts';
import { cancelled } from './channel.ts';

/** Lower goes first; within one priority, first come, first served. */
export const Priority = { hover: 0, page: 1, sample: 2, overview: 3, background: 4 } as const;
export type Priority = (typeof Priority)[keyof typeof Priority];

/** Between two messages of progress, milliseconds. */
const PROGRESS_INTERVAL = 100;
/** Characters of a sample's prime that are read in one slice. */
const PRIME_SLICE = 256;

interface Waiting {
  priority: Priority;
  signals: readonly AbortSignal[];
  run: () => Promise<void>;
  reject: (reason: Error) => void;
}

export class TurnQueue {
  private readonly waiting: Waiting[] = [];
  private readonly pause: () => Promise<void>;
  private busy = false;

  /** `pause` resolves after messages that have arrived were delivered (a macrotask, not a microtask). */
  constructor(pause: () => Promise<void>) {
    this.pause = pause;
  }

  /** Turns for one job; they reject as cancelled once one of the signals is aborted. */
  turns(priority: Priority, signals: readonly AbortSignal[] = []): Turn {
    return (slice) =>
      new Promise((resolve, reject) => {
        this.waiting.push({ priority, signals, run: () => slice().then(resolve, reject), reject });
        void this.work();
      });
  }

  private async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (;;) {
      await this.pause();
      const next = this.take();
      if (!next) break;
      if (next.signals.some((signal) => signal.aborted)) next.reject(cancelled());
      else await next.run();
    }
    this.busy = false;
  }

  private take(): Waiting | undefined {
    let best = 0;
    for (let k = 1; k < this.waiting.length; k++) {
      if (this.waiting[k]!.priority < this.waiting[best]!.priority) best = k;
    }
    return this.waiting.splice(best, 1)[0];
  }
}

/** The same turns, with a word of progress after a slice now and then. */
export function reporting(turn: Turn, report: () => void): Turn {
  let last = performance.now();
  return async (slice) => {
    const result = await turn(slice);
    if (performance.now() - last > PROGRESS_INTERVAL) {
      last = performance.now();
      report();
    }
    return result;
  };
}

/** A session's reading half that works only when it is its turn, long streams in slices. Captures at the last character only. */
export function inTurns(session: Session, turn: Turn): Pick<Session, 'spec' | 'run'> {
  return {
    spec: session.spec,
    run: async ({ inputs, start }, capture) => {
      let state = start;
      let from = 0;
      for (; inputs.length - from > PRIME_SLICE; from += PRIME_SLICE) {
        const slice = { inputs: inputs.slice(from, from + PRIME_SLICE), start: state, targets: null };
        state = (await turn(() => session.run(slice, {}))).end;
      }
      const rest = { inputs: inputs.slice(from), start: state, targets: null };
      const logitsAt = Int32Array.of(rest.inputs.length - 1);
      return turn(() => session.run(rest, { ...capture, logitsAt }));
    },
  };
}
