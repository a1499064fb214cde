import type { Connections, Init, ModelSpec } from './spec.ts';

/** A specification that makes no model; the message gives the reason and the way out. */
export class SpecError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SpecError';
  }
}

const cells = new Set(['tanh', 'relu', 'lstm', 'gru']);
const connectionKinds = new Set<Connections>(['none', 'residual', 'dense', 'highway']);
/** Plain stacks stop learning beyond four layers; connections carry eight. */
const maxPlainLayers = 4;
const maxConnectedLayers = 8;

/** Throws a {@link SpecError} where the specification contradicts itself: for every model, new or read from a file. */
export function validateSpec(spec: ModelSpec): void {
  const { layers, connections, vocabulary, unknown } = spec;
  if (spec.formatVersion !== 1)
    refuse(`The model has format version ${String(spec.formatVersion)}; this version of Cellscope reads version 1.`);
  if (!connectionKinds.has(connections))
    refuse(`Unknown connections "${String(connections)}". Choose none, residual, dense or highway.`);
  if (layers.length < 1) refuse('A model needs at least one layer.');
  if (connections !== 'none' && layers.length === 1)
    refuse(`${capital(connections)} connections join layers, and there is one layer. Choose two or more, or "none".`);
  layers.forEach((layer, k) => {
    if (!cells.has(layer.cell))
      refuse(`Layer ${k} has an unknown cell "${String(layer.cell)}": tanh, relu, lstm or gru.`);
    if (!Number.isInteger(layer.hiddenSize) || layer.hiddenSize < 1)
      refuse(`Layer ${k} has ${String(layer.hiddenSize)} cells: a whole number of at least 1 is needed.`);
    const directions = layer.directions.join();
    if (directions !== 'forward' && directions !== 'forward,backward')
      refuse(`Layer ${k} reads in the directions "${directions}": "forward" or "forward,backward" is needed.`);
  });
  if (connections === 'residual' || connections === 'highway') {
    const widths = layers.map((layer) => layer.hiddenSize * layer.directions.length);
    if (new Set(widths).size > 1)
      refuse(
        `${capital(connections)} connections add a layer's input to its output, so all layers need one size, not ${widths.join(', ')}. Use equal sizes or dense connections.`,
      );
  }
  if (vocabulary.length < 1) refuse('The vocabulary is empty: the text has no characters to learn.');
  if (new Set(vocabulary).size !== vocabulary.length) refuse('The vocabulary holds a character twice.');
  if (unknown !== null && !(Number.isInteger(unknown) && unknown >= 0 && unknown < vocabulary.length))
    refuse(`The index ${String(unknown)} of <unk> lies outside the vocabulary of ${vocabulary.length} characters.`);
}

/**
 * Throws a {@link SpecError} where this specification and start make no sensible new model. Stricter than
 * {@link validateSpec}: a deeper stack that someone else trained may be read.
 */
export function validateFresh(spec: ModelSpec, init: Init): void {
  validateSpec(spec);
  const { layers, connections } = spec;
  if (connections === 'none' && layers.length > maxPlainLayers)
    refuse(
      `${layers.length} layers without connections do not train well: at most ${maxPlainLayers}. Choose residual, dense or highway connections for up to ${maxConnectedLayers}.`,
    );
  if (layers.length > maxConnectedLayers) refuse(`At most ${maxConnectedLayers} layers, not ${layers.length}.`);
  const wrong = layers.find((layer) => layer.cell !== 'relu');
  if (init === 'identity' && wrong)
    refuse(`The identity start belongs to ReLU RNNs (IRNN); a ${wrong.cell} layer takes orthogonal or uniform.`);
}

function refuse(reason: string): never {
  throw new SpecError(reason);
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
