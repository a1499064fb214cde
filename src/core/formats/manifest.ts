/** `run.json`: what a run is. Unknown fields are kept when it is rewritten. Validation lives beside it. */
import type { NGramLoss } from '../baselines/ngram-loss.ts';
import type { Side } from '../corpus/document.ts';
import type { HealthNumbers } from '../gradients/health.ts';
import type { ModelSpec } from '../model/spec.ts';
import type { TrainingOptions } from '../training/options.ts';
import { type Sentence, say } from '../words.ts';

export type RunState = 'running' | 'paused' | 'interrupted' | 'finished' | 'failed';

export interface CorpusFileEntry {
  path: string;
  language: string;
  side: Side;
  /** Characters (code points). */
  chars: number;
  /** SHA-256 of the whole file's normalised text, hex. */
  sha256: string;
  /** The part of the file in characters, where the split was made inside files: such a file has one entry for each side. */
  range?: { start: number; end: number };
}

export interface CorpusSummary {
  files: CorpusFileEntry[];
  chars: Record<Side, number>;
  vocabularySize: number;
  /** True where the split had to be made inside files (one file, or all alike). */
  splitInsideFiles: boolean;
  seed: number;
}

export interface HeldOut {
  nats: number;
  bits: number;
  perplexity: number;
}

/** The base model that a run started from; its characters are counted by whether the base knew them. */
export interface StartManifest {
  name: string;
  /** Of the base model's file, hex. */
  sha256: string;
  mapped: number;
  fresh: number;
}

export interface RunManifest {
  formatVersion: 1;
  id: string;
  name: string;
  /** ISO 8601. */
  created: string;
  state: RunState;
  /** Why it failed or stopped, in English. */
  message?: string;
  /** What the message is made of: see `messageOf`. */
  told?: readonly Sentence[];
  spec: ModelSpec;
  options: TrainingOptions;
  /** Not there: random weights, drawn from the seed. */
  start?: StartManifest;
  corpus: CorpusSummary;
  engine: { name: string; threads: number };
  parameters: number;
  /** Totals so far (all sessions). */
  trainedChars: number;
  trainingSeconds: number;
  /** Generation numbers kept on disk, ascending; the one with the best validation loss; the newest. */
  generations: { number: number; trainedChars: number; validationNats: number | null }[];
  best: number | null;
  current: number | null;
  /** Test files, best checkpoint; set when finished. */
  heldOut: HeldOut | null;
  /** What n-grams achieve on the validation characters that the training watches; missing until it is known. */
  ngram?: NGramLoss;
  /** Cap on kept generations; default: see retention.ts. */
  keptGenerations?: number;
}

/** Why a run failed or stopped, in the language that was set where the run says what its message is made of. */
export function messageOf({ message, told }: Pick<RunManifest, 'message' | 'told'>): string | undefined {
  return told ? say(told) : message;
}

/** One line of `metrics.jsonl`. All on the clock of trained characters. */
export interface MetricPoint {
  chars: number;
  seconds: number;
  /** Mean training loss since the last point, nats. */
  trainNats: number;
  validationNats?: number;
  gradientNorm: number;
  clipScale: number;
  learningRate: number;
  /** Share of the steps since the last point whose gradient was clipped. */
  clippedShare?: number;
  /** Mean gradient norm before clipping by parameter name since the last point; on points with a validation loss. */
  norms?: Record<string, number>;
  /** Gates, dead units, horizon, gradients by gate and updates; on some points with a validation loss. */
  health?: HealthNumbers;
}
