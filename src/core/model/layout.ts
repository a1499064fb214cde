/**
 * Which parameters a model has: names, shapes and order, from its specification alone.
 *
 * Layers and connections. h^k is the hidden state of layer k's cell, x^k what the layer reads, y^k what it gives on, all at
 * one time step; layer 0 reads the one-hot character. Dropout D acts between layers (on every y^k but the last).
 * - `none`:     x^k = D(y^{k−1}),                 y^k = h^k                               (stacked RNN; Graves 2013)
 * - `residual`: x^k = D(y^{k−1}),                 y^k = h^k + x^k for k ≥ 1               (He et al. 2016)
 * - `highway`:  x^k = D(y^{k−1}), for k ≥ 1       y^k = t∘h^k + (1−t)∘x^k,
 *               t = σ(W_hw x^k + b_hw)                                                    (Srivastava et al. 2015)
 * - `dense`:    x^k = [D(y^0); …; D(y^{k−1})] for k ≥ 1, y^k = h^k, and the output layer reads
 *               [D(y^0); …; D(y^{L−2}); y^{L−1}], earliest layer first                    (Huang et al. 2017)
 * Everywhere else the output layer reads y^{L−1}: logits = W_out·features + b_out.
 */

import { t } from '../words.ts';
import { gateCount, type LayerSpec, type ModelSpec } from './spec.ts';
import type { ParameterSet } from './tensors.ts';

export interface ParameterShape {
  name: string;
  shape: number[];
}

/** Width of y^k: H, twice that where a layer reads in both directions. */
export function outputSize(layer: LayerSpec): number {
  return layer.hiddenSize * layer.directions.length;
}

/** Width of x^k: V for layer 0. */
export function inputSize(spec: ModelSpec, layer: number): number {
  if (layer === 0) return spec.vocabulary.length;
  if (spec.connections === 'dense') return sum(spec.layers.slice(0, layer).map(outputSize));
  return outputSize(spec.layers[layer - 1]!);
}

/** Width of what the output layer reads. */
export function featureSize(spec: ModelSpec): number {
  if (spec.connections === 'dense') return sum(spec.layers.map(outputSize));
  return outputSize(spec.layers.at(-1)!);
}

/** True where layer k has a highway gate. */
export function hasHighway(spec: ModelSpec, layer: number): boolean {
  return spec.connections === 'highway' && layer > 0;
}

/** All parameters in the order in which every engine, file and optimiser keeps them (see {@link ParameterSet}). */
export function parameterLayout(spec: ModelSpec): ParameterShape[] {
  const layout: ParameterShape[] = [];
  spec.layers.forEach((layer, k) => {
    const rows = gateCount[layer.cell] * layer.hiddenSize;
    for (const direction of layer.directions) {
      const suffix = direction === 'forward' ? `l${k}` : `l${k}_reverse`;
      layout.push(
        { name: `rnn.weight_ih_${suffix}`, shape: [rows, inputSize(spec, k)] },
        { name: `rnn.weight_hh_${suffix}`, shape: [rows, layer.hiddenSize] },
        { name: `rnn.bias_ih_${suffix}`, shape: [rows] },
        { name: `rnn.bias_hh_${suffix}`, shape: [rows] },
      );
    }
    if (hasHighway(spec, k)) {
      layout.push(
        { name: `highway.weight_l${k}`, shape: [outputSize(layer), inputSize(spec, k)] },
        { name: `highway.bias_l${k}`, shape: [outputSize(layer)] },
      );
    }
  });
  layout.push(
    { name: 'out.weight', shape: [spec.vocabulary.length, featureSize(spec)] },
    { name: 'out.bias', shape: [spec.vocabulary.length] },
  );
  return layout;
}

/** Throws where a parameter is missing, misshapen or unknown to the specification; the message names it and both shapes. */
export function checkParameters(spec: ModelSpec, parameters: ParameterSet): void {
  const layout = parameterLayout(spec);
  for (const { name, shape } of layout) {
    const tensor = parameters.get(name);
    if (!tensor) throw new Error(t('The model has no tensor "{0}". It does not belong to this specification.', name));
    if (tensor.shape.join() !== shape.join() || tensor.data.length !== elements(shape))
      throw new Error(
        t(
          'The tensor "{0}" has shape [{1}] with {2} values; the specification needs [{3}].',
          name,
          tensor.shape.join(', '),
          tensor.data.length,
          shape.join(', '),
        ),
      );
  }
  if (parameters.size === layout.length) return;
  const known = new Set(layout.map((entry) => entry.name));
  for (const name of parameters.keys())
    if (!known.has(name)) throw new Error(t(`The model's specification has no place for the tensor "{0}".`, name));
}

/** Number of values of a tensor. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
