import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/core/engine/engine.ts';
import { affine } from '../../../../src/core/engine/reference/linear.ts';
import { ReferenceRecurrentProduct } from '../../../../src/core/engine/reference/recurrent-product.ts';
import { defaultSteps, jacobianQuartiles, measureJacobians } from '../../../../src/core/gradients/jacobian.ts';
import { LinearizedPanel, linearizedQuantities, panelLanes } from '../../../../src/core/gradients/linearized-panel.ts';
import { layerSpectrum, productBound } from '../../../../src/core/gradients/spectrum.ts';
import { cells, newTrace } from '../../../../src/core/model/cells/cell.ts';
import { initialize } from '../../../../src/core/model/initialize.ts';
import type { CellKind } from '../../../../src/core/model/spec.ts';
import { Random } from '../../../../src/core/random.ts';
import { specOf } from '../engine/models.ts';
import { cases, engines, openCase, textsOf, worstRatio } from './golden.ts';

const H = 4;
const gates: Record<CellKind, number> = { tanh: 1, relu: 1, lstm: 4, gru: 3 };

/** A recurrence of `steps` steps with random inputs, in float64: run it from any state. */
function recurrence(cell: CellKind, steps: number, seed: number, inputSeed: number) {
  const random = new Random(seed);
  const inputRandom = new Random(inputSeed);
  const rows = gates[cell] * H;
  const draw = (n: number, scale: number, from = random): Float64Array =>
    Float64Array.from({ length: n }, () => scale * from.normal());
  const weight = draw(rows * H, 0.5);
  const bias = draw(rows, 0.2);
  const inputs = Array.from({ length: steps }, () => draw(rows, 0.8, inputRandom));
  /** The state after the steps first…last from (h, c), and the trace. */
  const run = (state: Float64Array, first: number, last: number) => {
    const trace = newTrace(cells[cell], steps, H);
    const u = new Float64Array(rows);
    let h = state.slice(0, H);
    let c = state.slice(H);
    for (let t = first; t <= last; t++) {
      trace.hBefore.set(h, t * H);
      if (cell === 'lstm') trace.cBefore.set(c, t * H);
      affine(weight, bias, h, 0, H, u);
      cells[cell].forward(trace, t, H, inputs[t]!, u);
      h = trace.h.slice(t * H, t * H + H);
      c = cell === 'lstm' ? trace.c.slice(t * H, t * H + H) : c;
    }
    return { trace, end: cell === 'lstm' ? Float64Array.of(...h, ...c) : h };
  };
  return { weight, bias, run, start: draw(cell === 'lstm' ? 2 * H : H, 0.5, inputRandom) };
}

describe('the linearised recurrence', () => {
  for (const cell of ['tanh', 'relu', 'lstm', 'gru'] as const) {
    const steps = 6;
    const recurrences = [recurrence(cell, steps, 3, 11), recurrence(cell, steps, 3, 12)];
    const { weight, bias } = recurrences[0]!;
    const lanes = recurrences.map(({ run, start }) => {
      const { trace } = run(start, 0, steps - 1);
      return linearizedQuantities[cell].map((quantity) => trace[quantity]);
    });
    const panel = new LinearizedPanel(cell, bias, new ReferenceRecurrentProduct(weight, H), lanes);
    const size = panel.stateSize;
    const ones = (): Float64Array => new Float64Array(panelLanes).fill(1);

    for (const count of [1, 4])
      it(`${cell}: forward products over ${count} steps equal finite differences, lane by lane`, () => {
        const random = new Random(9);
        const vectors = new Float64Array(size * panelLanes);
        for (let j = 0; j < vectors.length; j++) vectors[j] = random.normal();
        const directions = vectors.slice();
        const scale = ones();
        panel.forward(count, vectors, scale);
        recurrences.forEach(({ run, start }, lane) => {
          const state = run(start, 0, 5 - count).end;
          const at = (step: number): Float64Array =>
            run(
              state.map((s, j) => s + step * directions[j * panelLanes + lane]!),
              6 - count,
              5,
            ).end;
          const [above, below] = [at(1e-6), at(-1e-6)];
          for (let j = 0; j < size; j++)
            expect(vectors[j * panelLanes + lane]! * scale[lane]!).toBeCloseTo((above[j]! - below[j]!) / 2e-6, 7);
        });
      });

    it(`${cell}: backward products are the transposed ones: ⟨u, Jv⟩ = ⟨Jᵀu, v⟩`, () => {
      const random = new Random(4);
      const draw = (): Float64Array => Float64Array.from({ length: size * panelLanes }, () => random.normal());
      const [u, v] = [draw(), draw()];
      const [forward, backward] = [v.slice(), u.slice()];
      const [forwardScale, backwardScale] = [ones(), ones()];
      panel.forward(3, forward, forwardScale);
      panel.backward(3, backward, backwardScale);
      for (let lane = 0; lane < recurrences.length; lane++) {
        let one = 0;
        let other = 0;
        for (let j = lane; j < u.length; j += panelLanes) {
          one += u[j]! * forward[j]! * forwardScale[lane]!;
          other += v[j]! * backward[j]! * backwardScale[lane]!;
        }
        expect(one).toBeCloseTo(other, 12);
      }
    });
  }
});

for (const { name, open } of engines)
  describe(`Jacobian norms on the ${name} engine`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine.dispose());

    for (const golden of cases)
      it(`${golden.cell}, ${golden.layers} layers: equal the norms of PyTorch's full matrices`, async () => {
        const session = await openCase(engine, golden);
        const { at, steps, norms } = golden.jacobians;
        const options = { tolerance: 1e-9, maxIterations: 2000 };
        const found = await measureJacobians(session, textsOf(golden), [{ text: 0, at }], steps, options);
        norms.forEach((wanted, k) => {
          expect(worstRatio(found.layers[k]!, wanted)).toBeLessThan(1e-4);
        });
        await session.close();
      });

    it('a plain RNN stays under its bound, which can exceed 1 while the product decays', async () => {
      const spec = specOf({ cell: 'tanh', hiddenSize: 128, vocabularySize: 5 });
      const parameters = initialize(spec, 'uniform', 1);
      const session = await engine.open(spec, { kind: 'parameters', parameters }, { maxTime: 0, maxBatch: 0 });
      const random = new Random(2);
      const inputs = Int32Array.from({ length: 40 }, () => random.below(5));
      const text = { inputs, targets: inputs };
      const steps = [1, 4, 24];
      const { layers } = await measureJacobians(session, [text], [{ text: 0, at: 39 }], steps);
      const spectrum = layerSpectrum(spec, parameters, 0);
      steps.forEach((count, k) => {
        expect(layers[0]![k]).toBeLessThanOrEqual(productBound(spec.layers[0]!, spectrum, count)! * (1 + 1e-6));
      });
      expect(productBound(spec.layers[0]!, spectrum, 24)).toBeGreaterThan(1);
      expect(layers[0]![2]).toBeLessThan(0.1);
      await session.close();
    });
  });

describe('Jacobian norms', () => {
  it('are asked for at steps that grow by a half or a third', () => {
    expect(defaultSteps(200)).toEqual([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 200]);
    expect(defaultSteps(1)).toEqual([1]);
    expect(defaultSteps(6)).toEqual([1, 2, 3, 4, 6]);
  });

  it('have quartiles over places', () => {
    const norms = { steps: [1, 2], places: 3, layers: [Float64Array.of(1, 10, 3, 30, 2, 20)] };
    const [layer] = jacobianQuartiles(norms);
    expect([...layer!.median]).toEqual([2, 20]);
    expect([...layer!.lower]).toEqual([1.5, 15]);
    expect([...layer!.upper]).toEqual([2.5, 25]);
  });

  it('of a state that nothing leaves are zero', async () => {
    const spec = specOf({ cell: 'relu', hiddenSize: 3, vocabularySize: 2 });
    const parameters = initialize(spec, 'uniform', 1);
    parameters.get('rnn.bias_ih_l0')!.data.fill(-5);
    const engine = await engines[0]!.open();
    const session = await engine.open(spec, { kind: 'parameters', parameters }, { maxTime: 0, maxBatch: 0 });
    const text = { inputs: new Int32Array(9), targets: new Int32Array(9) };
    const { layers } = await measureJacobians(session, [text], [{ text: 0, at: 8 }], [1, 2, 8]);
    expect([...layers[0]!]).toEqual([0, 0, 0]);
  });
});
