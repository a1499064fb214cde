/** Small models, windows and streams for engine tests, all seeded. */
import type { Stream, Update, Window } from '../../../../src/core/engine/engine.ts';
import { initialize } from '../../../../src/core/model/initialize.ts';
import type { CellKind, Connections, ModelSpec } from '../../../../src/core/model/spec.ts';
import type { ParameterSet } from '../../../../src/core/model/tensors.ts';
import { Random } from '../../../../src/core/random.ts';

export interface Sizes {
  cell: CellKind;
  layers?: number;
  hiddenSize: number;
  vocabularySize: number;
  connections?: Connections;
}

export function specOf({ cell, layers = 1, hiddenSize, vocabularySize, connections = 'none' }: Sizes): ModelSpec {
  return {
    formatVersion: 1,
    layers: Array.from({ length: layers }, () => ({ cell, hiddenSize, directions: ['forward'] })),
    connections,
    vocabulary: Array.from({ length: vocabularySize }, (_, v) => String.fromCodePoint(0x4e00 + v)),
    unknown: null,
  };
}

/** The default start with noise on everything, so that no bias or block is special. */
export function noisyParameters(spec: ModelSpec, seed: number, deviation = 0.2): ParameterSet {
  const parameters = initialize(spec, 'orthogonal', seed);
  const random = Random.derive(seed, 'noise');
  for (const { data } of parameters.values())
    for (let i = 0; i < data.length; i++) data[i]! += deviation * random.normal();
  return parameters;
}

/** Random characters with zero inputs, unscored places and starts of documents among them. */
export function randomWindow(spec: ModelSpec, time: number, batch: number, seed: number): Window {
  const random = Random.derive(seed, 'window');
  const V = spec.vocabulary.length;
  const fill = (value: () => number): number[] => Array.from({ length: time * batch }, value);
  const targets = Int32Array.from(fill(() => (random.next() < 0.1 ? -1 : random.below(V))));
  targets[targets.length - 1] = random.below(V);
  return {
    time,
    batch,
    inputs: Int32Array.from(fill(() => (random.next() < 0.1 ? -1 : random.below(V)))),
    targets,
    reset: Uint8Array.from(fill(() => (random.next() < 0.1 ? 1 : 0))),
  };
}

export function randomStream(spec: ModelSpec, length: number, seed: number): Stream {
  const { inputs, targets } = randomWindow(spec, length, 1, seed);
  return { inputs, targets, start: null };
}

export const adam: Update = {
  optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  learningRate: 0.01,
  clipNorm: 1,
  dropout: 0,
  dropoutSeed: 0,
};

/** ‖a−b‖/‖b‖, NaN in both at one place counting as equal; 0 where both are zero. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let size = 0;
  for (let i = 0; i < a.length; i++) {
    if (Number.isNaN(a[i]) && Number.isNaN(b[i])) continue;
    difference += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / size);
}

/** Largest relative error over all tensors, with the tensor's name for the message. */
export function worstTensor(a: ParameterSet, b: ParameterSet): { name: string; error: number } {
  let worst = { name: 'none', error: 0 };
  if ([...a.keys()].join() !== [...b.keys()].join()) return { name: 'names', error: Number.POSITIVE_INFINITY };
  for (const [name, { data }] of b) {
    const error = relativeError(a.get(name)!.data, data);
    if (!(error <= worst.error)) worst = { name, error };
  }
  return worst;
}
