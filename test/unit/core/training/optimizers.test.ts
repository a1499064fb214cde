import { describe, expect, it } from 'vitest';
import type { OptimizerSpec } from '../../../../src/core/engine/engine.ts';
import type { ParameterSet } from '../../../../src/core/model/tensors.ts';
import { clipScale, firstNonFinite, globalNorm, gradientNorms } from '../../../../src/core/training/clipping.ts';
import {
  fitsOptimizer,
  initOptimizer,
  optimizerSpec,
  updateParameters,
} from '../../../../src/core/training/optimizers.ts';

const set = (values: number[]): ParameterSet =>
  new Map([['w', { shape: [values.length], data: new Float64Array(values) }]]);

/** Two steps with gradients 2 and −1 on a parameter at 1, learning rate 0.1. */
function twoSteps(optimizer: OptimizerSpec): number[] {
  let parameters = set([1]);
  let state = initOptimizer(optimizer, parameters);
  const path: number[] = [];
  for (const gradient of [2, -1]) {
    const next = updateParameters(optimizer, 0.1, 1, parameters, set([gradient]), state);
    parameters = next.parameters;
    state = next.state;
    path.push(parameters.get('w')!.data[0]!);
  }
  return path;
}

describe('optimisers by hand', () => {
  it('Adam: the first step is η·sign(g), whatever the size of g', () => {
    const [first, second] = twoSteps({ kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 0 });
    expect(first).toBeCloseTo(0.9, 12);
    const m = 0.9 * 0.2 - 0.1;
    const v = 0.999 * 0.004 + 0.001;
    expect(second).toBeCloseTo(0.9 - (0.1 * (m / (1 - 0.81))) / Math.sqrt(v / (1 - 0.998001)), 12);
  });

  it('RMSProp', () => {
    const [first, second] = twoSteps({ kind: 'rmsprop', decay: 0.5, epsilon: 0 });
    expect(first).toBeCloseTo(1 - 0.2 / Math.sqrt(2), 12);
    expect(second).toBeCloseTo(first! + 0.1 / Math.sqrt(1.5), 12);
  });

  it('AdaDelta', () => {
    const [first, second] = twoSteps({ kind: 'adadelta', decay: 0.5, epsilon: 1 });
    const d1 = 2 / Math.sqrt(2 + 1);
    expect(first).toBeCloseTo(1 - 0.1 * d1, 12);
    const u = 0.5 * d1 * d1;
    expect(second).toBeCloseTo(first! + (0.1 * Math.sqrt(u + 1)) / Math.sqrt(1.5 + 1), 12);
  });

  it('SGD with momentum', () => {
    expect(twoSteps({ kind: 'sgd', momentum: 0.5 })).toEqual([0.8, 0.8]);
    expect(twoSteps({ kind: 'sgd', momentum: 0 })[1]).toBeCloseTo(0.9, 12);
  });

  it('update changes nothing that it was given', () => {
    for (const kind of ['adam', 'rmsprop', 'adadelta', 'sgd'] as const) {
      const optimizer = optimizerSpec(kind, 0.9);
      const parameters = set([1, 2]);
      const state = initOptimizer(optimizer, parameters);
      const once = updateParameters(optimizer, 0.1, 1, parameters, set([3, -4]), state);
      const twice = updateParameters(optimizer, 0.1, 1, parameters, set([3, -4]), state);
      expect(twice).toEqual(once);
      expect(parameters).toEqual(set([1, 2]));
      expect(state).toEqual(initOptimizer(optimizer, parameters));
      expect(once.parameters).not.toEqual(parameters);
    }
  });

  it("another optimiser's state does not fit", () => {
    const state = initOptimizer(optimizerSpec('adam', 0), set([1]));
    expect(fitsOptimizer(optimizerSpec('adam', 0), set([1]), state)).toBe(true);
    expect(fitsOptimizer(optimizerSpec('rmsprop', 0), set([1]), state)).toBe(false);
    expect(fitsOptimizer(optimizerSpec('adadelta', 0), set([1]), state)).toBe(false);
  });
});

describe('clipping and health', () => {
  const gradients: ParameterSet = new Map([
    ['a', { shape: [2], data: Float64Array.of(3, 0) }],
    ['b', { shape: [1], data: Float64Array.of(-4) }],
  ]);

  it('scales to the threshold only where the norm is above it', () => {
    const norms = gradientNorms(gradients);
    expect([...norms]).toEqual([
      ['a', 3],
      ['b', 4],
    ]);
    expect(globalNorm(norms)).toBe(5);
    expect(clipScale(5, 1)).toBe(0.2);
    expect(clipScale(5, 5)).toBe(1);
    expect(clipScale(0.5, 1)).toBe(1);
    expect(clipScale(5, 0)).toBe(1);
  });

  it('names the first tensor with NaN or Inf', () => {
    expect(firstNonFinite(gradients)).toBeNull();
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      gradients.get('b')!.data[0] = value;
      expect(firstNonFinite(gradients)).toBe('b');
    }
  });
});
