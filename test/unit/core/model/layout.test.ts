import { describe, expect, it } from 'vitest';
import { countParameters } from '../../../../src/core/model/count.ts';
import { checkParameters, featureSize, inputSize, parameterLayout } from '../../../../src/core/model/layout.ts';
import type { ModelSpec } from '../../../../src/core/model/spec.ts';
import { validateFresh, validateSpec } from '../../../../src/core/model/validate.ts';
import { noisyParameters, type Sizes, specOf } from '../engine/models.ts';

const base: Sizes = { cell: 'lstm', layers: 3, hiddenSize: 5, vocabularySize: 7 };

describe('parameter layout', () => {
  it("has PyTorch's names, shapes and order", () => {
    const layout = parameterLayout(specOf({ ...base, layers: 2 }));
    expect(layout).toEqual([
      { name: 'rnn.weight_ih_l0', shape: [20, 7] },
      { name: 'rnn.weight_hh_l0', shape: [20, 5] },
      { name: 'rnn.bias_ih_l0', shape: [20] },
      { name: 'rnn.bias_hh_l0', shape: [20] },
      { name: 'rnn.weight_ih_l1', shape: [20, 5] },
      { name: 'rnn.weight_hh_l1', shape: [20, 5] },
      { name: 'rnn.bias_ih_l1', shape: [20] },
      { name: 'rnn.bias_hh_l1', shape: [20] },
      { name: 'out.weight', shape: [7, 5] },
      { name: 'out.bias', shape: [7] },
    ]);
  });

  it('dense layers read all layers before, and so does the output', () => {
    const spec = specOf({ ...base, connections: 'dense' });
    expect([0, 1, 2].map((k) => inputSize(spec, k))).toEqual([7, 5, 10]);
    expect(featureSize(spec)).toBe(15);
  });

  it('highway gates stand from the second layer on', () => {
    const names = parameterLayout(specOf({ ...base, connections: 'highway' })).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('highway'))).toEqual([
      'highway.weight_l1',
      'highway.bias_l1',
      'highway.weight_l2',
      'highway.bias_l2',
    ]);
  });

  it('two directions double what the next layer reads', () => {
    const spec = specOf({ ...base, layers: 2 });
    spec.layers[0]!.directions = ['forward', 'backward'];
    expect(inputSize(spec, 1)).toBe(10);
    expect(parameterLayout(spec)[4]).toEqual({ name: 'rnn.weight_ih_l0_reverse', shape: [20, 7] });
  });

  it('counts 5,454,926 parameters of 3×512 LSTM over 78 characters', () => {
    expect(countParameters(specOf({ cell: 'lstm', layers: 3, hiddenSize: 512, vocabularySize: 78 }))).toBe(5_454_926);
  });

  it('names the tensor that is missing, misshapen or has no place', () => {
    const spec = specOf(base);
    const parameters = noisyParameters(spec, 1);
    expect(() => checkParameters(spec, parameters)).not.toThrow();
    const { shape, data } = parameters.get('out.bias')!;
    parameters.set('out.bias', { shape: [1, 7], data });
    expect(() => checkParameters(spec, parameters)).toThrow(/out\.bias.*\[1, 7\].*\[7\]/);
    parameters.set('out.bias', { shape, data });
    parameters.set('extra', { shape, data });
    expect(() => checkParameters(spec, parameters)).toThrow(/extra/);
    parameters.delete('extra');
    parameters.delete('rnn.bias_hh_l2');
    expect(() => checkParameters(spec, parameters)).toThrow(/rnn\.bias_hh_l2/);
  });
});

describe('validation refuses with the reason', () => {
  const changed = (change: (spec: ModelSpec) => void, sizes: Partial<Sizes> = {}): ModelSpec => {
    const spec = specOf({ ...base, ...sizes });
    change(spec);
    return spec;
  };
  const nothing = (): void => {};

  it('accepts every cell with every connection', () => {
    for (const cell of ['tanh', 'relu', 'lstm', 'gru'] as const)
      for (const connections of ['none', 'residual', 'dense', 'highway'] as const)
        expect(() => validateFresh(specOf({ ...base, cell, connections }), 'orthogonal')).not.toThrow();
  });

  const wrong: [string, ModelSpec, RegExp][] = [
    ['another format', changed((s) => Object.assign(s, { formatVersion: 2 })), /version 2/],
    ['unknown connections', changed((s) => Object.assign(s, { connections: 'ring' })), /ring/],
    ['an unknown cell', changed((s) => Object.assign(s.layers[1]!, { cell: 'mlp' })), /Layer 1.*mlp/],
    ['no layers', changed((s) => s.layers.splice(0)), /at least one layer/],
    ['half a cell', changed((s) => Object.assign(s.layers[0]!, { hiddenSize: 2.5 })), /2\.5/],
    ['no cells', changed((s) => Object.assign(s.layers[0]!, { hiddenSize: 0 })), /at least 1/],
    ['one residual layer', changed(nothing, { layers: 1, connections: 'residual' }), /one layer/],
    ['one dense layer', changed(nothing, { layers: 1, connections: 'dense' }), /one layer/],
    [
      'residual layers of two sizes',
      changed((s) => Object.assign(s.layers[1]!, { hiddenSize: 6 }), { connections: 'residual' }),
      /5, 6, 5/,
    ],
    [
      'highway layers of two sizes',
      changed((s) => Object.assign(s.layers[1]!, { hiddenSize: 6 }), { connections: 'highway' }),
      /5, 6, 5/,
    ],
    ['an empty vocabulary', changed((s) => s.vocabulary.splice(0)), /vocabulary is empty/],
    ['a character twice', changed((s) => s.vocabulary.push(s.vocabulary[0]!)), /twice/],
    ['an <unk> outside', changed((s) => Object.assign(s, { unknown: 7 })), /index 7/],
  ];
  for (const [what, spec, reason] of wrong)
    it(what, () => {
      expect(() => validateSpec(spec)).toThrow(reason);
    });

  it('a new plain stack ends at four layers, a connected one at eight; read models may be deeper', () => {
    const deep = (layers: number, connections: 'none' | 'residual') => specOf({ ...base, layers, connections });
    expect(() => validateFresh(deep(4, 'none'), 'orthogonal')).not.toThrow();
    expect(() => validateFresh(deep(5, 'none'), 'orthogonal')).toThrow(/at most 4/);
    expect(() => validateFresh(deep(8, 'residual'), 'orthogonal')).not.toThrow();
    expect(() => validateFresh(deep(9, 'residual'), 'orthogonal')).toThrow(/8/);
    expect(() => validateSpec(deep(5, 'none'))).not.toThrow();
  });

  it('the identity start belongs to ReLU', () => {
    expect(() => validateFresh(specOf({ ...base, cell: 'relu' }), 'identity')).not.toThrow();
    expect(() => validateFresh(specOf(base), 'identity')).toThrow(/lstm/);
  });
});
