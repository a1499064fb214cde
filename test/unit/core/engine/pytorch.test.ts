import { describe, expect, it } from 'vitest';
import type { OptimizerSpec } from '../../../../src/core/engine/engine.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { parameterLayout } from '../../../../src/core/model/layout.ts';
import type { CellKind, Connections, ModelSpec } from '../../../../src/core/model/spec.ts';
import type { ParameterSet } from '../../../../src/core/model/tensors.ts';
import { optimizerSpec } from '../../../../src/core/training/optimizers.ts';
import connections from '../../../reference/connections.json' with { type: 'json' };
import gru from '../../../reference/gru.json' with { type: 'json' };
import lstm from '../../../reference/lstm.json' with { type: 'json' };
import optimizers from '../../../reference/optimizers.json' with { type: 'json' };
import relu from '../../../reference/relu.json' with { type: 'json' };
import tanh from '../../../reference/tanh.json' with { type: 'json' };
import { relativeError, specOf, worstTensor } from './models.ts';

type Flat = Record<string, number[]>;

/** What test/reference/golden.py writes per case. */
interface Golden {
  cell: string;
  layers: number;
  hiddenSize: number;
  vocabularySize: number;
  connections: string;
  weights: Flat;
  window: {
    time: number;
    batch: number;
    inputs: number[];
    targets: number[];
    loss: number;
    logits: number[];
    gradients: Flat;
  };
  seeds: {
    inputs: number[];
    targets: number[];
    positions: number[];
    lags: number;
    runs: { logit: number[] | null; x: number[]; h: number[][]; c: number[][] }[];
  };
  training: {
    optimizer: string;
    learningRate: number;
    clipNorm: number;
    time: number;
    batch: number;
    windows: { inputs: number[]; targets: number[] }[];
    losses: number[];
    gradientNorms: number[];
    weights: Flat;
  }[];
}

const files = [tanh, relu, lstm, gru, connections, optimizers] as unknown as { cases: Golden[] }[];
const limits = { maxTime: 16, maxBatch: 4 };
/** Two float64 programs that differ in the order of their sums. */
const exact = 1e-12;
/** Rounded to float32 by the interface. */
const rounded = 1e-6;

function specOfGolden(golden: Golden): ModelSpec {
  return specOf({
    cell: golden.cell as CellKind,
    layers: golden.layers,
    hiddenSize: golden.hiddenSize,
    vocabularySize: golden.vocabularySize,
    connections: golden.connections as Connections,
  });
}

function tensors(spec: ModelSpec, flat: Flat): ParameterSet {
  return new Map(
    parameterLayout(spec).map(({ name, shape }) => [name, { shape, data: Float64Array.from(flat[name]!) }]),
  );
}

async function open(golden: Golden) {
  const spec = specOfGolden(golden);
  const parameters = tensors(spec, golden.weights);
  return { spec, session: await referenceEngine().open(spec, { kind: 'parameters', parameters }, limits) };
}

/** A golden that lost its optimiser's constants would compare nothing: they are PyTorch's of the script. */
function specOfOptimizer(kind: string): OptimizerSpec {
  return optimizerSpec(kind as OptimizerSpec['kind'], 0.9);
}

for (const golden of files.flatMap((file) => file.cases))
  describe(`reference against PyTorch: ${golden.cell}, ${golden.layers} layers, ${golden.connections}`, () => {
    it('loss and gradients of a window', async () => {
      const { spec, session } = await open(golden);
      const { time, batch, inputs, targets } = golden.window;
      const { loss, gradients } = await session.gradients({
        time,
        batch,
        inputs: Int32Array.from(inputs),
        targets: Int32Array.from(targets),
        reset: new Uint8Array(time * batch),
      });
      expect(Math.abs(loss - golden.window.loss)).toBeLessThan(exact);
      const worst = worstTensor(gradients, tensors(spec, golden.window.gradients));
      expect(worst.error, worst.name).toBeLessThan(exact);
    });

    it('logits and losses of every lane', async () => {
      const { spec, session } = await open(golden);
      const { time, batch, inputs, targets, logits } = golden.window;
      const V = spec.vocabulary.length;
      let sum = 0;
      for (let lane = 0; lane < batch; lane++) {
        const ofLane = (values: number[]): Int32Array => Int32Array.from(values.filter((_, i) => i % batch === lane));
        const captured = await session.run(
          { inputs: ofLane(inputs), targets: ofLane(targets), start: null },
          { losses: true, logitsAt: Int32Array.from({ length: time }, (_, t) => t) },
        );
        const wanted = Array.from({ length: time }, (_, t) =>
          logits.slice((t * batch + lane) * V, (t * batch + lane + 1) * V),
        );
        expect(relativeError(captured.logits!, wanted.flat())).toBeLessThan(rounded);
        for (const loss of captured.losses!) sum += Number.isNaN(loss) ? 0 : loss;
      }
      expect(sum / targets.filter((target) => target >= 0).length).toBeCloseTo(golden.window.loss, 6);
    });

    it('per-step gradients of single losses and logits', async () => {
      const { session } = await open(golden);
      const { inputs, targets, positions, lags, runs } = golden.seeds;
      const stream = { inputs: Int32Array.from(inputs), targets: Int32Array.from(targets), start: null };
      for (const run of runs) {
        const seeds = { stream, positions: Int32Array.from(positions) };
        const result = await session.backward(
          run.logit ? { ...seeds, logit: Int32Array.from(run.logit) } : seeds,
          lags,
        );
        expect(relativeError(result.x, run.x)).toBeLessThan(rounded);
        result.layers.forEach(({ h, c }, k) => {
          expect(relativeError(h, run.h[k]!)).toBeLessThan(rounded);
          if (golden.cell === 'lstm') expect(relativeError(c!, run.c[k]!)).toBeLessThan(rounded);
          else expect(c).toBeNull();
        });
      }
    });

    for (const training of golden.training)
      it(`20 steps of ${training.optimizer} with clipping and carried state`, async () => {
        const { spec, session } = await open(golden);
        const { time, batch } = training;
        let clipped = 0;
        for (const [step, { inputs, targets }] of training.windows.entries()) {
          const report = await session.trainStep(
            {
              time,
              batch,
              inputs: Int32Array.from(inputs),
              targets: Int32Array.from(targets),
              reset: new Uint8Array(time * batch),
            },
            {
              optimizer: specOfOptimizer(training.optimizer),
              learningRate: training.learningRate,
              clipNorm: training.clipNorm,
              dropout: 0,
              dropoutSeed: 0,
            },
          );
          expect(report.loss).toBeCloseTo(training.losses[step]!, 9);
          expect(report.gradientNorm).toBeCloseTo(training.gradientNorms[step]!, 9);
          if (report.clipScale < 1) clipped++;
        }
        expect(clipped).toBeGreaterThan(0);
        const state = await session.save();
        const worst = worstTensor(state.parameters, tensors(spec, training.weights));
        expect(worst.error, worst.name).toBeLessThan(1e-9);
        expect(state.steps).toBe(20);
      });
  });
