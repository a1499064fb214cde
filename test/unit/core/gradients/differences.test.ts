import { describe, expect, it } from 'vitest';
import { nextCharacters } from '../../../../src/core/corpus/vocabulary.ts';
import { forward, zeroState } from '../../../../src/core/engine/reference/forward.ts';
import { networkOf, toFloat64 } from '../../../../src/core/engine/reference/network.ts';
import { crossEntropy, logitsOf } from '../../../../src/core/engine/reference/output.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { measureContribution } from '../../../../src/core/gradients/contribution.ts';
import { measureMemory } from '../../../../src/core/gradients/memory.ts';
import { reachOf } from '../../../../src/core/gradients/reach.ts';
import { initialize } from '../../../../src/core/model/initialize.ts';
import type { CellKind } from '../../../../src/core/model/spec.ts';
import { noisyParameters, specOf } from '../engine/models.ts';

const H = 4;
const V = 5;
const step = 1e-5;

const architectures: { name: string; cell: CellKind; identity?: boolean }[] = [
  { name: 'tanh', cell: 'tanh' },
  { name: 'ReLU', cell: 'relu' },
  { name: 'IRNN', cell: 'relu', identity: true },
  { name: 'LSTM', cell: 'lstm' },
  { name: 'GRU', cell: 'gru' },
];

/** A loss and a logit as functions of the state after a character, nudged from outside, in float64. */
describe('reach against finite differences', () => {
  for (const { name, cell, identity } of architectures)
    for (const logit of [undefined, 3])
      it(`${name}: norms and signed products of ${logit === undefined ? 'a loss' : 'a logit'}`, async () => {
        const spec = specOf({ cell, hiddenSize: H, vocabularySize: V });
        const parameters = toFloat64(spec, identity ? initialize(spec, 'identity', 1) : noisyParameters(spec, 6));
        if (identity) parameters.get('rnn.bias_ih_l0')!.data.fill(0.3); // active units, of different sizes
        const network = networkOf(spec, parameters);
        const inputs = Int32Array.of(0, 3, 1, 4, 2, 2, 0, 1);
        const targets = Int32Array.of(3, 1, 4, 2, 2, 0, 1, 3);
        const session = await referenceEngine().open(
          spec,
          { kind: 'parameters', parameters },
          { maxTime: 0, maxBatch: 0 },
        );
        const at = 7;
        const reach = await reachOf(
          session,
          { inputs, targets },
          { at, lags: 7, ...(logit === undefined ? {} : { logit }) },
        );

        /** J with the state after character t read on from a nudged h or c. */
        const nudged = (t: number, part: 'h' | 'c', j: number, delta: number): number => {
          const state = zeroState(network, 1);
          const before = forward(network, { batch: 1, inputs: inputs.subarray(0, t + 1) }, state);
          const { h, c } = state[0]!;
          if (part === 'h') h[j]! += delta;
          else {
            c[j]! += delta;
            h[j] = before.layers[0]!.trace.o[t * H + j]! * Math.tanh(c[j]!);
          }
          const tape = forward(network, { batch: 1, inputs: inputs.subarray(t + 1) }, state);
          const logits = new Float64Array(V);
          logitsOf(network, tape, at - t - 1, logits);
          return logit === undefined ? crossEntropy(logits, targets[at]!) : logits[logit]!;
        };
        const { trace } = forward(network, { batch: 1, inputs }, zeroState(network, 1)).layers[0]!;
        for (const t of [0, 3, 6])
          for (const part of cell === 'lstm' ? (['h', 'c'] as const) : (['h'] as const)) {
            let square = 0;
            let product = 0;
            for (let j = 0; j < H; j++) {
              const slope = (nudged(t, part, j, step) - nudged(t, part, j, -step)) / (2 * step);
              square += slope * slope;
              product += slope * trace[part][t * H + j]!;
            }
            expect(reach.layers[0]![part]![t]! / Math.sqrt(square)).toBeCloseTo(1, 5);
            expect(reach.signed.layers[0]![part]![t]).toBeCloseTo(product, 6);
          }

        /** J with the one-hot input of character t scaled in one place: its column of W_ih enters at that step alone. */
        const scaled = (t: number, v: number, delta: number): number => {
          const state = zeroState(network, 1);
          forward(network, { batch: 1, inputs: inputs.subarray(0, t) }, state);
          const own = toFloat64(spec, parameters);
          const weight = own.get('rnn.weight_ih_l0')!.data;
          const read = inputs[t]!;
          for (let row = 0; row < weight.length / V; row++) weight[row * V + read]! += delta * weight[row * V + v]!;
          forward(networkOf(spec, own), { batch: 1, inputs: inputs.subarray(t, t + 1) }, state);
          const tape = forward(network, { batch: 1, inputs: inputs.subarray(t + 1) }, state);
          const logits = new Float64Array(V);
          logitsOf(network, tape, at - t - 1, logits);
          return logit === undefined ? crossEntropy(logits, targets[at]!) : logits[logit]!;
        };
        for (const t of [1, 5]) {
          let square = 0;
          for (let v = 0; v < V; v++) {
            const slope = (scaled(t, v, step) - scaled(t, v, -step)) / (2 * step);
            square += slope * slope;
            if (v === inputs[t]) expect(reach.signed.x[t]).toBeCloseTo(slope, 6);
          }
          expect(reach.x[t]! / Math.sqrt(square)).toBeCloseTo(1, 5);
        }
      });
});

/** D_k by nudging W_hh in the one step that made the state k characters before the prediction, in float64. */
describe('contribution by lag against finite differences', () => {
  for (const { name, cell, identity } of architectures)
    it(`${name}: every D_k, its norm and its share`, async () => {
      const spec = specOf({ cell, hiddenSize: H, vocabularySize: V });
      const parameters = toFloat64(spec, identity ? initialize(spec, 'identity', 1) : noisyParameters(spec, 8));
      if (identity) parameters.get('rnn.bias_ih_l0')!.data.fill(0.3);
      const network = networkOf(spec, parameters);
      const inputs = Int32Array.of(0, 3, 1, 4, 2, 2, 0);
      const targets = Int32Array.of(3, 1, 4, 2, 2, 0, 1);
      const at = 6;
      const own = toFloat64(spec, parameters);
      const nudgedNetwork = networkOf(spec, own);
      const weight = own.get('rnn.weight_hh_l0')!.data;
      const loss = (t: number, i: number, delta: number): number => {
        const value = weight[i]!;
        weight[i] = value + delta;
        const state = zeroState(network, 1);
        if (t > 0) forward(network, { batch: 1, inputs: inputs.subarray(0, t) }, state);
        const one = forward(nudgedNetwork, { batch: 1, inputs: inputs.subarray(t, t + 1) }, state);
        const rest = t < at ? forward(network, { batch: 1, inputs: inputs.subarray(t + 1) }, state) : one;
        const logits = new Float64Array(V);
        logitsOf(network, rest, t < at ? at - t - 1 : 0, logits);
        weight[i] = value;
        return crossEntropy(logits, targets[at]!);
      };
      const parts = Array.from({ length: at + 1 }, (_, k) =>
        Float64Array.from(weight, (_, i) => (loss(at - k, i, step) - loss(at - k, i, -step)) / (2 * step)),
      );
      const whole = Float64Array.from(weight, (_, i) => parts.reduce((sum, part) => sum + part[i]!, 0));
      const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
      const start = { kind: 'parameters', parameters } as const;
      const session = await referenceEngine().open(spec, start, { maxTime: 0, maxBatch: 0 });
      const [found] = await measureContribution(session, [{ inputs, targets }], [{ text: 0, at }], at);
      expect(found!.total / Math.sqrt(dot(whole, whole))).toBeCloseTo(1, 6);
      parts.forEach((part, k) => {
        expect(found!.norms[k]).toBeCloseTo(Math.sqrt(dot(part, part)), 6);
        expect(found!.share[k]).toBeCloseTo(dot(part, whole) / dot(whole, whole), 6);
      });
    });
});

/** Where no gate reads the state, the direct path is the whole derivative. */
describe('memory of single cells against finite differences', () => {
  for (const cell of ['lstm', 'gru'] as const)
    it(`${cell}: the product of the keeping gate is ∂c/∂c of a network whose gates do not read the state`, async () => {
      const spec = specOf({ cell, hiddenSize: H, vocabularySize: V });
      const parameters = toFloat64(spec, noisyParameters(spec, 9, 0.6));
      parameters.get('rnn.weight_hh_l0')!.data.fill(0);
      const network = networkOf(spec, parameters);
      const inputs = Int32Array.of(0, 3, 1, 4, 2, 2, 0, 1);
      const part = cell === 'lstm' ? 'c' : 'h';
      const at = 6;
      const nudged = (k: number, j: number, delta: number): number => {
        const state = zeroState(network, 1);
        forward(network, { batch: 1, inputs: inputs.subarray(0, at - k + 1) }, state);
        state[0]![part]![j]! += delta;
        forward(network, { batch: 1, inputs: inputs.subarray(at - k + 1, at + 1) }, state);
        return state[0]![part]![j]!;
      };
      const start = { kind: 'parameters', parameters } as const;
      const session = await referenceEngine().open(spec, start, { maxTime: 0, maxBatch: 0 });
      const texts = [{ inputs, targets: nextCharacters(inputs) }];
      const [memory] = await measureMemory(session, texts, [{ text: 0, at }], 5);
      for (let k = 1; k <= 5; k++)
        for (let j = 0; j < H; j++) {
          const slope = (nudged(k, j, step) - nudged(k, j, -step)) / (2 * step);
          expect(memory!.retained[k * H + j]! / slope).toBeCloseTo(1, 5);
        }
    });
});
