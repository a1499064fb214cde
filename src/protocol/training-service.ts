/** What the training worker offers the host. */
import type { NGramLoss } from '../core/baselines/ngram-loss.ts';
import type { SourceFile } from '../core/corpus/document.ts';
import type { CorpusSummary, HeldOut, MetricPoint, RunState } from '../core/formats/manifest.ts';
import type { TrainingOptions } from '../core/training/options.ts';
import type { CallContext, MethodsOf } from '../worker/channel.ts';

/** What is known before training starts (the dry summary). */
export interface TrainingPlan {
  corpus: CorpusSummary;
  parameters: number;
  /** Bytes the worker will hold while training. */
  memoryBytes: number;
  engine: { name: string; threads: number };
  /** From a short timing of the engine on this machine. */
  charsPerSecond: number;
  expectedSeconds: number;
  /** Which weights the training starts from; `reason`: why not from the base model that was handed in. */
  start: { kind: 'base'; name: string } | { kind: 'fresh'; reason: string | null };
}

export interface TrainingProgress {
  state: RunState;
  phase: 'preparing' | 'training' | 'evaluating' | 'saving';
  trainedChars: number;
  totalChars: number | null;
  /** 0…1 of the budget. */
  fraction: number;
  secondsLeft: number | null;
  charsPerSecond: number;
  /** Points since the last message. */
  points: MetricPoint[];
  /** Fresh sample text, about every ten seconds. */
  sample?: string;
  /** Set when a generation became current. */
  generation?: number;
  /** Set when the n-gram line is known. */
  ngram?: NGramLoss;
  message?: string;
}

export interface TrainingOutcome {
  state: RunState;
  run: string;
  trainedChars: number;
  seconds: number;
  charsPerSecond: number;
  heldOut: HeldOut | null;
  message?: string;
}

export interface TrainingService {
  /** Starts collecting files for a new run. Files are added in chunks so that the host never holds the corpus. */
  begin(
    request: {
      options: TrainingOptions;
      /** A character seen less often is `<unk>`; default: the corpus's. */
      minimumCount?: number;
      /** Cap on kept generations; default: the run folder's. */
      keptCheckpoints?: number;
      /** A base model's name and file: the training starts from it where it fits. */
      base?: { name: string; bytes: Uint8Array };
      /** Folder of a run: its texts, sides and vocabulary are trained on, and no files are added. */
      corpusOf?: string;
    },
    context: CallContext,
  ): Promise<void>;
  addFiles(request: { files: SourceFile[] }, context: CallContext): Promise<void>;
  /** Splits, builds the vocabulary, opens the engine and times it. */
  plan(request: Record<string, never>, context: CallContext): Promise<TrainingPlan>;
  /** Trains the planned corpus into a new run folder; resolves when finished, stopped, paused (state saved) or failed. Aborting saves and stops. */
  train(
    request: { folder: string; id: string; name: string },
    context: CallContext<TrainingProgress>,
  ): Promise<TrainingOutcome>;
  /** Continues an interrupted or paused run, or trains a finished one longer (`moreChars`). */
  resume(
    request: { folder: string; moreChars?: number },
    context: CallContext<TrainingProgress>,
  ): Promise<TrainingOutcome>;
  pause(request: Record<string, never>, context: CallContext): Promise<void>;
  unpause(request: Record<string, never>, context: CallContext): Promise<void>;
  /** Leaves the machine to others for so many milliseconds, at most a tenth of a second: somebody waits for an answer of the inspector. */
  makeWay(request: { milliseconds: number }, context: CallContext): Promise<void>;
  /** Saves, evaluates on the test files and finishes. */
  stop(request: Record<string, never>, context: CallContext): Promise<void>;
}

export const trainingMethods: MethodsOf<TrainingService> = {
  begin: true,
  addFiles: true,
  plan: true,
  train: true,
  resume: true,
  pause: true,
  unpause: true,
  makeWay: true,
  stop: true,
};
