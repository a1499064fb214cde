/**
 * Warm start: a training begins from the weights of a base model that has read other text, instead of random ones. Layers are taken as
 * they are; the vocabulary differs, so the columns of `rnn.weight_ih_l0` and the rows of `out` move to the places that their characters
 * have in the new one. A character that the base does not know starts as in a fresh network.
 */
import type { Corpus } from '../corpus/corpus.ts';
import { Vocabulary } from '../corpus/vocabulary.ts';
import { decodeCheckpoint } from '../formats/checkpoint.ts';
import { sha256OfBytes } from '../formats/digest.ts';
import type { StartManifest } from '../formats/manifest.ts';
import { initialize } from '../model/initialize.ts';
import type { ModelSpec } from '../model/spec.ts';
import type { ParameterSet, Tensor } from '../model/tensors.ts';
import { t } from '../words.ts';
import { initOf, specOf } from './model-of-options.ts';
import type { TrainingOptions } from './options.ts';

/** A model that a training may start from. */
export interface BaseModel {
  /** As the run's manifest names it. */
  name: string;
  /** Of the file, hex. */
  sha256: string;
  spec: ModelSpec;
  parameters: ParameterSet;
}

/** Starting weights, and the words of the manifest about where they come from. */
export interface WarmStart {
  parameters: ParameterSet;
  origin: StartManifest;
}

/** Of the characters to train on so many must be known to the base: what it learned is about them. */
const leastKnown = 0.9;
/** UTF-16 units of the training text that are looked at for it. */
const lookedAt = 1_000_000;

/** Throws ModelFileError where the bytes are no model. */
export async function readBaseModel(name: string, bytes: Uint8Array): Promise<BaseModel> {
  const { spec, parameters } = decodeCheckpoint(bytes);
  return { name, sha256: await sha256OfBytes(bytes), spec, parameters };
}

/** Why a training of these options on this text cannot start from the base, as the end of a sentence; null where it can. */
export function misfitOf(base: BaseModel, options: TrainingOptions, corpus: Corpus): string | null {
  const { layers, connections } = specOf(options, corpus.vocabulary);
  const same =
    connections === base.spec.connections &&
    layers.length === base.spec.layers.length &&
    layers.every(({ cell, hiddenSize, directions }, k) => {
      const other = base.spec.layers[k]!;
      return cell === other.cell && hiddenSize === other.hiddenSize && directions.length === other.directions.length;
    });
  if (!same)
    return t(
      'the base model is another network: {0} instead of {1}',
      shapeOf(base.spec),
      shapeOf({ layers, connections }),
    );
  const known = knownShare(base, corpus);
  if (known < leastKnown)
    return t(
      "the base model knows {0} % of the text's characters, and at least {1} % are needed",
      Math.floor(100 * known),
      100 * leastKnown,
    );
  return null;
}

/**
 * Starting weights over the corpus's vocabulary. The base must fit. New characters draw what `initialize` gives them for the seed, but
 * for the output bias: it is the base's lowest, as a character is rare until it was seen.
 */
export function warmStart(base: BaseModel, options: TrainingOptions, corpus: Corpus): WarmStart {
  const spec = specOf(options, corpus.vocabulary);
  const parameters = initialize(spec, initOf(options), options.seed);
  const at = new Map(base.spec.vocabulary.map((character, index) => [character, index]));
  /** [V] index in the base of each character here, −1 where it has none. */
  const from = Int32Array.from(spec.vocabulary, (character) => at.get(character) ?? -1);
  for (const [name, tensor] of base.parameters) {
    const target = parameters.get(name)!;
    if (name.startsWith('rnn.weight_ih_l0')) copyColumns(tensor, target, from);
    else if (name === 'out.weight') copyRows(tensor, target, from);
    else if (name === 'out.bias') {
      target.data.fill(Math.min(...tensor.data));
      copyRows(tensor, target, from);
    } else target.data.set(tensor.data);
  }
  const fresh = from.reduce((count, index) => count + (index < 0 ? 1 : 0), 0);
  const origin = { name: base.name, sha256: base.sha256, mapped: from.length - fresh, fresh };
  return { parameters, origin };
}

/** [R, V₀] → [R, V]. */
function copyColumns({ shape, data }: Tensor, target: Tensor, from: Int32Array): void {
  const [rows, width] = shape as [number, number];
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < from.length; k++)
      if (from[k]! >= 0) target.data[row * from.length + k] = data[row * width + from[k]!]!;
}

/** [V₀, F] → [V, F], or [V₀] → [V]. */
function copyRows({ shape, data }: Tensor, target: Tensor, from: Int32Array): void {
  const width = shape[1] ?? 1;
  for (let k = 0; k < from.length; k++)
    if (from[k]! >= 0) target.data.set(data.subarray(from[k]! * width, (from[k]! + 1) * width), k * width);
}

/** Share of the characters to train on that have a place of their own in the base, from the beginning of the documents. */
function knownShare({ spec }: BaseModel, corpus: Corpus): number {
  const vocabulary = new Vocabulary(spec.vocabulary, spec.unknown);
  let characters = 0;
  let unknown = 0;
  for (const { side, text } of corpus.documents) {
    if (side !== 'train') continue;
    const part = text.slice(0, lookedAt - characters);
    characters += part.length;
    unknown += vocabulary.countUnknown(part);
    if (characters >= lookedAt) break;
  }
  return characters === 0 ? 1 : 1 - unknown / characters;
}

function shapeOf({ layers, connections }: Pick<ModelSpec, 'layers' | 'connections'>): string {
  const sizes = layers.map(({ cell, hiddenSize }) => `${cell} ${hiddenSize}`).join(' + ');
  return connections === 'none' ? sizes : `${sizes}, ${connections}`;
}
