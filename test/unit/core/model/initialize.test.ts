import { describe, expect, it } from 'vitest';
import { initialize, orthogonal } from '../../../../src/core/model/initialize.ts';
import { Random } from '../../../../src/core/random.ts';
import { specOf } from '../engine/models.ts';

const lstm = specOf({ cell: 'lstm', layers: 2, hiddenSize: 16, vocabularySize: 9 });

/** Largest |Q Qᵀ − I| of a [size, size] block. */
function orthogonality(block: ArrayLike<number>, size: number): number {
  let worst = 0;
  for (let a = 0; a < size; a++)
    for (let b = 0; b < size; b++) {
      let dot = 0;
      for (let j = 0; j < size; j++) dot += block[a * size + j]! * block[b * size + j]!;
      worst = Math.max(worst, Math.abs(dot - (a === b ? 1 : 0)));
    }
  return worst;
}

function moments(data: ArrayLike<number>): { mean: number; deviation: number; largest: number } {
  const values = Array.from(data);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance), largest: Math.max(...values.map(Math.abs)) };
}

describe('starting weights', () => {
  it('a random orthogonal matrix is orthogonal, of any size', () => {
    for (const size of [1, 2, 7, 64]) expect(orthogonality(orthogonal(size, new Random(3)), size)).toBeLessThan(1e-12);
  });

  it('orthogonal: every gate block of every layer, each its own', () => {
    const parameters = initialize(lstm, 'orthogonal', 1);
    for (const k of [0, 1]) {
      const { data } = parameters.get(`rnn.weight_hh_l${k}`)!;
      const blocks = [0, 1, 2, 3].map((gate) => data.subarray(gate * 256, (gate + 1) * 256));
      for (const block of blocks) expect(orthogonality(block, 16)).toBeLessThan(1e-6);
      expect(new Set(blocks.map((block) => block[0])).size).toBe(4);
    }
  });

  it('the forget bias is 1 in total, for every start of an LSTM', () => {
    for (const init of ['orthogonal', 'uniform'] as const) {
      const parameters = initialize(lstm, init, 1);
      const ih = parameters.get('rnn.bias_ih_l1')!.data;
      const hh = parameters.get('rnn.bias_hh_l1')!.data;
      for (let j = 16; j < 32; j++) expect(ih[j]! + hh[j]!).toBe(1);
      for (const j of [0, 40, 60]) expect(Math.abs(ih[j]! + hh[j]!)).toBeLessThanOrEqual(0.16);
    }
    const gru = initialize(specOf({ cell: 'gru', hiddenSize: 4, vocabularySize: 9 }), 'orthogonal', 1);
    expect(new Set(gru.get('rnn.bias_ih_l0')!.data)).toEqual(new Set([0]));
  });

  it('uniform: U(±0.08)', () => {
    const { data } = initialize(specOf({ cell: 'tanh', hiddenSize: 64, vocabularySize: 9 }), 'uniform', 1).get(
      'rnn.weight_hh_l0',
    )!;
    const { mean, deviation, largest } = moments(data);
    expect(largest).toBeLessThanOrEqual(Math.fround(0.08));
    expect(largest).toBeGreaterThan(0.079);
    expect(Math.abs(mean)).toBeLessThan(0.003);
    expect(deviation).toBeCloseTo(0.08 / Math.sqrt(3), 2);
  });

  it('identity: W_hh = I, zero biases, input weights of deviation 0.001', () => {
    const parameters = initialize(
      specOf({ cell: 'relu', layers: 2, hiddenSize: 8, vocabularySize: 99 }),
      'identity',
      1,
    );
    for (const k of [0, 1]) {
      const { data } = parameters.get(`rnn.weight_hh_l${k}`)!;
      expect([...data]).toEqual(Array.from({ length: 64 }, (_, i) => (i % 9 === 0 ? 1 : 0)));
      expect(new Set(parameters.get(`rnn.bias_hh_l${k}`)!.data)).toEqual(new Set([0]));
    }
    expect(moments(parameters.get('rnn.weight_ih_l0')!.data).deviation).toBeCloseTo(0.001, 4);
  });

  it('elsewhere: N(0, 1) over characters, N(0, 4/inputs) above, highway gates towards carrying', () => {
    const spec = specOf({ cell: 'gru', layers: 2, hiddenSize: 64, vocabularySize: 50, connections: 'highway' });
    const parameters = initialize(spec, 'orthogonal', 1);
    const deviation = (name: string): number => moments(parameters.get(name)!.data).deviation;
    expect(deviation('rnn.weight_ih_l0')).toBeCloseTo(1, 1);
    expect(deviation('rnn.weight_ih_l1')).toBeCloseTo(0.25, 2);
    expect(deviation('out.weight')).toBeCloseTo(0.25, 2);
    expect(deviation('highway.weight_l1')).toBeCloseTo(0.125, 2);
    expect(new Set(parameters.get('highway.bias_l1')!.data)).toEqual(new Set([-1]));
    expect(new Set(parameters.get('out.bias')!.data)).toEqual(new Set([0]));
  });

  it('the same seed gives the same weights, another seed others, and layers do not disturb each other', () => {
    const one = initialize(lstm, 'orthogonal', 7);
    expect(initialize(lstm, 'orthogonal', 7)).toEqual(one);
    const other = initialize(lstm, 'orthogonal', 8).get('rnn.weight_hh_l0')!.data;
    expect(other).not.toEqual(one.get('rnn.weight_hh_l0')!.data);
    const shallow = initialize(specOf({ cell: 'lstm', hiddenSize: 16, vocabularySize: 9 }), 'orthogonal', 7);
    expect(shallow.get('rnn.weight_hh_l0')).toEqual(one.get('rnn.weight_hh_l0'));
  });
});
