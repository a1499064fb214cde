import { describe, expect, it } from 'vitest';
import { encodeCheckpoint } from '../../../../src/core/formats/checkpoint.ts';
import { describeModel } from '../../../../src/core/formats/model-description.ts';
import { ModelFileError } from '../../../../src/core/formats/model-file-error.ts';
import { writeSafetensors } from '../../../../src/core/formats/safetensors.ts';
import { headerEnd, readSafetensorsHeader } from '../../../../src/core/formats/safetensors-header.ts';
import { parameterLayout } from '../../../../src/core/model/layout.ts';
import type { ModelSpec } from '../../../../src/core/model/spec.ts';
import type { Tensor } from '../../../../src/core/model/tensors.ts';

const tensor = (...shape: number[]): Tensor => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });

/** As PyTorch names an LSTM of 4 cells over 3 characters. */
function foreign(gates = 4): Map<string, Tensor> {
  return new Map([
    ['net.weight_ih_l0', tensor(4 * gates, 3)],
    ['net.weight_hh_l0', tensor(4 * gates, 4)],
    ['net.bias_ih_l0', tensor(4 * gates)],
    ['net.bias_hh_l0', tensor(4 * gates)],
    ['fc.weight', tensor(3, 4)],
    ['fc.bias', tensor(3)],
  ]);
}

/** Reads only the bytes of the header: the rest of the file stays unread. */
function described(file: Uint8Array) {
  const end = headerEnd(file.subarray(0, 8), file.length);
  return describeModel(readSafetensorsHeader(file.slice(0, end), file.length));
}

function refusal(file: Uint8Array): ModelFileError {
  try {
    described(file);
  } catch (error) {
    expect(error).toBeInstanceOf(ModelFileError);
    return error as ModelFileError;
  }
  throw new Error('It was accepted.');
}

describe("a model's description from its header alone", () => {
  it("of Cellscope's own file", () => {
    const spec: ModelSpec = {
      formatVersion: 1,
      layers: [{ cell: 'gru', hiddenSize: 5, directions: ['forward'] }],
      connections: 'none',
      vocabulary: ['a', '\n', '<unk>'],
      unknown: 2,
    };
    const parameters = new Map(parameterLayout(spec).map(({ name, shape }) => [name, tensor(...shape)]));
    expect(described(encodeCheckpoint(spec, parameters))).toEqual({
      own: true,
      layers: spec.layers,
      connections: 'none',
      vocabularySize: 3,
      vocabulary: spec.vocabulary,
    });
  });

  it('of a file that PyTorch wrote, by its number of gates', () => {
    for (const [gates, cell] of [
      [1, 'tanh'],
      [3, 'gru'],
      [4, 'lstm'],
    ] as const) {
      const file = writeSafetensors(foreign(gates), new Map([['vocab', '["a","b","c"]']]));
      const { layers, vocabulary, own } = described(file);
      expect([layers, vocabulary, own]).toEqual([
        [{ cell, hiddenSize: 4, directions: ['forward'] }],
        ['a', 'b', 'c'],
        false,
      ]);
    }
  });

  it('of one that leaves its vocabulary out', () => {
    expect(described(writeSafetensors(foreign(), new Map()))).toMatchObject({ vocabularySize: 3, vocabulary: null });
  });

  it('refuses anything else and names the tensor', () => {
    const transformer = new Map([['h.0.attn.weight', tensor(4, 4)]]);
    expect(refusal(writeSafetensors(transformer, new Map())).message).toMatch(/weight_ih_l0/);
    const extra = foreign().set('embedding.weight', tensor(3, 3));
    expect(refusal(writeSafetensors(extra, new Map())).tensor).toBe('embedding.weight');
    const own = new Map([['spec', '{"formatVersion":1,"layers":[]}']]);
    expect(refusal(writeSafetensors(foreign(), own)).code).toBe('metadata-invalid');
  });

  it('refuses values that are no floats, and names the tensor', () => {
    const file = writeSafetensors(new Map([['ids', tensor(2)]]), new Map());
    const text = new TextDecoder('latin1').decode(file).replace('"F32"', '"I32"');
    const integers = Uint8Array.from(text, (char) => char.charCodeAt(0));
    expect(refusal(integers)).toMatchObject({ code: 'dtype-unsupported', tensor: 'ids' });
  });
});
