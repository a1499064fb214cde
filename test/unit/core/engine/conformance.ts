/**
 * What every engine promises, as tests: agreement with the reference for odd sizes, and the session's behaviour.
 * A test file calls `engineConformance(name, makeEngine, tolerance)` with an engine of its own.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Capture, Engine, OptimizerSpec, Session, Update, Window } from '../../../../src/core/engine/engine.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { type CellKind, type Connections, type ModelSpec, quantitiesOf } from '../../../../src/core/model/spec.ts';
import type { ParameterSet } from '../../../../src/core/model/tensors.ts';
import { optimizerSpec } from '../../../../src/core/training/optimizers.ts';
import { adam, noisyParameters, randomStream, randomWindow, relativeError, specOf, worstTensor } from './models.ts';

/** Largest accepted ‖a−b‖/‖b‖. */
export interface Tolerance {
  /** Loss and gradients of one window. */
  gradients: number;
  /** Weights after ten optimiser steps. */
  weights: number;
  /** States, gates, logits and losses of a stream. */
  values: number;
}

export const float32Tolerance: Tolerance = { gradients: 1e-5, weights: 1e-4, values: 1e-5 };

interface Case {
  cell: CellKind;
  layers: number;
  connections: Connections;
  hiddenSize: number;
  batch: number;
  vocabularySize: number;
  time: number;
}

/** Sizes that are multiples of nothing, every cell, every connection. */
const cases: Case[] = [
  { cell: 'lstm', layers: 1, connections: 'none', hiddenSize: 1, batch: 1, vocabularySize: 2, time: 5 },
  { cell: 'lstm', layers: 1, connections: 'none', hiddenSize: 13, batch: 3, vocabularySize: 97, time: 9 },
  { cell: 'lstm', layers: 1, connections: 'none', hiddenSize: 129, batch: 8, vocabularySize: 97, time: 7 },
  { cell: 'lstm', layers: 2, connections: 'none', hiddenSize: 104, batch: 33, vocabularySize: 300, time: 3 },
  { cell: 'lstm', layers: 3, connections: 'none', hiddenSize: 5, batch: 16, vocabularySize: 97, time: 12 },
  { cell: 'lstm', layers: 3, connections: 'residual', hiddenSize: 13, batch: 8, vocabularySize: 30, time: 6 },
  { cell: 'lstm', layers: 3, connections: 'dense', hiddenSize: 13, batch: 3, vocabularySize: 30, time: 6 },
  { cell: 'lstm', layers: 8, connections: 'highway', hiddenSize: 5, batch: 9, vocabularySize: 30, time: 6 },
  { cell: 'gru', layers: 1, connections: 'none', hiddenSize: 1, batch: 3, vocabularySize: 2, time: 5 },
  { cell: 'gru', layers: 2, connections: 'none', hiddenSize: 13, batch: 33, vocabularySize: 97, time: 6 },
  { cell: 'gru', layers: 1, connections: 'none', hiddenSize: 129, batch: 8, vocabularySize: 300, time: 4 },
  { cell: 'gru', layers: 3, connections: 'dense', hiddenSize: 5, batch: 8, vocabularySize: 30, time: 6 },
  { cell: 'gru', layers: 3, connections: 'highway', hiddenSize: 13, batch: 1, vocabularySize: 30, time: 6 },
  { cell: 'tanh', layers: 1, connections: 'none', hiddenSize: 104, batch: 8, vocabularySize: 97, time: 6 },
  { cell: 'tanh', layers: 3, connections: 'residual', hiddenSize: 5, batch: 3, vocabularySize: 30, time: 9 },
  { cell: 'tanh', layers: 2, connections: 'none', hiddenSize: 13, batch: 1, vocabularySize: 2, time: 9 },
  { cell: 'relu', layers: 1, connections: 'none', hiddenSize: 5, batch: 33, vocabularySize: 97, time: 6 },
  { cell: 'relu', layers: 3, connections: 'highway', hiddenSize: 13, batch: 8, vocabularySize: 30, time: 5 },
  { cell: 'relu', layers: 2, connections: 'dense', hiddenSize: 13, batch: 3, vocabularySize: 30, time: 5 },
];

/**
 * @param makeEngine called once; the engine is disposed at the end
 * @param supports cases an engine cannot serve may be left out by name, never silently: its own tests say why
 */
export function engineConformance(
  name: string,
  makeEngine: () => Engine | Promise<Engine>,
  tolerance: Tolerance,
  supports: (spec: ModelSpec) => boolean = () => true,
): void {
  let engine: Engine;
  const oracle = referenceEngine();
  const limits = { maxTime: 32, maxBatch: 33 };
  const open = async (spec: ModelSpec, parameters: ParameterSet): Promise<[Session, Session]> => [
    await engine.open(spec, { kind: 'parameters', parameters }, limits),
    await oracle.open(spec, { kind: 'parameters', parameters }, limits),
  ];

  describe(`${name}: engine conformance`, () => {
    beforeAll(async () => {
      engine = await makeEngine();
    });
    afterAll(() => engine.dispose());

    for (const { batch, time, ...sizes } of cases) {
      const spec = specOf(sizes);
      if (!supports(spec)) continue;
      const { cell, layers, connections, hiddenSize, vocabularySize } = sizes;
      const title = `${cell} ${layers}×${hiddenSize} ${connections}, V ${vocabularySize}, B ${batch}`;

      it(`${title}: loss and gradients`, async () => {
        const [session, exact] = await open(spec, noisyParameters(spec, 1, 0.1));
        const window = randomWindow(spec, time, batch, 2);
        const ours = await session.gradients(window);
        const theirs = await exact.gradients(window);
        expect(Math.abs(ours.loss / theirs.loss - 1)).toBeLessThan(tolerance.gradients);
        const worst = worstTensor(ours.gradients, theirs.gradients);
        expect(worst.error, worst.name).toBeLessThan(tolerance.gradients);
        await session.close();
      });

      it(`${title}: ten steps of training`, async () => {
        const [session, exact] = await open(spec, noisyParameters(spec, 3, 0.1));
        const update: Update = { ...adam, learningRate: 1e-3, dropout: layers > 1 ? 0.3 : 0 };
        for (let step = 0; step < 10; step++) {
          const window = randomWindow(spec, time, batch, 100 + step);
          const ours = await session.trainStep(window, { ...update, dropoutSeed: step });
          const theirs = await exact.trainStep(window, { ...update, dropoutSeed: step });
          expect(ours.nonFinite).toBeNull();
          expect(ours.scored).toBe(theirs.scored);
          expect(Math.abs(ours.loss / theirs.loss - 1)).toBeLessThan(tolerance.weights);
          expect(Math.abs(ours.gradientNorm / theirs.gradientNorm - 1)).toBeLessThan(tolerance.weights);
          expect(Math.abs(ours.clipScale / theirs.clipScale - 1)).toBeLessThan(tolerance.weights);
          expect([...ours.norms.keys()]).toEqual([...theirs.norms.keys()]);
        }
        const worst = worstTensor(await session.parameters(), await exact.parameters());
        expect(worst.error, worst.name).toBeLessThan(tolerance.weights);
        await session.close();
      });

      it(`${title}: everything a stream shows`, async () => {
        const [session, exact] = await open(spec, noisyParameters(spec, 4, 0.1));
        const stream = randomStream(spec, 21, 5);
        const last = layers - 1;
        const requests = quantitiesOf[cell].map((quantity) => ({ layer: last, cell: hiddenSize - 1, quantity }));
        const capture: Capture = {
          columns: requests,
          blocks: quantitiesOf[cell].map((quantity) => ({ layer: 0, quantity })),
          losses: true,
          logitsAt: Int32Array.of(0, 7, 20),
          statesEvery: 8,
        };
        for (const clamp of [[], [{ layer: 0, cell: 0, value: 0.5 }]]) {
          const ours = await session.run(stream, { ...capture, clamp });
          const theirs = await exact.run(stream, { ...capture, clamp });
          ours.columns.forEach((column, i) => {
            const error = relativeError(column, theirs.columns[i]!);
            expect(error, requests[i]!.quantity).toBeLessThan(tolerance.values);
          });
          expect(ours.blocks).toHaveLength(theirs.blocks.length);
          ours.blocks.forEach((block, i) => {
            expect(relativeError(block, theirs.blocks[i]!)).toBeLessThan(tolerance.values);
          });
          expect(relativeError(ours.losses!, theirs.losses!)).toBeLessThan(tolerance.values);
          expect(Array.from(ours.losses!, Number.isNaN)).toEqual(Array.from(stream.targets!, (target) => target < 0));
          expect(relativeError(ours.logits!, theirs.logits!)).toBeLessThan(tolerance.values);
          expect(ours.states).toHaveLength(2);
          for (const [mine, other] of [...ours.states, ours.end].map((s, i) => [s, [...theirs.states, theirs.end][i]!]))
            mine!.forEach(({ h, c }, k) => {
              expect(relativeError(h, other![k]!.h)).toBeLessThan(tolerance.values);
              if (cell === 'lstm') expect(relativeError(c!, other![k]!.c!)).toBeLessThan(tolerance.values);
              else expect(c).toBeNull();
            });
        }
        await session.close();
      });

      it(`${title}: backward passes from positions`, async () => {
        const [session, exact] = await open(spec, noisyParameters(spec, 6, 0.1));
        const stream = randomStream(spec, 17, 7);
        stream.targets!.fill(1);
        const seeds = { stream, positions: Int32Array.of(16, 3, 9) }; // any order; the second reaches before the start
        for (const logit of [undefined, Int32Array.of(0, 1, 0)]) {
          const ours = await session.backward(logit ? { ...seeds, logit } : seeds, 6);
          const theirs = await exact.backward(logit ? { ...seeds, logit } : seeds, 6);
          expect(relativeError(ours.x, theirs.x)).toBeLessThan(10 * tolerance.gradients);
          ours.layers.forEach(({ h, c }, k) => {
            expect(relativeError(h, theirs.layers[k]!.h)).toBeLessThan(10 * tolerance.gradients);
            expect(h).toHaveLength(3 * 7);
            expect([...h.subarray(7 + 4, 14)]).toEqual([0, 0, 0]);
            if (cell === 'lstm') expect(relativeError(c!, theirs.layers[k]!.c!)).toBeLessThan(10 * tolerance.gradients);
            else expect(c).toBeNull();
          });
        }
        await session.close();
      });
    }

    const small = (cell: CellKind = 'lstm', layers = 2): ModelSpec =>
      specOf({ cell, layers, hiddenSize: 6, vocabularySize: 11 });

    it('fresh weights are the seeded ones of the initialiser, equal in every engine', async () => {
      for (const cell of ['lstm', 'gru', 'tanh', 'relu'] as const) {
        const start = { kind: 'fresh', seed: 5, init: 'orthogonal' } as const;
        const ours = await (await engine.open(small(cell), start, limits)).parameters();
        const theirs = await (await oracle.open(small(cell), start, limits)).parameters();
        expect(worstTensor(ours, theirs)).toEqual({ name: 'none', error: 0 });
      }
    });

    for (const kind of ['adam', 'rmsprop', 'adadelta', 'sgd'] as const)
      it(`${kind}: saved, opened again and continued bit for bit`, async () => {
        const spec = small();
        const optimizer: OptimizerSpec = optimizerSpec(kind, 0.9);
        const update: Update = { ...adam, optimizer, learningRate: 0.02, dropout: 0.2 };
        const step = (session: Session, n: number) =>
          session.trainStep(randomWindow(spec, 6, 3, n), { ...update, dropoutSeed: n });
        const [whole, exact] = await open(spec, noisyParameters(spec, 8));
        for (let n = 0; n < 4; n++) await step(whole, n);
        for (let n = 0; n < 4; n++) await step(exact, n);
        const state = await whole.save();
        expect(state.steps).toBe(4);
        const again = await engine.open(spec, { kind: 'state', state }, limits);
        for (let n = 4; n < 8; n++) {
          const ours = await step(whole, n);
          expect(await step(again, n)).toEqual(ours);
          await step(exact, n);
        }
        expect(worstTensor(await again.parameters(), await whole.parameters())).toEqual({ name: 'none', error: 0 });
        const worst = worstTensor(await whole.parameters(), await exact.parameters());
        expect(worst.error, worst.name).toBeLessThan(tolerance.weights);
        const slots = (await whole.save()).optimizer;
        expect([...slots.keys()].sort()).toEqual([...(await exact.save()).optimizer.keys()].sort());
      });

    it('the carried state makes two windows one long one', async () => {
      for (const cell of ['lstm', 'gru', 'tanh', 'relu'] as const) {
        const spec = small(cell);
        const [session] = await open(spec, noisyParameters(spec, 9));
        const stream = randomStream(spec, 20, 10);
        const { losses, end } = await session.run(stream, { losses: true });
        const still: Update = { ...adam, optimizer: { kind: 'sgd', momentum: 0 }, learningRate: 0 };
        for (const [from, to] of [
          [0, 12],
          [12, 20],
        ] as const) {
          const part = windowOf(stream.inputs.subarray(from, to), stream.targets!.subarray(from, to));
          const { loss, scored } = await session.trainStep(part, still);
          const wanted = losses!.subarray(from, to).reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0);
          expect(Math.abs((loss * scored) / wanted - 1)).toBeLessThan(tolerance.values);
        }
        const { carry } = await session.save();
        carry.forEach(({ h, c }, k) => {
          expect(relativeError(h, end[k]!.h)).toBeLessThan(tolerance.values);
          if (c) expect(relativeError(c, end[k]!.c!)).toBeLessThan(tolerance.values);
        });
      }
    });

    it('a reset in a lane equals separate documents, in the loss and in the gradient', async () => {
      for (const cell of ['lstm', 'gru', 'tanh', 'relu'] as const) {
        const spec = small(cell);
        const [session] = await open(spec, noisyParameters(spec, 12));
        const { inputs, targets } = randomStream(spec, 14, 13);
        targets!.fill(3);
        const joined = windowOf(inputs, targets!);
        joined.reset[8] = 1;
        const parts = [
          windowOf(inputs.subarray(0, 8), targets!.subarray(0, 8)),
          windowOf(inputs.subarray(8), targets!.subarray(8)),
        ];
        const whole = await session.gradients(joined);
        const separate = [await session.gradients(parts[0]!), await session.gradients(parts[1]!)];
        expect(whole.loss * 14).toBeCloseTo(separate[0]!.loss * 8 + separate[1]!.loss * 6, 4);
        for (const [tensor, { data }] of whole.gradients) {
          const sum = Array.from(
            data,
            (_, i) =>
              (8 * separate[0]!.gradients.get(tensor)!.data[i]! + 6 * separate[1]!.gradients.get(tensor)!.data[i]!) /
              14,
          );
          expect(relativeError(data, sum), tensor).toBeLessThan(tolerance.gradients);
        }
      }
    });

    it('gradients() neither trains nor moves the carried state', async () => {
      const spec = small();
      const [session] = await open(spec, noisyParameters(spec, 14));
      await session.trainStep(randomWindow(spec, 6, 3, 1), adam);
      const before = await session.save();
      await session.gradients(randomWindow(spec, 6, 3, 2));
      expect(await session.save()).toEqual(before);
    });

    it('a stream read in pieces from its kept states is the stream', async () => {
      const spec = small();
      const [session] = await open(spec, noisyParameters(spec, 15));
      const stream = randomStream(spec, 700, 16);
      const columns = [{ layer: 1, cell: 2, quantity: 'c' as const }];
      const whole = await session.run(stream, { columns, losses: true, statesEvery: 256 });
      expect(whole.states).toHaveLength(2);
      const rest = await session.run(
        { inputs: stream.inputs.slice(512), targets: stream.targets!.slice(512), start: whole.states[1]! },
        { columns, losses: true },
      );
      expect(relativeError(rest.columns[0]!, whole.columns[0]!.subarray(512))).toBeLessThan(tolerance.values);
      expect(relativeError(rest.losses!, whole.losses!.subarray(512))).toBeLessThan(tolerance.values);
    });

    it('two runs are bit-identical', async () => {
      const spec = small();
      const results: ParameterSet[] = [];
      for (let run = 0; run < 2; run++) {
        const session = await engine.open(spec, { kind: 'fresh', seed: 3, init: 'orthogonal' }, limits);
        for (let n = 0; n < 5; n++) await session.trainStep(randomWindow(spec, 9, 16, n), adam);
        results.push(await session.parameters());
        await session.close();
      }
      expect(worstTensor(results[0]!, results[1]!)).toEqual({ name: 'none', error: 0 });
    });

    it('a NaN in a tensor is named, and nothing is trained', async () => {
      const spec = small();
      const parameters = noisyParameters(spec, 17);
      parameters.get('rnn.weight_hh_l1')!.data[3] = Number.NaN;
      const [session] = await open(spec, parameters);
      const before = await session.save();
      const report = await session.trainStep(randomWindow(spec, 6, 3, 1), adam);
      expect(report.nonFinite).toBe('rnn.weight_hh_l1');
      expect(await session.save()).toEqual(before);
    });

    it('the constant error carousel: σ(±100) is exactly 1 and 0, and with f = 1, i = 0 a gradient passes every step bit for bit', async () => {
      // Biases of ±100 fix the gates of the only cell; the output gate opens at character 1 alone, the last one.
      const spec = specOf({ cell: 'lstm', hiddenSize: 1, vocabularySize: 2 });
      const parameters = noisyParameters(spec, 1, 0);
      parameters.get('rnn.weight_hh_l0')!.data.fill(0);
      parameters.get('rnn.weight_ih_l0')!.data.set([0, 0, 0, 0, 0.3, -0.2, 0, 200]);
      parameters.get('rnn.bias_ih_l0')!.data.set([-100, 100, 0, -100]);
      const [session] = await open(spec, parameters);
      const inputs = new Int32Array(120);
      inputs[119] = 1;
      const start = [{ h: Float32Array.of(0), c: Float32Array.of(0.7) }];
      const stream = { inputs, targets: null, start };
      const gates = (['i', 'f', 'o', 'c'] as const).map((quantity) => ({ layer: 0, cell: 0, quantity }));
      const [i, f, o, c] = (await session.run(stream, { columns: gates })).columns;
      expect([...new Set(i)]).toEqual([0]);
      expect([...new Set(f)]).toEqual([1]);
      expect([...new Set(o)]).toEqual([0, 1]);
      expect([...new Set(c)]).toEqual([Math.fround(0.7)]);
      const seeds = { stream, positions: Int32Array.of(119), logit: Int32Array.of(0) };
      const gradient = (await session.backward(seeds, 119)).layers[0]!.c!;
      expect(gradient[0]).toBeGreaterThan(0);
      expect(new Set(gradient).size).toBe(1);
    });

    it('wrong requests are refused with the reason', async () => {
      const spec = small('gru');
      const [session] = await open(spec, noisyParameters(spec, 18));
      const stream = randomStream(spec, 5, 1);
      await expect(session.run(stream, { columns: [{ layer: 0, cell: 0, quantity: 'c' }] })).rejects.toThrow(
        /quantity/,
      );
      await expect(session.run(stream, { columns: [{ layer: 9, cell: 0, quantity: 'h' }] })).rejects.toThrow(/layer/);
      await expect(session.run(stream, { columns: [{ layer: 0, cell: 99, quantity: 'h' }] })).rejects.toThrow(/cell/);
      await expect(session.backward({ stream, positions: Int32Array.of(5) }, 2)).rejects.toThrow(/[Pp]osition/);
      const window = randomWindow(spec, 4, 2, 1);
      await expect(session.trainStep({ ...window, time: 5 }, adam)).rejects.toThrow(/window/i);
      await session.close();
      await expect(session.parameters()).rejects.toThrow(/closed/);
      const bidirectional = small();
      bidirectional.layers[0]!.directions = ['forward', 'backward'];
      bidirectional.layers.length = 1;
      const start = { kind: 'fresh', seed: 1, init: 'orthogonal' } as const;
      await expect(engine.open(bidirectional, start, limits)).rejects.toThrow(/forward/);
      const missing = noisyParameters(spec, 18);
      missing.delete('out.bias');
      await expect(engine.open(spec, { kind: 'parameters', parameters: missing }, limits)).rejects.toThrow(/out\.bias/);
    });
  });
}

/** One lane, no resets. */
function windowOf(inputs: Int32Array, targets: Int32Array): Window {
  return {
    time: inputs.length,
    batch: 1,
    inputs: inputs.slice(),
    targets: targets.slice(),
    reset: new Uint8Array(inputs.length),
  };
}
