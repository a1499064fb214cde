import { t } from '../words.ts';
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
    refuse(
      t('The model has format version {0}; this version of Cellscope reads version 1.', String(spec.formatVersion)),
    );
  if (!connectionKinds.has(connections))
    refuse(t('Unknown connections "{0}". Choose none, residual, dense or highway.', String(connections)));
  if (layers.length < 1) refuse(t('A model needs at least one layer.'));
  if (connections !== 'none' && layers.length === 1)
    refuse(
      t('{0} connections join layers, and there is one layer. Choose two or more, or "none".', capital(connections)),
    );
  layers.forEach((layer, k) => {
    if (!cells.has(layer.cell))
      refuse(t('Layer {0} has an unknown cell "{1}": tanh, relu, lstm or gru.', k, String(layer.cell)));
    if (!Number.isInteger(layer.hiddenSize) || layer.hiddenSize < 1)
      refuse(t('Layer {0} has {1} cells: a whole number of at least 1 is needed.', k, String(layer.hiddenSize)));
    const directions = layer.directions.join();
    if (directions !== 'forward' && directions !== 'forward,backward')
      refuse(t('Layer {0} reads in the directions "{1}": "forward" or "forward,backward" is needed.', k, directions));
  });
  if (connections === 'residual' || connections === 'highway') {
    const widths = layers.map((layer) => layer.hiddenSize * layer.directions.length);
    if (new Set(widths).size > 1)
      refuse(
        t(
          "{0} connections add a layer's input to its output, so all layers need one size, not {1}. Use equal sizes or dense connections.",
          capital(connections),
          widths.join(', '),
        ),
      );
  }
  if (vocabulary.length < 1) refuse(t('The vocabulary is empty: the text has no characters to learn.'));
  if (new Set(vocabulary).size !== vocabulary.length) refuse(t('The vocabulary holds a character twice.'));
  if (unknown !== null && !(Number.isInteger(unknown) && unknown >= 0 && unknown < vocabulary.length))
    refuse(
      t('The index {0} of <unk> lies outside the vocabulary of {1} characters.', String(unknown), vocabulary.length),
    );
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
      t(
        '{0} layers without connections do not train well: at most {1}. Choose residual, dense or highway connections for up to {2}.',
        layers.length,
        maxPlainLayers,
        maxConnectedLayers,
      ),
    );
  if (layers.length > maxConnectedLayers) refuse(t('At most {0} layers, not {1}.', maxConnectedLayers, layers.length));
  const wrong = layers.find((layer) => layer.cell !== 'relu');
  if (init === 'identity' && wrong)
    refuse(t('The identity start belongs to ReLU RNNs (IRNN); a {0} layer takes orthogonal or uniform.', wrong.cell));
}

function refuse(reason: string): never {
  throw new SpecError(reason);
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
