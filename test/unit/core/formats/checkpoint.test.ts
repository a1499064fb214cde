import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from '../../../../src/core/formats/checkpoint.ts';
import { ModelFileError } from '../../../../src/core/formats/model-file-error.ts';
import { writeSafetensors } from '../../../../src/core/formats/safetensors.ts';
import { elements, parameterLayout } from '../../../../src/core/model/layout.ts';
import type { ModelSpec } from '../../../../src/core/model/spec.ts';
import type { ParameterSet, Tensor } from '../../../../src/core/model/tensors.ts';
import { Random } from '../../../../src/core/random.ts';

const random = new Random(7);
function tensor(...shape: number[]): Tensor {
  const data = new Float32Array(elements(shape));
  for (let i = 0; i < data.length; i++) data[i] = random.normal();
  return { shape, data };
}

function parametersOf(spec: ModelSpec): ParameterSet {
  return new Map(parameterLayout(spec).map(({ name, shape }) => [name, tensor(...shape)]));
}

const highway: ModelSpec = {
  formatVersion: 1,
  layers: [
    { cell: 'lstm', hiddenSize: 3, directions: ['forward'] },
    { cell: 'gru', hiddenSize: 3, directions: ['forward'] },
  ],
  connections: 'highway',
  vocabulary: ['<unk>', 'a', '😀', '\n', '"'],
  unknown: 0,
};

/** A foreign file: PyTorch's tensors of a stack under `prefix`. */
function foreign(
  gates: number,
  { prefix = 'rnn.', layers = 1, hidden = 2, size = 3, bias = true, output = 'fc' } = {},
): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (let k = 0; k < layers; k++) {
    tensors.set(`${prefix}weight_ih_l${k}`, tensor(gates * hidden, k === 0 ? size : hidden));
    tensors.set(`${prefix}weight_hh_l${k}`, tensor(gates * hidden, hidden));
    if (!bias) continue;
    tensors.set(`${prefix}bias_ih_l${k}`, tensor(gates * hidden));
    tensors.set(`${prefix}bias_hh_l${k}`, tensor(gates * hidden));
  }
  tensors.set(`${output}.weight`, tensor(size, hidden));
  if (bias) tensors.set(`${output}.bias`, tensor(size));
  return tensors;
}
const vocab = new Map([['vocab', '["a","b","\\n"]']]);

function faultOf(run: () => unknown): { code: string; tensor: string | null } {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ModelFileError);
    const { code, tensor } = error as ModelFileError;
    return { code, tensor };
  }
  return { code: 'none', tensor: null };
}

describe('own checkpoints', () => {
  it('come back with the same specification, order and bits', () => {
    const parameters = parametersOf(highway);
    const back = decodeCheckpoint(encodeCheckpoint(highway, parameters));
    expect(back.own).toBe(true);
    expect(back.spec).toEqual(highway);
    expect([...back.parameters]).toEqual([...parameters]);
  });

  it('write float64 weights of the reference engine as float32', () => {
    const parameters = parametersOf(highway);
    const wide: ParameterSet = new Map(
      [...parameters].map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }]),
    );
    expect([...decodeCheckpoint(encodeCheckpoint(highway, wide)).parameters]).toEqual([...parameters]);
  });

  it('name what is missing, misshapen, unexpected or not finite', () => {
    const rewrite = (change: (parameters: ParameterSet) => void): (() => unknown) => {
      const parameters = parametersOf(highway);
      change(parameters);
      return () => decodeCheckpoint(encodeCheckpoint(highway, parameters));
    };
    expect(faultOf(rewrite((p) => p.delete('highway.bias_l1')))).toEqual({
      code: 'tensor-missing',
      tensor: 'highway.bias_l1',
    });
    expect(faultOf(rewrite((p) => p.set('out.bias', tensor(4))))).toEqual({
      code: 'shape-mismatch',
      tensor: 'out.bias',
    });
    expect(faultOf(rewrite((p) => p.set('extra', tensor(1))))).toEqual({ code: 'tensor-unexpected', tensor: 'extra' });
    const nan = rewrite((p) => {
      p.get('rnn.weight_hh_l1')!.data[5] = Number.NaN;
    });
    expect(faultOf(nan)).toEqual({ code: 'non-finite', tensor: 'rnn.weight_hh_l1' });
  });

  it('refuse hostile or newer metadata by name', () => {
    const withSpec = (spec: string, vocabulary = '["a"]'): (() => unknown) => {
      const metadata = new Map([
        ['spec', spec],
        ['vocab', vocabulary],
      ]);
      return () => decodeCheckpoint(writeSafetensors(new Map(), metadata));
    };
    expect(faultOf(withSpec('{')).code).toBe('metadata-invalid');
    expect(faultOf(withSpec('{"formatVersion":2}')).code).toBe('version-unknown');
    expect(faultOf(withSpec('{"formatVersion":1,"layers":[],"connections":"none"}')).code).toBe('metadata-invalid');
    const layer = '{"cell":"lstm","hiddenSize":1e9,"directions":["forward"]}';
    expect(faultOf(withSpec(`{"formatVersion":1,"layers":[${layer}],"connections":"none"}`)).code).toBe(
      'metadata-invalid',
    );
    const good =
      '{"formatVersion":1,"layers":[{"cell":"tanh","hiddenSize":1,"directions":["forward"]}],"connections":"none"}';
    expect(faultOf(withSpec(good, '["ab"]')).code).toBe('vocabulary-invalid');
    expect(faultOf(withSpec(good, '["a","a"]')).code).toBe('vocabulary-invalid');
    expect(faultOf(withSpec(good, '{"0":"a"}')).code).toBe('vocabulary-invalid');
    expect(faultOf(withSpec(good)).code).toBe('tensor-missing');
    faultOf(withSpec('{"__proto__":{"formatVersion":1,"polluted":true}}'));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('foreign checkpoints', () => {
  for (const [gates, kind, cell] of [
    [4, undefined, 'lstm'],
    [3, undefined, 'gru'],
    [1, undefined, 'tanh'],
    [1, 'tanh', 'tanh'],
    [1, 'relu', 'relu'],
    [1, 'irnn', 'relu'],
  ] as const) {
    it(`with ${gates} gate(s) and kind ${kind} are ${cell}`, () => {
      const tensors = foreign(gates, { prefix: 'model.encoder.', layers: 2 });
      const metadata = new Map(vocab);
      if (kind) metadata.set('kind', kind);
      const { spec, parameters, own } = decodeCheckpoint(writeSafetensors(tensors, metadata));
      expect(own).toBe(false);
      expect(spec.layers).toEqual([
        { cell, hiddenSize: 2, directions: ['forward'] },
        { cell, hiddenSize: 2, directions: ['forward'] },
      ]);
      expect(spec.vocabulary).toEqual(['a', 'b', '\n']);
      expect([...parameters.keys()]).toEqual(parameterLayout(spec).map(({ name }) => name));
      expect(parameters.get('rnn.weight_hh_l1')).toEqual(tensors.get('model.encoder.weight_hh_l1'));
      expect(parameters.get('out.weight')).toEqual(tensors.get('fc.weight'));
    });
  }

  it('are read with no prefix, in both directions, and with biases missing as zeros', () => {
    const tensors = foreign(4, { prefix: '', bias: false });
    const one = decodeCheckpoint(writeSafetensors(tensors, vocab));
    expect([...one.parameters.get('rnn.bias_hh_l0')!.data]).toEqual(new Array(8).fill(0));
    expect([...one.parameters.get('out.bias')!.data]).toEqual([0, 0, 0]);
    tensors.set('weight_ih_l0_reverse', tensor(8, 3));
    tensors.set('weight_hh_l0_reverse', tensor(8, 2));
    tensors.set('fc.weight', tensor(3, 4));
    const { spec, parameters } = decodeCheckpoint(writeSafetensors(tensors, vocab));
    expect(spec.layers).toEqual([{ cell: 'lstm', hiddenSize: 2, directions: ['forward', 'backward'] }]);
    expect([...parameters.keys()]).toEqual(parameterLayout(spec).map(({ name }) => name));
  });

  it('ask for a vocabulary that they lack, and check it', () => {
    const bytes = writeSafetensors(foreign(4), new Map());
    expect(faultOf(() => decodeCheckpoint(bytes)).code).toBe('vocabulary-missing');
    expect(faultOf(() => decodeCheckpoint(bytes, ['a', 'b'])).code).toBe('vocabulary-invalid');
    const { spec } = decodeCheckpoint(bytes, ['a', '<unk>', 'c']);
    expect(spec.unknown).toBe(1);
  });

  it('are refused by the tensor that does not fit', () => {
    const refusal = (change: (tensors: Map<string, Tensor>) => void) => {
      const tensors = foreign(4);
      change(tensors);
      return faultOf(() => decodeCheckpoint(writeSafetensors(tensors, vocab)));
    };
    expect(refusal((t) => t.set('embedding.weight', tensor(3, 5)))).toEqual({
      code: 'tensor-unexpected',
      tensor: 'embedding.weight',
    });
    expect(refusal((t) => t.set('rnn.weight_hr_l0', tensor(1, 2)))).toEqual({
      code: 'tensor-unexpected',
      tensor: 'rnn.weight_hr_l0',
    });
    expect(refusal((t) => t.set('other.weight_ih_l0', tensor(8, 3)))).toEqual({
      code: 'tensor-unexpected',
      tensor: 'other.weight_ih_l0',
    });
    expect(refusal((t) => t.set('rnn.weight_ih_l2', tensor(8, 2)))).toEqual({
      code: 'tensor-unexpected',
      tensor: 'rnn.weight_ih_l2',
    });
    expect(refusal((t) => t.set('rnn.bias_hh_l0', tensor(7)))).toEqual({
      code: 'shape-mismatch',
      tensor: 'rnn.bias_hh_l0',
    });
    expect(refusal((t) => t.set('rnn.weight_hh_l0', tensor(10, 2)))).toEqual({
      code: 'shape-mismatch',
      tensor: 'rnn.weight_hh_l0',
    });
    expect(refusal((t) => t.delete('rnn.weight_hh_l0'))).toEqual({ code: 'tensor-missing', tensor: 'weight_hh_l0' });
    expect(refusal((t) => t.delete('fc.weight')).tensor).toBe('fc.bias');
    expect(refusal((t) => t.set('fc.bias', tensor(4)))).toEqual({ code: 'shape-mismatch', tensor: 'fc.bias' });
  });
});
