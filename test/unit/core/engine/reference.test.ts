import { describe, expect, it } from 'vitest';
import { forward, zeroState } from '../../../../src/core/engine/reference/forward.ts';
import { networkOf, toFloat64 } from '../../../../src/core/engine/reference/network.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { sigmoid } from '../../../../src/core/model/cells/functions.ts';
import { dropoutFactor, dropoutKey } from '../../../../src/core/model/dropout.ts';
import { engineConformance } from './conformance.ts';
import { noisyParameters, randomStream, randomWindow, specOf } from './models.ts';

// Against itself the agreement says nothing; the properties of the session do. Float32 in the interface bounds them.
engineConformance('reference', referenceEngine, { gradients: 1e-6, weights: 1e-6, values: 1e-6 }, (spec) => {
  return spec.layers[0]!.hiddenSize <= 13;
});

describe('the equations themselves', () => {
  it('σ is exactly 0, ½ and 1 at −100, 0 and 100', () => {
    expect([sigmoid(-100), sigmoid(0), sigmoid(100)]).toEqual([0, 0.5, 1]);
    expect(sigmoid(1)).toBeCloseTo(1 / (1 + Math.exp(-1)), 15);
  });

  it('an LSTM step by hand', () => {
    const spec = specOf({ cell: 'lstm', hiddenSize: 1, vocabularySize: 2 });
    const parameters = toFloat64(spec, noisyParameters(spec, 1, 0));
    parameters.get('rnn.weight_ih_l0')!.data.set([0.1, 9, 0.2, 9, 0.3, 9, 0.4, 9]);
    parameters.get('rnn.weight_hh_l0')!.data.set([0.5, 0.6, 0.7, 0.8]);
    parameters.get('rnn.bias_ih_l0')!.data.set([0.01, 0.02, 0.03, 0.04]);
    parameters.get('rnn.bias_hh_l0')!.data.fill(0.005);
    const network = networkOf(spec, parameters);
    const state = zeroState(network, 1);
    state[0]!.h[0] = 0.25;
    state[0]!.c[0] = -0.5;
    forward(network, { batch: 1, inputs: Int32Array.of(0) }, state);
    const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
    const i = logistic(0.1 + 0.125 + 0.015);
    const f = logistic(0.2 + 0.15 + 0.025);
    const g = Math.tanh(0.3 + 0.175 + 0.035);
    const o = logistic(0.4 + 0.2 + 0.045);
    const c = f * -0.5 + i * g;
    expect(state[0]!.c[0]).toBeCloseTo(c, 14);
    expect(state[0]!.h[0]).toBeCloseTo(o * Math.tanh(c), 14);
  });

  it('clamping a cell holds it and what follows from it', async () => {
    const spec = specOf({ cell: 'lstm', hiddenSize: 3, vocabularySize: 4 });
    const parameters = noisyParameters(spec, 2);
    const session = await referenceEngine().open(spec, { kind: 'parameters', parameters }, { maxTime: 0, maxBatch: 1 });
    const columns = (['c', 'tanhc', 'h', 'o'] as const).map((quantity) => ({ layer: 0, cell: 1, quantity }));
    const clamp = [{ layer: 0, cell: 1, value: 0.75 }];
    const {
      columns: [c, tanhc, h, o],
      end,
    } = await session.run(randomStream(spec, 9, 3), { columns, clamp });
    expect(new Set(c)).toEqual(new Set([0.75]));
    expect(new Set(tanhc)).toEqual(new Set([Math.fround(Math.tanh(0.75))]));
    for (let t = 0; t < 9; t++) expect(h![t]).toBeCloseTo(o![t]! * Math.tanh(0.75), 6);
    expect(end[0]!.c![1]).toBe(0.75);
  });

  it('dropout acts on what layers hand on, place by place, and neither on the last layer nor on the states', () => {
    const spec = specOf({ cell: 'gru', layers: 3, hiddenSize: 4, vocabularySize: 5 });
    const network = networkOf(spec, toFloat64(spec, noisyParameters(spec, 3)));
    const { inputs } = randomWindow(spec, 6, 2, 4);
    const dropout = { probability: 0.5, seed: 77 };
    const tape = forward(network, { batch: 2, inputs, dropout }, zeroState(network, 2));
    for (const k of [0, 1]) {
      const key = dropoutKey(77, k);
      const { h } = tape.layers[k]!.trace;
      expect(tape.layers[k + 1]!.x).toEqual(h.map((value, index) => value * dropoutFactor(key, index, 0.5)));
    }
    expect(tape.features).toEqual(tape.layers[2]!.trace.h);
    expect(tape.layers[0]!.trace.hBefore.slice(8)).toEqual(tape.layers[0]!.trace.h.slice(0, -8));
  });
});
