import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, Window } from '../../../../src/core/engine/engine.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { affordablePositions, measureContribution, truncation } from '../../../../src/core/gradients/contribution.ts';
import { noisyParameters, randomStream, relativeError, specOf } from '../engine/models.ts';
import { cases, engines, openCase, positionsOf, textsOf } from './golden.ts';

for (const { name, open } of engines)
  describe(`contribution by lag on the ${name} engine`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine.dispose());

    for (const golden of cases)
      it(`${golden.cell}, ${golden.layers} layers: the parts of ∂J/∂W_hh equal PyTorch's`, async () => {
        const session = await openCase(engine, golden);
        const layers = await measureContribution(session, textsOf(golden), positionsOf(golden), golden.lags, {
          batch: 2,
        });
        golden.contributions.forEach(({ squares, products, total }, k) => {
          const { share, norms, total: found } = layers[k]!;
          expect(Math.abs(found / Math.sqrt(total) - 1)).toBeLessThan(1e-4);
          expect(relativeError(norms, squares.map(Math.sqrt))).toBeLessThan(1e-4);
          expect(
            relativeError(
              share,
              products.map((product) => product / total),
            ),
          ).toBeLessThan(1e-4);
          expect(share.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
        });
        await session.close();
      });

    it('over all lags the parts make up the gradient that training takes', async () => {
      const spec = specOf({ cell: 'gru', layers: 2, hiddenSize: 9, vocabularySize: 6 });
      const start = { kind: 'parameters', parameters: noisyParameters(spec, 3) } as const;
      const session = await engine.open(spec, start, { maxTime: 30, maxBatch: 1 });
      const { inputs, targets } = randomStream(spec, 30, 5);
      const at = [3, 11, 12, 29];
      const scored = new Int32Array(30).fill(-1);
      for (const position of at) scored[position] = targets![position] = 2;
      const window: Window = { time: 30, batch: 1, inputs, targets: scored, reset: new Uint8Array(30) };
      const { gradients } = await session.gradients(window);
      const positions = at.map((position) => ({ text: 0, at: position }));
      const layers = await measureContribution(session, [{ inputs, targets: targets! }], positions, 29);
      layers.forEach(({ total }, k) => {
        const { data } = gradients.get(`rnn.weight_hh_l${k}`)!;
        const norm = Math.sqrt(Array.from(data).reduce((sum, value) => sum + value * value, 0));
        expect(Math.abs(total / norm - 1)).toBeLessThan(1e-5);
      });
      await session.close();
    });
  });

describe('contribution by lag', () => {
  it('of one layer in float64 equals finite differences of the loss in W_hh', async () => {
    const spec = specOf({ cell: 'lstm', hiddenSize: 3, vocabularySize: 4 });
    const parameters = noisyParameters(spec, 2);
    for (const tensor of parameters.values()) tensor.data = Float64Array.from(tensor.data);
    const { inputs } = randomStream(spec, 9, 3);
    const targets = Int32Array.from(inputs, (_, t) => (t + 1) % 4);
    const open = () => referenceEngine().open(spec, { kind: 'parameters', parameters }, { maxTime: 9, maxBatch: 1 });
    const only = new Int32Array(9).fill(-1);
    only[8] = targets[8]!;
    const window: Window = { time: 9, batch: 1, inputs, targets: only, reset: new Uint8Array(9) };
    const loss = async (): Promise<number> => (await (await open()).gradients(window)).loss;
    const weights = parameters.get('rnn.weight_hh_l0')!.data;
    let square = 0;
    for (let i = 0; i < weights.length; i++) {
      const value = weights[i]!;
      weights[i] = value + 1e-5;
      const above = await loss();
      weights[i] = value - 1e-5;
      square += ((above - (await loss())) / 2e-5) ** 2;
      weights[i] = value;
    }
    const [layer] = await measureContribution(await open(), [{ inputs, targets }], [{ text: 0, at: 8 }], 8);
    expect(layer!.total / Math.sqrt(square)).toBeCloseTo(1, 6);
  });

  it('a window cuts off all longer lags, and the shorter ones of predictions near its start', () => {
    const share = Float64Array.of(0.5, 0.3, 0.2);
    const { beyond, lost } = truncation(share, 2);
    expect(beyond).toBeCloseTo(0.2, 12);
    expect(lost).toBeCloseTo(0.3 / 2 + 0.2, 12); // of two places the first cannot go back one step
    expect(truncation(share, 1).lost).toBeCloseTo(0.5, 12);
  });

  it('of a large model looks at as many positions as fit into memory', () => {
    const size = (layers: number, hiddenSize: number) =>
      affordablePositions(specOf({ cell: 'lstm', layers, hiddenSize, vocabularySize: 2 }), 200);
    expect(size(1, 256)).toBe(248); // 201 lags of 5·256 floats each
    expect(size(3, 512)).toBe(41);
    expect(size(4, 8192)).toBe(8);
  });

  it('a collector refuses more seeds than it has room for', async () => {
    const spec = specOf({ cell: 'tanh', hiddenSize: 3, vocabularySize: 4 });
    for (const { open } of engines) {
      const engine = await open();
      const session = await engine.open(
        spec,
        { kind: 'fresh', seed: 1, init: 'orthogonal' },
        { maxTime: 0, maxBatch: 0 },
      );
      const collector = session.collectLags(1, 4);
      const stream = { inputs: Int32Array.of(1, 2, 3), targets: Int32Array.of(2, 3, 0), start: null };
      await expect(collector.add({ stream, positions: Int32Array.of(1, 2) })).rejects.toThrow(/1 seeds/);
      await engine.dispose();
    }
  });
});
