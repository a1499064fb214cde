/** Messages of the training panel. Losses travel as nats; the panel shows bits. */
import * as v from 'valibot';
import { finite, index, messageKind } from './webview.ts';

const runState = v.picklist(['running', 'paused', 'interrupted', 'finished', 'failed']);
const phase = v.picklist(['preparing', 'training', 'evaluating', 'saving']);

const metricPoint = v.object({
  chars: finite,
  seconds: finite,
  trainNats: finite,
  validationNats: v.optional(finite),
  gradientNorm: finite,
  clipScale: finite,
  learningRate: finite,
});
export type ShownMetric = v.InferOutput<typeof metricPoint>;

const sample = v.object({ chars: finite, text: v.string() });
export type TrainingSample = v.InferOutput<typeof sample>;

const generation = v.object({ number: index, trainedChars: finite, validationNats: v.nullable(finite) });

const shownRun = v.object({
  id: v.string(),
  name: v.string(),
  state: runState,
  /** Architecture, sizes, parameters: one line. */
  description: v.string(),
  message: v.nullable(v.string()),
  trainedChars: finite,
  trainingSeconds: finite,
  clipNorm: finite,
  vocabularySize: index,
  files: index,
  /** Of the text: all characters and those that are held out, its largest languages, where the split was made. */
  text: v.object({
    chars: finite,
    validation: finite,
    test: finite,
    languages: v.array(v.string()),
    splitInsideFiles: v.boolean(),
  }),
  generations: v.array(generation),
  best: v.nullable(index),
  heldOut: v.nullable(v.object({ nats: finite, bits: finite, perplexity: finite })),
  /** What n-grams achieve on the held-out characters that the training watches; null until it is known. */
  ngram: v.nullable(v.object({ order: index, trainedChars: finite, ofChars: finite, nats: finite })),
});
export type ShownRun = v.InferOutput<typeof shownRun>;

const liveProgress = v.object({
  state: runState,
  phase,
  trainedChars: finite,
  totalChars: v.nullable(finite),
  fraction: finite,
  secondsLeft: v.nullable(finite),
  charsPerSecond: finite,
  message: v.nullable(v.string()),
});
export type LiveProgress = v.InferOutput<typeof liveProgress>;

/** Host → webview. */
export const toTraining = {
  /** Everything; `live` where this window trains the run. */
  snapshot: messageKind(
    'training/snapshot',
    v.object({
      runs: v.array(v.object({ id: v.string(), name: v.string() })),
      run: v.nullable(shownRun),
      points: v.array(metricPoint),
      samples: v.array(sample),
      live: v.nullable(liveProgress),
      /** False where there is no folder to train on. */
      canTrain: v.boolean(),
    }),
  ),
  /** What is new since the last message. */
  progress: messageKind(
    'training/progress',
    v.object({
      run: v.string(),
      live: liveProgress,
      points: v.array(metricPoint),
      sample: v.nullable(sample),
    }),
  ),
  /** The run's manifest changed: state, checkpoints, held-out loss. */
  run: messageKind('training/run', v.object({ run: shownRun })),
};

/** Webview → host. */
export const fromTraining = {
  ready: messageKind('training/ready', v.object({ restore: v.nullable(v.string()) })),
  selectRun: messageKind('training/selectRun', v.object({ id: v.string() })),
  pause: messageKind('training/pause', v.object({})),
  /** Continues: a paused training of this window, or a run that was paused or interrupted earlier. */
  resume: messageKind('training/resume', v.object({ id: v.string() })),
  stop: messageKind('training/stop', v.object({})),
  trainLonger: messageKind('training/trainLonger', v.object({ id: v.string() })),
  openHeatmap: messageKind('training/openHeatmap', v.object({ id: v.string(), generation: v.nullable(index) })),
  train: messageKind('training/train', v.object({})),
  openSample: messageKind('training/openSample', v.object({})),
  showLog: messageKind('training/showLog', v.object({})),
};
