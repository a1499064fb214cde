/**
 * Models as safetensors: Cellscope's own (`__metadata__` holds `spec`, JSON without the vocabulary, and `vocab`, a JSON
 * array of characters) and foreign ones that follow PyTorch's names for nn.RNN, nn.LSTM and nn.GRU over one-hot characters.
 */
import * as v from 'valibot';
import { parameterLayout } from '../model/layout.ts';
import type { ModelSpec } from '../model/spec.ts';
import type { ParameterSet, Tensor } from '../model/tensors.ts';
import { validateSpec } from '../model/validate.ts';
import { t } from '../words.ts';
import { readForeignModel } from './foreign.ts';
import { parseInertJson } from './json.ts';
import { ModelFileError } from './model-file-error.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import { shapeText } from './safetensors-header.ts';
import { readVocabulary, unknownIndex } from './vocabulary.ts';

export interface Checkpoint {
  spec: ModelSpec;
  parameters: ParameterSet;
  /** True for a file that Cellscope wrote. */
  own: boolean;
}

const layerSchema = v.looseObject({
  cell: v.picklist(['tanh', 'relu', 'lstm', 'gru']),
  hiddenSize: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65536)),
  directions: v.union([v.tuple([v.literal('forward')]), v.tuple([v.literal('forward'), v.literal('backward')])]),
});

/** A ModelSpec without its vocabulary, as it stands in `__metadata__.spec`. */
const storedSpecSchema = v.looseObject({
  formatVersion: v.literal(1),
  layers: v.pipe(v.array(layerSchema), v.minLength(1), v.maxLength(64)),
  connections: v.picklist(['none', 'residual', 'dense', 'highway']),
});

export const modelSpecSchema = v.looseObject({
  ...storedSpecSchema.entries,
  vocabulary: v.array(v.string()),
  unknown: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))),
});

/** Weights are written as float32 whatever engine they come from; PyTorch loads the file as it is. */
export function encodeCheckpoint(spec: ModelSpec, parameters: ParameterSet): Uint8Array {
  const { vocabulary, unknown: _, ...stored } = spec;
  const metadata = new Map([
    ['format', 'pt'],
    ['kind', spec.layers[0]!.cell],
    ['spec', JSON.stringify(stored)],
    ['vocab', JSON.stringify(vocabulary)],
  ]);
  const tensors = new Map<string, Tensor>();
  for (const [name, { shape, data }] of parameters) {
    tensors.set(name, { shape, data: data instanceof Float32Array ? data : Float32Array.from(data) });
  }
  return writeSafetensors(tensors, metadata);
}

/**
 * Reads an own or a foreign model. `vocabulary` is used where a foreign file has none.
 * Throws ModelFileError; its code is `vocabulary-missing` where the caller should ask for the vocabulary and try again.
 */
export function decodeCheckpoint(bytes: Uint8Array, vocabulary?: readonly string[]): Checkpoint {
  const { metadata, tensors } = readSafetensors(bytes);
  for (const [name, { data }] of tensors) {
    if (!allFinite(data))
      throw new ModelFileError(
        'non-finite',
        t('Tensor “{0}” holds NaN or infinite values: the model is unusable.', name),
        name,
      );
  }
  return metadata.has('spec')
    ? { ...readOwnModel(metadata, tensors), own: true }
    : { ...readForeignModel(metadata, tensors, vocabulary), own: false };
}

/** A model of Cellscope's own from what its file says of it. Of the tensors only names and shapes count. */
export function readOwnModel(
  metadata: ReadonlyMap<string, string>,
  tensors: Map<string, Tensor>,
): { spec: ModelSpec; parameters: ParameterSet } {
  const spec = readOwnSpec(metadata.get('spec') ?? '', metadata.get('vocab'));
  return { spec, parameters: orderAndCheck(spec, tensors) };
}

function readOwnSpec(text: string, vocab: string | undefined): ModelSpec {
  let value: unknown;
  try {
    value = parseInertJson(text);
  } catch {
    throw new ModelFileError('metadata-invalid', t('`__metadata__.spec` is not valid JSON.'));
  }
  if (typeof value === 'object' && value !== null && 'formatVersion' in value && value.formatVersion !== 1)
    throw new ModelFileError(
      'version-unknown',
      t(
        'This model has format version {0}; this Cellscope reads version 1. Update Cellscope.',
        JSON.stringify(value.formatVersion),
      ),
    );
  const parsed = v.safeParse(storedSpecSchema, value, { abortEarly: true });
  if (!parsed.success)
    throw new ModelFileError(
      'metadata-invalid',
      t('`__metadata__.spec` is not a model: {0}.', describeIssues(parsed.issues)),
    );
  if (vocab === undefined) throw new ModelFileError('vocabulary-missing', t('The model has no `__metadata__.vocab`.'));
  const vocabulary = readVocabulary(vocab);
  const spec: ModelSpec = { ...parsed.output, vocabulary, unknown: unknownIndex(vocabulary) };
  try {
    validateSpec(spec);
  } catch (error) {
    throw new ModelFileError('metadata-invalid', (error as Error).message);
  }
  return spec;
}

/** The parameters in the layout's order; every one present, of its shape, and none besides. */
function orderAndCheck(spec: ModelSpec, tensors: Map<string, Tensor>): ParameterSet {
  const shapes = new Map(parameterLayout(spec).map(({ name, shape }) => [name, shape]));
  const parameters: ParameterSet = new Map();
  for (const [name, shape] of shapes) {
    const tensor = tensors.get(name);
    if (!tensor) throw new ModelFileError('tensor-missing', t('The model lacks the tensor “{0}”.', name), name);
    if (tensor.shape.join() !== shape.join())
      throw new ModelFileError(
        'shape-mismatch',
        t('Tensor “{0}” has shape {1}, its specification says {2}.', name, shapeText(tensor.shape), shapeText(shape)),
        name,
      );
    parameters.set(name, tensor);
  }
  for (const name of tensors.keys()) {
    if (!shapes.has(name))
      throw new ModelFileError(
        'tensor-unexpected',
        t("Tensor “{0}” is not part of the model's specification.", name),
        name,
      );
  }
  return parameters;
}

/** The first few issues of a validation, with their paths. */
export function describeIssues(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues
    .slice(0, 3)
    .map((issue) => `${v.getDotPath(issue) ?? 'value'}: ${issue.message}`)
    .join('; ');
}

function allFinite(values: Float32Array | Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return false;
  return true;
}
