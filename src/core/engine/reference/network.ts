/** A model's parameters in the papers' letters. A set of gradients has the same shape and is addressed the same way. */
import { type Cell, cells } from '../../model/cells/cell.ts';
import { featureSize, hasHighway, inputSize, parameterLayout } from '../../model/layout.ts';
import type { ModelSpec } from '../../model/spec.ts';
import type { ParameterSet } from '../../model/tensors.ts';

export interface Layer {
  cell: Cell;
  hiddenSize: number;
  inputSize: number;
  /** W_ih [G·H, inputSize], W_hh [G·H, H], b_ih and b_hh [G·H] */
  weightIh: Float64Array;
  weightHh: Float64Array;
  biasIh: Float64Array;
  biasHh: Float64Array;
  /** W_hw [H, inputSize], b_hw [H] */
  highway: { weight: Float64Array; bias: Float64Array } | null;
  /** Where this layer's output begins in what dense connections and a dense output layer read. */
  denseOffset: number;
}

export interface Network {
  spec: ModelSpec;
  layers: Layer[];
  /** W_out [V, F], b_out [V] */
  outWeight: Float64Array;
  outBias: Float64Array;
  featureSize: number;
}

/** A view: the network's arrays are the set's own. */
export function networkOf(spec: ModelSpec, parameters: ParameterSet): Network {
  const data = (name: string): Float64Array => parameters.get(name)!.data as Float64Array;
  let denseOffset = 0;
  const layers = spec.layers.map((layer, k): Layer => {
    const offset = denseOffset;
    denseOffset += layer.hiddenSize;
    return {
      cell: cells[layer.cell],
      hiddenSize: layer.hiddenSize,
      inputSize: inputSize(spec, k),
      weightIh: data(`rnn.weight_ih_l${k}`),
      weightHh: data(`rnn.weight_hh_l${k}`),
      biasIh: data(`rnn.bias_ih_l${k}`),
      biasHh: data(`rnn.bias_hh_l${k}`),
      highway: hasHighway(spec, k) ? { weight: data(`highway.weight_l${k}`), bias: data(`highway.bias_l${k}`) } : null,
      denseOffset: offset,
    };
  });
  return {
    spec,
    layers,
    outWeight: data('out.weight'),
    outBias: data('out.bias'),
    featureSize: featureSize(spec),
  };
}

/** A float64 copy, in layout order. */
export function toFloat64(spec: ModelSpec, parameters: ParameterSet): ParameterSet {
  return new Map(
    parameterLayout(spec).map(({ name, shape }) => [
      name,
      { shape, data: Float64Array.from(parameters.get(name)!.data) },
    ]),
  );
}

export function zerosLike(spec: ModelSpec): ParameterSet {
  return new Map(
    parameterLayout(spec).map(({ name, shape }) => [
      name,
      { shape, data: new Float64Array(shape.reduce((size, n) => size * n, 1)) },
    ]),
  );
}
