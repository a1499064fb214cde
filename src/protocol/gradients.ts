/** Messages of the gradient panel. A number that is not finite travels as null. */
import * as v from 'valibot';
import { finite, index, messageKind } from './webview.ts';

const values = v.array(v.nullable(finite));

/** What is computed for a run, each on its own. */
const part = v.picklist(['report', 'contribution', 'history']);
export type GradientPart = v.InferOutput<typeof part>;

const run = v.object({
  id: v.string(),
  name: v.string(),
  /** `LSTM 1×128`. */
  label: v.string(),
  cells: v.array(v.picklist(['tanh', 'relu', 'lstm', 'gru'])),
  /** The checkpoint that counts now, the best or, while it trains, the newest; null: none yet. */
  generation: v.nullable(index),
  /** Checkpoints that are kept. */
  generations: index,
  trainedChars: finite,
  running: v.boolean(),
  /** Window of truncated backpropagation, characters. */
  sequence: index,
  clipNorm: finite,
  /** Runs with the same one are measured on the same held-out text. */
  corpus: v.string(),
});
export type GradientRun = v.InferOutput<typeof run>;

const profile = v.object({
  relative: values,
  lower: values,
  upper: values,
  horizon: v.nullable(index),
  interval: v.tuple([v.nullable(index), v.nullable(index)]),
});
export type ShownProfile = v.InferOutput<typeof profile>;

const layer = v.object({
  h: profile,
  c: v.nullable(profile),
  spectrum: v.array(v.object({ gate: v.string(), rho: finite, sigmaMax: finite })),
  saturation: v.array(v.object({ gate: v.string(), left: values, right: values })),
  dead: v.array(index),
});
export type ShownLayer = v.InferOutput<typeof layer>;

const texts = v.object({ files: v.array(v.string()), side: v.picklist(['test', 'validation']), chars: index });

const report = v.object({
  generation: v.nullable(index),
  lags: index,
  positions: index,
  texts,
  layers: v.array(layer),
});
export type ShownReport = v.InferOutput<typeof report>;

const contribution = v.object({
  generation: v.nullable(index),
  lags: index,
  positions: index,
  texts,
  /** `beyond`: share through lags of the training window's length and more; `lost`: what training in such windows loses. */
  layers: v.array(v.object({ share: values, norms: values, total: finite, beyond: finite, lost: finite })),
});
export type ShownContribution = v.InferOutput<typeof contribution>;

const history = v.object({
  lags: index,
  points: v.array(
    v.object({
      generation: index,
      trainedChars: finite,
      layers: v.array(v.object({ h: v.nullable(index), c: v.nullable(index) })),
    }),
  ),
});
export type ShownHistory = v.InferOutput<typeof history>;

const healthPoint = v.object({
  chars: finite,
  gradientNorm: finite,
  clipScale: finite,
  /** Share of the steps since the last point that were clipped. */
  clippedShare: v.nullable(finite),
});
const health = v.object({
  points: v.array(healthPoint),
  /** Mean gradient norm by parameter name, where it was recorded: one column for each place. */
  norms: v.object({ chars: v.array(finite), byParameter: v.record(v.string(), values) }),
});
export type ShownHealth = v.InferOutput<typeof health>;

/** Host → webview. */
export const toGradients = {
  /** All runs and which of them are laid over each other; `canTrain`: there is a folder to train on. */
  runs: messageKind(
    'gradients/runs',
    v.object({ runs: v.array(run), selected: v.array(v.string()), canTrain: v.boolean() }),
  ),
  progress: messageKind('gradients/progress', v.object({ run: v.string(), part, fraction: v.nullable(finite) })),
  /** Why a part is not there: a failure, or that it was cancelled (null). */
  ended: messageKind('gradients/ended', v.object({ run: v.string(), part, message: v.nullable(v.string()) })),
  report: messageKind('gradients/report', v.object({ run: v.string(), report })),
  contribution: messageKind('gradients/contribution', v.object({ run: v.string(), contribution })),
  history: messageKind('gradients/history', v.object({ run: v.string(), history })),
  health: messageKind('gradients/health', v.object({ run: v.string(), health })),
};

/** Runs that are laid over each other at most: more curves cannot be told apart. */
export const mostRuns = 5;
const chosen = v.pipe(v.array(v.string()), v.maxLength(mostRuns));

/** Largest export, bytes or UTF-16 units. */
const largestExport = 32_000_000;
const fileName = v.pipe(v.string(), v.regex(/^[\w-]{1,80}$/));

/** Webview → host. */
export const fromGradients = {
  ready: messageKind('gradients/ready', v.object({ restore: v.nullable(chosen) })),
  select: messageKind('gradients/select', v.object({ runs: chosen })),
  compute: messageKind('gradients/compute', v.object({ run: v.string(), part })),
  cancel: messageKind('gradients/cancel', v.object({ run: v.string(), part })),
  train: messageKind('gradients/train', v.object({})),
  trainSame: messageKind('gradients/trainSame', v.object({ run: v.string() })),
  showLog: messageKind('gradients/showLog', v.object({})),
  exportCsv: messageKind(
    'gradients/exportCsv',
    v.object({ name: fileName, text: v.pipe(v.string(), v.maxLength(largestExport)) }),
  ),
  exportPng: messageKind(
    'gradients/exportPng',
    v.object({
      name: fileName,
      bytes: v.pipe(
        v.instance(ArrayBuffer),
        v.check((buffer) => buffer.byteLength <= largestExport),
      ),
    }),
  ),
};
