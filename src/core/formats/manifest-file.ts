/** `run.json` as bytes: validated when read, unknown fields kept when rewritten. */
import * as v from 'valibot';
import { t } from '../words.ts';
import { describeIssues, modelSpecSchema } from './checkpoint.ts';
import { inertText } from './inert-text.ts';
import { parseInertJson } from './json.ts';
import type { RunManifest } from './manifest.ts';
import { longestMessage } from './model-file-error.ts';

export type RunFileFault =
  | 'missing'
  | 'unreadable'
  | 'invalid'
  | 'version-unknown'
  | 'locked'
  | 'no-generation'
  | 'no-text';

/** A run folder that cannot be used; `code` says why in one word. */
export class RunFileError extends Error {
  readonly code: RunFileFault;
  constructor(code: RunFileFault, message: string) {
    super(inertText(message, longestMessage));
    this.name = 'RunFileError';
    this.code = code;
  }
}

const natural = v.pipe(v.number(), v.integer(), v.minValue(0));
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const side = v.picklist(['train', 'validation', 'test']);

const optionsSchema = v.looseObject({
  architecture: v.picklist(['lstm', 'gru', 'rnn', 'relu', 'irnn']),
  layers: positive,
  hiddenSize: positive,
  connections: v.picklist(['none', 'residual', 'dense', 'highway']),
  sequence: positive,
  batch: positive,
  budget: v.looseObject({ kind: v.picklist(['chars', 'epochs', 'seconds']), amount }),
  learningRate: amount,
  schedule: v.picklist(['constant', 'cosine', 'step']),
  warmup: amount,
  clipNorm: amount,
  optimizer: v.picklist(['adam', 'rmsprop', 'adadelta', 'sgd']),
  momentum: amount,
  init: v.picklist(['orthogonal', 'uniform', 'identity']),
  dropout: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  patience: natural,
  seed: v.pipe(v.number(), v.finite()),
  engine: v.picklist(['auto', 'wasm', 'reference']),
  threads: natural,
});

const corpusSchema = v.looseObject({
  files: v.array(
    v.looseObject({
      path: v.string(),
      language: v.string(),
      side,
      chars: natural,
      sha256: v.string(),
      range: v.exactOptional(v.looseObject({ start: natural, end: natural })),
    }),
  ),
  chars: v.looseObject({ train: natural, validation: natural, test: natural }),
  vocabularySize: natural,
  splitInsideFiles: v.boolean(),
  seed: v.number(),
});

const manifestSchema = v.looseObject({
  formatVersion: v.literal(1),
  id: v.string(),
  name: v.string(),
  created: v.string(),
  state: v.picklist(['running', 'paused', 'interrupted', 'finished', 'failed']),
  message: v.exactOptional(v.string()),
  told: v.exactOptional(
    v.array(v.object({ template: v.string(), values: v.array(v.union([v.string(), v.number()])) })),
  ),
  spec: modelSpecSchema,
  options: optionsSchema,
  start: v.exactOptional(v.looseObject({ name: v.string(), sha256: v.string(), mapped: natural, fresh: natural })),
  corpus: corpusSchema,
  engine: v.looseObject({ name: v.string(), threads: natural }),
  parameters: natural,
  trainedChars: natural,
  trainingSeconds: amount,
  generations: v.array(
    v.looseObject({ number: natural, trainedChars: natural, validationNats: v.nullable(v.number()) }),
  ),
  best: v.nullable(natural),
  current: v.nullable(natural),
  heldOut: v.nullable(v.looseObject({ nats: v.number(), bits: v.number(), perplexity: v.number() })),
  ngram: v.exactOptional(
    v.looseObject({ order: positive, trainedChars: natural, ofChars: natural, nats: amount, predictions: natural }),
  ),
  keptGenerations: v.exactOptional(positive),
});

/** Throws RunFileError `invalid` or `version-unknown`; the message says what is wrong with the file. */
export function parseManifest(bytes: Uint8Array): RunManifest {
  let value: unknown;
  try {
    value = parseInertJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new RunFileError('invalid', t('run.json is not valid JSON: the file is damaged.'));
  }
  if (typeof value === 'object' && value !== null && 'formatVersion' in value && value.formatVersion !== 1)
    throw new RunFileError(
      'version-unknown',
      t(
        'This run has format version {0}; this Cellscope reads version 1. Update Cellscope.',
        JSON.stringify(value.formatVersion),
      ),
    );
  const parsed = v.safeParse(manifestSchema, value, { abortEarly: true });
  if (!parsed.success) throw new RunFileError('invalid', t('run.json is damaged: {0}.', describeIssues(parsed.issues)));
  return parsed.output;
}

export function encodeManifest(manifest: RunManifest): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
}
