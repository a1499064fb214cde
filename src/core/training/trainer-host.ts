/** What a trainer needs of the one who runs it, and what it tells. */
import type { NGramLoss } from '../baselines/ngram-loss.ts';
import type { HeldOut, MetricPoint, RunState } from '../formats/manifest.ts';
import type { LockHost } from '../formats/run-lock.ts';

export interface TrainerProgress {
  state: RunState;
  phase: 'preparing' | 'training' | 'evaluating' | 'saving';
  trainedChars: number;
  /** Null for a budget in seconds. */
  totalChars: number | null;
  /** 0 … 1 of the budget. */
  fraction: number;
  secondsLeft: number | null;
  /** Training steps only. */
  charsPerSecond: number;
  /** Points since the last message. */
  points: MetricPoint[];
  sample?: string;
  /** Set when a generation became current. */
  generation?: number;
  /** Set when the n-gram line is known. */
  ngram?: NGramLoss;
  message?: string;
}

export interface TrainerOutcome {
  /** `finished`; `interrupted` after an abort (saved, can be resumed); `failed` with a message. */
  state: RunState;
  trainedChars: number;
  /** Seconds and rate of training steps, all sessions of the run. */
  seconds: number;
  charsPerSecond: number;
  heldOut: HeldOut | null;
  message?: string;
}

export interface TrainerHost {
  /** Milliseconds on a clock that never jumps. */
  now(): number;
  /** Resolves after waiting messages (pause, cancel) were delivered. */
  letMessagesIn(): Promise<void>;
  onProgress(progress: TrainerProgress): void;
  lock: LockHost;
}

/** Wall-clock intervals in milliseconds; none of them changes a weight. */
export const intervals = {
  progress: 200,
  save: 25_000,
  /** Between two places of an evaluation that are written down. */
  keepEvaluation: 10_000,
  firstSample: 2_000,
  sample: 10_000,
  /** Longest stretch without letting messages in. */
  slice: 10,
  /** Longest stretch of standing still for others. */
  longestRest: 100,
} as const;
