/**
 * Models that PyTorch wrote: one nn.RNN, nn.LSTM or nn.GRU over one-hot characters under any prefix, and one linear output
 * layer. The kind follows from the number of gates; everything that does not fit is refused by the tensor's name.
 */
import type { CellKind, LayerSpec, ModelSpec } from '../model/spec.ts';
import type { ParameterSet, Tensor } from '../model/tensors.ts';
import { t } from '../words.ts';
import { ModelFileError } from './model-file-error.ts';
import { quote, shapeText } from './safetensors-header.ts';
import { checkVocabulary, readVocabulary, unknownIndex } from './vocabulary.ts';

type Tensors = Map<string, Tensor>;

/** `prefix`, `weight_ih` …, layer number, `_reverse` or nothing. */
const recurrentName = /^(.*?)(weight_ih|weight_hh|bias_ih|bias_hh)_l(\d{1,2})(_reverse)?$/;

/** Throws ModelFileError; code `vocabulary-missing` where the file has no `__metadata__.vocab` and none is given. */
export function readForeignModel(
  metadata: ReadonlyMap<string, string>,
  tensors: Tensors,
  vocabulary?: readonly string[],
): { spec: ModelSpec; parameters: ParameterSet } {
  const { layers, vocabularySize, parameters } = readForeignNetwork(metadata, tensors);
  const characters = foreignVocabulary(metadata.get('vocab'), vocabulary, vocabularySize);
  return {
    spec: {
      formatVersion: 1,
      layers,
      connections: 'none',
      vocabulary: characters,
      unknown: unknownIndex(characters),
    },
    parameters,
  };
}

/** The network without its vocabulary. Of the tensors only names and shapes count. */
export function readForeignNetwork(
  metadata: ReadonlyMap<string, string>,
  tensors: Tensors,
): { layers: LayerSpec[]; vocabularySize: number; parameters: ParameterSet } {
  const { recurrent, others } = sortOut(tensors);
  const parameters: ParameterSet = new Map();
  const layers: LayerSpec[] = [];
  const first = need(recurrent, 'weight_ih_l0');
  const vocabularySize = matrix(first.name, first.tensor).columns;
  let inputSize = vocabularySize;
  while (recurrent.has(`weight_ih_l${layers.length}`)) {
    const bidirectional = recurrent.has(`weight_ih_l${layers.length}_reverse`);
    const layer = takeLayer(recurrent, parameters, layers.length, '', inputSize, metadata.get('kind'));
    if (bidirectional) {
      const reverse = takeLayer(recurrent, parameters, layers.length, '_reverse', inputSize, metadata.get('kind'));
      const name = `weight_hh_l${layers.length}_reverse`;
      if (reverse.hiddenSize !== layer.hiddenSize || reverse.cell !== layer.cell)
        throw shapeError(name, t('Tensor {0} differs from the forward direction.', quote(name)));
    }
    layers.push({ ...layer, directions: bidirectional ? ['forward', 'backward'] : ['forward'] });
    inputSize = layer.hiddenSize * (bidirectional ? 2 : 1);
  }
  for (const { name } of recurrent.values()) throw unexpected(name);
  takeOutput(others, parameters, vocabularySize, inputSize);
  return { layers, vocabularySize, parameters };
}

type Found = { name: string; tensor: Tensor };

/** Splits the recurrent tensors (without their common prefix) from all others. */
function sortOut(tensors: Tensors): { recurrent: Map<string, Found>; others: Tensors } {
  const recurrent = new Map<string, Found>();
  const others: Tensors = new Map();
  let prefix: string | null = null;
  for (const [name, tensor] of tensors) {
    const match = recurrentName.exec(name);
    if (!match) {
      others.set(name, tensor);
      continue;
    }
    prefix ??= match[1]!;
    if (match[1] !== prefix)
      throw new ModelFileError(
        'tensor-unexpected',
        t(
          'Tensor {0} belongs to a second recurrent module (the first is {1}); only one stack of layers can be read.',
          quote(name),
          quote(prefix),
        ),
        name,
      );
    recurrent.set(name.slice(prefix.length), { name, tensor });
  }
  return { recurrent, others };
}

/** Moves one layer (one direction) into `parameters` under Cellscope's names. Missing biases are zeros. */
function takeLayer(
  recurrent: Map<string, Found>,
  parameters: ParameterSet,
  index: number,
  direction: '' | '_reverse',
  inputSize: number,
  kind: string | undefined,
): LayerSpec {
  const suffix = `_l${index}${direction}`;
  const inputs = need(recurrent, `weight_ih${suffix}`);
  const hidden = need(recurrent, `weight_hh${suffix}`);
  const { rows, columns: hiddenSize } = matrix(hidden.name, hidden.tensor);
  const cell = cellOfGates(rows / hiddenSize, kind);
  if (!cell)
    throw shapeError(
      hidden.name,
      t('Tensor {0} has shape [{1}, {2}]: not 1, 3 or 4 gates of H×H.', quote(hidden.name), rows, hiddenSize),
    );
  if (inputs.tensor.shape.join() !== `${rows},${inputSize}`) throw wrongShape(inputs, `[${rows}, ${inputSize}]`);
  parameters.set(`rnn.weight_ih${suffix}`, inputs.tensor);
  parameters.set(`rnn.weight_hh${suffix}`, hidden.tensor);
  for (const bias of [`bias_ih${suffix}`, `bias_hh${suffix}`]) {
    const found = recurrent.get(bias);
    if (found && found.tensor.shape.join() !== `${rows}`) throw wrongShape(found, `[${rows}]`);
    parameters.set(`rnn.${bias}`, found?.tensor ?? { shape: [rows], data: new Float32Array(rows) });
    recurrent.delete(bias);
  }
  recurrent.delete(`weight_ih${suffix}`);
  recurrent.delete(`weight_hh${suffix}`);
  return { cell, hiddenSize, directions: ['forward'] };
}

/** tanh unless the metadata's kind is `relu` or `irnn` (both cells are the same equation, they differ in their start). */
function cellOfGates(gates: number, kind: string | undefined): CellKind | null {
  if (gates === 4) return 'lstm';
  if (gates === 3) return 'gru';
  if (gates === 1) return kind === 'relu' || kind === 'irnn' ? 'relu' : 'tanh';
  return null;
}

/** One [V, features] matrix and at most one [V] vector of the same module may remain. */
function takeOutput(others: Tensors, parameters: ParameterSet, vocabularySize: number, features: number): void {
  const wanted = `${vocabularySize},${features}`;
  const candidates = [...others].filter(([, { shape }]) => shape.join() === wanted);
  const [output] = candidates;
  if (!output) {
    for (const name of others.keys())
      throw unexpected(name, t('no output layer of shape [{0}, {1}]', vocabularySize, features));
    throw new ModelFileError(
      'tensor-missing',
      t('The model lacks an output layer of shape [{0}, {1}].', vocabularySize, features),
      'out.weight',
    );
  }
  const [name, weight] = output;
  parameters.set('out.weight', weight);
  others.delete(name);
  const biasName = name.replace(/weight$/, 'bias');
  const bias = biasName === name ? undefined : others.get(biasName);
  if (bias && bias.shape.join() !== `${vocabularySize}`)
    throw wrongShape({ name: biasName, tensor: bias }, `[${vocabularySize}]`);
  parameters.set('out.bias', bias ?? { shape: [vocabularySize], data: new Float32Array(vocabularySize) });
  others.delete(biasName);
  for (const rest of others.keys()) throw unexpected(rest);
}

function foreignVocabulary(stored: string | undefined, given: readonly string[] | undefined, size: number): string[] {
  if (stored === undefined && given === undefined)
    throw new ModelFileError(
      'vocabulary-missing',
      t(
        'The model does not say which characters its {0} inputs stand for: it has no `__metadata__.vocab`. Give its vocabulary, {0} characters in order.',
        size,
      ),
    );
  const characters = stored === undefined ? checkVocabulary(given!) : readVocabulary(stored);
  if (characters.length !== size)
    throw new ModelFileError(
      'vocabulary-invalid',
      t('The vocabulary has {0} characters, the model {1}.', characters.length, size),
    );
  return characters;
}

function need(recurrent: Map<string, Found>, name: string): Found {
  const found = recurrent.get(name);
  if (found) return found;
  throw new ModelFileError(
    'tensor-missing',
    t("The model lacks the tensor “{0}”: it is not a recurrent network with PyTorch's names.", name),
    name,
  );
}

function matrix(name: string, { shape }: Tensor): { rows: number; columns: number } {
  const [rows, columns] = shape;
  if (shape.length !== 2 || !rows || !columns)
    throw shapeError(name, t('Tensor {0} has shape {1} where a matrix is needed.', quote(name), shapeText(shape)));
  return { rows, columns };
}

function shapeError(name: string, message: string): ModelFileError {
  return new ModelFileError('shape-mismatch', message, name);
}

function wrongShape({ name, tensor }: Found, needed: string): ModelFileError {
  return shapeError(
    name,
    t('Tensor {0} has shape {1} where {2} is needed.', quote(name), shapeText(tensor.shape), needed),
  );
}

function unexpected(
  name: string,
  why = t('it is no part of one recurrent stack over characters with an output layer'),
): ModelFileError {
  return new ModelFileError('tensor-unexpected', t('Tensor {0} cannot be used: {1}.', quote(name), why), name);
}
