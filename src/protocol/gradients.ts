/** Messages of the gradient panel. A number that is not finite travels as null. */
import * as v from 'valibot';
import { logit, reachValues } from './reach.ts';
import { finite, index, messageKind } from './webview.ts';

const values = v.array(v.nullable(finite));

/** What is computed for a run, each on its own. */
const part = v.picklist(['report', 'jacobians', 'contribution', 'memory', 'history']);
export type GradientPart = v.InferOutput<typeof part>;

const run = v.object({
  id: v.string(),
  /** A model file has weights and nothing of its training. */
  kind: v.picklist(['run', 'file']),
  /** The text that it is measured on; null: the held-out files of its own corpus. */
  on: v.nullable(v.string()),
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
  /** Window of truncated backpropagation, characters; null: not known. */
  sequence: v.nullable(index),
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

const texts = v.object({ files: v.array(v.string()), side: v.picklist(['test', 'validation', 'given']), chars: index });

/** `GradientRun.on` when it was measured. */
const measuredOn = v.nullable(v.string());

const report = v.object({
  part: v.literal('report'),
  on: measuredOn,
  generation: v.nullable(index),
  lags: index,
  positions: index,
  texts,
  layers: v.array(layer),
});
export type ShownReport = v.InferOutput<typeof report>;

/** ‖∂s_t/∂s_{t−k}‖₂ over places, by number of steps k; `bound`: (σ_max)^k, of plain layers only. */
const jacobians = v.object({
  part: v.literal('jacobians'),
  on: measuredOn,
  generation: v.nullable(index),
  places: index,
  steps: v.array(index),
  layers: v.array(v.object({ lower: values, median: values, upper: values, bound: v.nullable(values) })),
});
export type ShownJacobians = v.InferOutput<typeof jacobians>;

const contribution = v.object({
  part: v.literal('contribution'),
  on: measuredOn,
  generation: v.nullable(index),
  lags: index,
  positions: index,
  texts,
  /** Training window that cuts off. */
  window: index,
  /** `beyond`: share through lags of that window's length and more; `lost`: what training in such windows loses. */
  layers: v.array(v.object({ share: values, norms: values, total: finite, beyond: finite, lost: finite })),
});
export type ShownContribution = v.InferOutput<typeof contribution>;

/** Per layer with a keeping gate, by cell: the first lag whose mean product of that gate lies under 1 %; null: beyond. */
const memory = v.object({
  part: v.literal('memory'),
  on: measuredOn,
  generation: v.nullable(index),
  lags: index,
  /** Lags at which `retained` is told. */
  steps: v.array(index),
  layers: v.array(
    v.nullable(
      v.object({
        gate: v.string(),
        horizons: v.array(v.nullable(index)),
        /** By cell, the mean product by `steps`. */
        retained: v.array(values),
        /** Cells that have earned a name, and which. */
        named: v.array(v.object({ cell: index, name: v.string() })),
      }),
    ),
  ),
});
export type ShownMemory = v.InferOutput<typeof memory>;

const history = v.object({
  part: v.literal('history'),
  on: measuredOn,
  /** The newest checkpoint that was measured. */
  generation: v.nullable(index),
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

const result = v.variant('part', [report, jacobians, contribution, memory, history]);
export type GradientResult = v.InferOutput<typeof result>;

const healthPoint = v.object({
  chars: finite,
  gradientNorm: finite,
  clipScale: finite,
  /** Share of the steps since the last point that were clipped. */
  clippedShare: v.nullable(finite),
});
const health = v.object({
  points: v.array(healthPoint),
  /** What the recorded numbers say, the gravest first. */
  findings: v.array(v.object({ kind: v.string(), evidence: v.string(), advice: v.string() })),
  /** What was recorded with the validation losses, by layer, gate or parameter. */
  recorded: v.array(
    v.object({
      kind: v.picklist(['norms', 'updates', 'shut', 'open', 'dead', 'horizon']),
      chars: v.array(finite),
      byName: v.record(v.string(), values),
    }),
  ),
});
export type RecordedHealth = ShownHealth['recorded'][number];
export type ShownHealth = v.InferOutput<typeof health>;

const reach = v.object({
  run: v.string(),
  /** Index of the held-out text, and of the character whose next one is predicted. */
  document: index,
  at: index,
  /** The character whose logit it started from; null: from the loss. */
  logit: v.nullable(v.string()),
  /** The first character that was looked back on; values stand for `first` … `at`. */
  first: index,
  values: reachValues,
});
export type ShownReach = v.InferOutput<typeof reach>;

/** What the scalar lab is set to. */
const labQuestion = v.object({
  /** Of the linear unit. */
  weight: v.pipe(v.number(), v.minValue(-2), v.maxValue(2)),
  steps: v.pipe(index, v.minValue(2), v.maxValue(200)),
  /** Of the deep stack. */
  layers: v.pipe(index, v.minValue(2), v.maxValue(30)),
  units: v.pipe(index, v.minValue(2), v.maxValue(64)),
  seed: index,
});
export type LabQuestion = v.InferOutput<typeof labQuestion>;

const lab = v.object({
  ...labQuestion.entries,
  /** |w|^k, k = 0…steps */
  gradients: values,
  /** Of w, 1.1 and 0.9: |w|^(T−1), |w|^T, and the k, not rounded, at which |w|^k is a hundredth (null: never). */
  unit: v.array(v.object({ weight: finite, between: finite, after: finite, decay: v.nullable(finite) })),
  /** Mean ‖∂J/∂a‖ by layer from the first. */
  stacks: v.array(v.object({ activation: v.picklist(['sigmoid', 'tanh', 'relu']), means: values })),
});
export type ShownLab = v.InferOutput<typeof lab>;

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
  result: messageKind('gradients/result', v.object({ run: v.string(), result })),
  health: messageKind('gradients/health', v.object({ run: v.string(), health })),
  /** The texts that a run is measured on, and the characters whose logits can be asked about. */
  texts: messageKind(
    'gradients/texts',
    v.object({
      run: v.string(),
      documents: v.array(v.object({ path: v.string(), text: v.string() })),
      vocabulary: v.array(v.string()),
    }),
  ),
  reach: messageKind('gradients/reach', reach),
  lab: messageKind('gradients/lab', lab),
  /** Why there are no texts or no reach of a prediction. */
  reachFailed: messageKind('gradients/reachFailed', v.object({ run: v.string(), message: v.string() })),
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
  texts: messageKind('gradients/askTexts', v.object({ run: v.string() })),
  reach: messageKind(
    'gradients/askReach',
    v.object({
      run: v.string(),
      document: index,
      at: index,
      logit,
    }),
  ),
  lab: messageKind('gradients/askLab', labQuestion),
  train: messageKind('gradients/train', v.object({})),
  openSample: messageKind('gradients/openSample', v.object({})),
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
