import { describe, expect, it } from 'vitest';
import type { Window } from '../../../../src/core/engine/engine.ts';
import { type Dropout, forward, type Tape, zeroState } from '../../../../src/core/engine/reference/forward.ts';
import { networkOf, toFloat64 } from '../../../../src/core/engine/reference/network.ts';
import { crossEntropy, logitsOf } from '../../../../src/core/engine/reference/output.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { initialize } from '../../../../src/core/model/initialize.ts';
import type { CellKind, Connections, ModelSpec } from '../../../../src/core/model/spec.ts';
import type { ParameterSet } from '../../../../src/core/model/tensors.ts';
import { adam, noisyParameters, randomStream, randomWindow, specOf } from './models.ts';

const step = 1e-5;
const tolerance = 1e-6;
const limits = { maxTime: 8, maxBatch: 4 };

/** The window's loss from the forward pass alone, and its tape. */
function lossOf(spec: ModelSpec, parameters: ParameterSet, window: Window, dropout: Dropout | null) {
  const network = networkOf(spec, parameters);
  const tape = forward(network, { ...window, dropout }, zeroState(network, window.batch));
  const logits = new Float64Array(spec.vocabulary.length);
  let sum = 0;
  let scored = 0;
  window.targets.forEach((target, row) => {
    if (target < 0) return;
    logitsOf(network, tape, row, logits);
    sum += crossEntropy(logits, target);
    scored++;
  });
  return { loss: sum / scored, tape };
}

/** Which ReLU units are on. Between two points with equal patterns the loss is smooth. */
function pattern(spec: ModelSpec, tape: Tape): string {
  return tape.layers
    .filter((_, k) => spec.layers[k]!.cell === 'relu')
    .map(({ trace }) => Array.from(trace.h, (h) => (h > 0 ? 1 : 0)).join(''))
    .join();
}

/** Largest ‖numeric − exact‖/‖numeric‖ over the tensors; kinked coordinates are left out and counted. */
function compare(
  spec: ModelSpec,
  start: ParameterSet,
  window: Window,
  exact: ParameterSet,
  dropout: Dropout | null = null,
) {
  const parameters = toFloat64(spec, start);
  let worst = { name: 'none', error: 0 };
  let kinks = 0;
  let coordinates = 0;
  for (const [name, { data }] of parameters) {
    let difference = 0;
    let size = 0;
    for (let i = 0; i < data.length; i++) {
      const value = data[i]!;
      data[i] = value + step;
      const above = lossOf(spec, parameters, window, dropout);
      data[i] = value - step;
      const below = lossOf(spec, parameters, window, dropout);
      data[i] = value;
      coordinates++;
      if (pattern(spec, above.tape) !== pattern(spec, below.tape)) {
        kinks++;
        continue;
      }
      const numeric = (above.loss - below.loss) / (2 * step);
      difference += (numeric - exact.get(name)!.data[i]!) ** 2;
      size += numeric ** 2;
    }
    const error = difference === 0 ? 0 : Math.sqrt(difference / size);
    if (!(error <= worst.error)) worst = { name, error };
  }
  return { worst, kinks: kinks / coordinates };
}

const architectures: { name: string; cell: CellKind; identity: boolean }[] = [
  { name: 'tanh', cell: 'tanh', identity: false },
  { name: 'relu', cell: 'relu', identity: false },
  { name: 'irnn', cell: 'relu', identity: true },
  { name: 'lstm', cell: 'lstm', identity: false },
  { name: 'gru', cell: 'gru', identity: false },
];
const stacks: [number, Connections][] = [
  [1, 'none'],
  [2, 'none'],
  [3, 'none'],
  [2, 'residual'],
  [3, 'residual'],
  [2, 'dense'],
  [3, 'dense'],
  [2, 'highway'],
  [3, 'highway'],
];

describe('reference gradients against central finite differences', () => {
  for (const { name, cell, identity } of architectures)
    for (const [layers, connections] of stacks)
      it(`${name}, ${layers} layers, connections ${connections}`, async () => {
        const spec = specOf({ cell, layers, hiddenSize: 3, vocabularySize: 4, connections });
        const parameters = identity ? initialize(spec, 'identity', 5) : noisyParameters(spec, 5);
        if (identity)
          for (const { data } of parameters.values()) for (let i = 0; i < data.length; i++) data[i]! += 0.01 * (i % 7);
        const window = randomWindow(spec, 5, 2, 11);
        const session = await referenceEngine().open(spec, { kind: 'parameters', parameters }, limits);
        const { loss, gradients } = await session.gradients(window);
        expect(loss).toBeCloseTo(lossOf(spec, toFloat64(spec, parameters), window, null).loss, 12);
        const { worst, kinks } = compare(spec, parameters, window, gradients);
        expect(worst.error, worst.name).toBeLessThan(tolerance);
        expect(kinks).toBeLessThan(0.05);
      });

  it('with mixed cells and sizes in one stack', async () => {
    const spec = specOf({ cell: 'lstm', layers: 3, hiddenSize: 3, vocabularySize: 4, connections: 'dense' });
    spec.layers[1] = { cell: 'gru', hiddenSize: 2, directions: ['forward'] };
    spec.layers[2] = { cell: 'tanh', hiddenSize: 4, directions: ['forward'] };
    const parameters = noisyParameters(spec, 3);
    const window = randomWindow(spec, 5, 2, 4);
    const session = await referenceEngine().open(spec, { kind: 'parameters', parameters }, limits);
    const { worst } = compare(spec, parameters, window, (await session.gradients(window)).gradients);
    expect(worst.error, worst.name).toBeLessThan(tolerance);
  });

  for (const connections of ['none', 'residual', 'dense', 'highway'] as const)
    it(`with dropout, connections ${connections}: the step of plain descent is the gradient`, async () => {
      const spec = specOf({ cell: 'lstm', layers: 3, hiddenSize: 3, vocabularySize: 4, connections });
      const parameters = noisyParameters(spec, 8);
      const window = randomWindow(spec, 5, 2, 9);
      const session = await referenceEngine().open(spec, { kind: 'parameters', parameters }, limits);
      await session.trainStep(window, {
        ...adam,
        optimizer: { kind: 'sgd', momentum: 0 },
        learningRate: 1,
        clipNorm: 0,
        dropout: 0.4,
        dropoutSeed: 21,
      });
      const moved = (await session.save()).parameters;
      for (const [name, { data }] of moved)
        for (let i = 0; i < data.length; i++) data[i] = parameters.get(name)!.data[i]! - data[i]!;
      const dropped = compare(spec, parameters, window, moved, { probability: 0.4, seed: 21 });
      expect(dropped.worst.error, dropped.worst.name).toBeLessThan(tolerance);
      const whole = compare(spec, parameters, window, moved);
      expect(whole.worst.error).toBeGreaterThan(0.01);
    });
});

describe('backward passes from single positions against finite differences', () => {
  for (const { cell, connections } of [
    { cell: 'lstm', connections: 'none' },
    { cell: 'gru', connections: 'residual' },
    { cell: 'tanh', connections: 'dense' },
    { cell: 'lstm', connections: 'highway' },
  ] as const)
    it(`${cell}, 2 layers, connections ${connections}`, async () => {
      // ∂J_t/∂h_{t−k} as seen from outside: nudge one value of the state after t−k and read on.
      const spec = specOf({ cell, layers: 2, hiddenSize: 3, vocabularySize: 4, connections });
      const parameters = toFloat64(spec, noisyParameters(spec, 6));
      const network = networkOf(spec, parameters);
      const stream = randomStream(spec, 6, 12);
      stream.inputs.set([0, 1, 2, 3, 0, 1]);
      stream.targets!.set([1, 2, 3, 0, 1, 2]);
      const session = await referenceEngine().open(spec, { kind: 'parameters', parameters }, limits);
      const position = 5;
      const exact = await session.backward({ stream, positions: Int32Array.of(position) }, 4);

      // The top layer: its h and c reach J_t through its own recurrence alone, so the state carries all of it.
      const lossFrom = (after: number, part: 'h' | 'c', j: number, delta: number): number => {
        const state = zeroState(network, 1);
        const before = forward(network, { batch: 1, inputs: stream.inputs.subarray(0, after + 1) }, state);
        const { h, c } = state[1]!;
        if (part === 'h') h[j]! += delta;
        else {
          c[j]! += delta;
          h[j] = before.layers[1]!.trace.o[after * 3 + j]! * Math.tanh(c[j]!);
        }
        const tape = forward(network, { batch: 1, inputs: stream.inputs.subarray(after + 1) }, state);
        const logits = new Float64Array(4);
        logitsOf(network, tape, position - after - 1, logits);
        return crossEntropy(logits, stream.targets![position]!);
      };
      const parts: ('h' | 'c')[] = cell === 'lstm' ? ['h', 'c'] : ['h'];
      for (const lag of [1, 2, 4])
        for (const part of parts) {
          let square = 0;
          for (let j = 0; j < 3; j++) {
            const at = (delta: number): number => lossFrom(position - lag, part, j, delta);
            square += ((at(step) - at(-step)) / (2 * step)) ** 2;
          }
          expect(exact.layers[1]![part]![lag]! / Math.sqrt(square)).toBeCloseTo(1, 5);
        }
    });
});
