import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextCharacters } from '../../../../src/core/corpus/vocabulary.ts';
import type { Engine } from '../../../../src/core/engine/engine.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { measureLagNorms } from '../../../../src/core/gradients/lag-norms.ts';
import { horizonOf, lagProfile, stateProfile } from '../../../../src/core/gradients/lag-profile.ts';
import { choosePositions, type TextStream } from '../../../../src/core/gradients/positions.ts';
import { initialize } from '../../../../src/core/model/initialize.ts';
import { Random } from '../../../../src/core/random.ts';
import { noisyParameters, specOf } from '../engine/models.ts';
import { cases, engines, openCase, positionsOf, textsOf, worstRatio } from './golden.ts';

for (const { name, open } of engines)
  describe(`lag profile on the ${name} engine`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine.dispose());

    for (const golden of cases)
      it(`${golden.cell}, ${golden.layers} layers: equals PyTorch's retain_grad`, async () => {
        const session = await openCase(engine, golden);
        const norms = await measureLagNorms(session, textsOf(golden), positionsOf(golden), golden.lags);
        lagProfile(norms).forEach(({ h, c }, k) => {
          expect(worstRatio(h.relative, golden.relative[k]![0]!)).toBeLessThan(1e-4);
          if (golden.cell === 'lstm') expect(worstRatio(c!.relative, golden.relative[k]![1]!)).toBeLessThan(1e-4);
          else expect(c).toBeNull();
        });
        await session.close();
      });

    it('many positions in one sweep give what each gives alone, whatever the batch', async () => {
      const spec = specOf({ cell: 'lstm', layers: 2, hiddenSize: 9, vocabularySize: 11 });
      const start = { kind: 'parameters', parameters: noisyParameters(spec, 4, 0.1) } as const;
      const session = await engine.open(spec, start, { maxTime: 0, maxBatch: 0 });
      const texts = [randomText(90, 1), randomText(25, 2), randomText(200, 3)];
      const positions = choosePositions(texts, 40, 20, 7);
      const many = await measureLagNorms(session, texts, positions, 20);
      const small = await measureLagNorms(session, texts, positions, 20, { batch: 3 });
      for (const [n, { text, at }] of positions.entries()) {
        // One at a time: the text from its first character on, and one backward pass.
        const stream = { ...texts[text]!, start: null };
        const alone = await session.backward({ stream, positions: Int32Array.of(at) }, 20);
        for (const sweep of [many, small])
          sweep.layers.forEach(({ h, c }, k) => {
            expect(worstRatio(h.subarray(n * 21, n * 21 + 21), alone.layers[k]!.h)).toBeLessThan(1e-4);
            expect(worstRatio(c!.subarray(n * 21, n * 21 + 21), alone.layers[k]!.c!)).toBeLessThan(1e-4);
          });
      }
      expect(positions.length).toBe(40);
      await session.close();
    });

    it('a ReLU RNN whose W_hh is a permutation, all units active, has a flat profile', async () => {
      const spec = specOf({ cell: 'relu', hiddenSize: 16, vocabularySize: 5 });
      const parameters = initialize(spec, 'uniform', 1);
      const weights = parameters.get('rnn.weight_hh_l0')!.data.fill(0);
      const order = new Random(5).shuffle([...Array(16).keys()]);
      for (const [row, column] of order.entries()) weights[row * 16 + column] = 1;
      parameters.get('rnn.bias_ih_l0')!.data.fill(1); // |W_ih| + |b_hh| ≤ 0.16 cannot switch a unit off
      const session = await engine.open(spec, { kind: 'parameters', parameters }, { maxTime: 0, maxBatch: 0 });
      const texts = [randomText(160, 4, 5)];
      const norms = await measureLagNorms(session, texts, choosePositions(texts, 20, 100, 1), 100);
      const { relative, horizon, interval } = lagProfile(norms)[0]!.h;
      for (const value of relative) expect(Math.abs(value - 1)).toBeLessThan(1e-6);
      expect(horizon).toBeNull();
      expect(interval).toEqual([null, null]);
      await session.close();
    });
  });

describe('lag profile', () => {
  it('is a ratio of means with quartiles of the positions’ own ratios', () => {
    // Two positions: norms 1, 0.5 and 3, 0.3.
    const { relative, quartiles } = stateProfile(Float32Array.of(1, 0.5, 3, 0.3), 2, 1, new Random(1));
    expect(relative[0]).toBe(1);
    expect(relative[1]).toBeCloseTo(0.8 / 4, 6);
    expect(quartiles.median[1]).toBeCloseTo(0.3, 6);
    expect(quartiles.lower[1]).toBeCloseTo(0.2, 6);
    expect(quartiles.upper[1]).toBeCloseTo(0.4, 6);
  });

  it('the horizon is the first lag strictly under a hundredth', () => {
    expect(horizonOf([1, 0.5, 0.01, 0.0099, 0.5])).toBe(3);
    expect(horizonOf([1, 0.5, 0.01])).toBeNull();
  });

  it('a constant decay has its integer horizon, and no spread', () => {
    const lags = 40;
    const norms = Float32Array.from({ length: 3 * (lags + 1) }, (_, i) => (1 + Math.floor(i / 41)) * 0.731 ** (i % 41));
    const { horizon, interval } = stateProfile(norms, 3, lags, new Random(1));
    expect(horizon).toBe(15); // ln 0.01/ln 0.731 = 14.7
    expect(interval).toEqual([15, 15]);
  });

  it('the bootstrap interval widens with the spread of the positions and holds the horizon', () => {
    const lags = 60;
    const random = new Random(3);
    const decay = Array.from({ length: 30 }, () => 0.7 + 0.25 * random.next());
    const norms = Float32Array.from({ length: 30 * 61 }, (_, i) => decay[Math.floor(i / 61)]! ** (i % 61));
    const { horizon, interval } = stateProfile(norms, 30, lags, new Random(1));
    expect(interval[0]!).toBeLessThan(horizon!);
    expect(interval[1]!).toBeGreaterThan(horizon!);
  });

  it('positions without any gradient at lag 0 leave no numbers behind', () => {
    const { relative, horizon, quartiles } = stateProfile(new Float32Array(4), 2, 1, new Random(1));
    expect([...relative]).toEqual([Number.NaN, Number.NaN]);
    expect(horizon).toBeNull();
    expect(quartiles.median[0]).toBeNaN();
  });
});

describe('positions', () => {
  it('have enough characters before them and a scored one after them', () => {
    const texts = [randomText(30, 1), randomText(80, 2)];
    texts[1]!.targets.fill(-1, 40, 60);
    const all = choosePositions(texts, 1000, 25, 1);
    const wanted = [...[25, 26, 27, 28].map((at) => ({ text: 0, at }))];
    for (let at = 25; at < 79; at++) if (at < 40 || at >= 60) wanted.push({ text: 1, at });
    expect(all).toEqual(wanted);
  });

  it('are drawn by seed without replacement, ascending', () => {
    const texts = [randomText(300, 1), randomText(10, 2), randomText(400, 2)];
    const some = choosePositions(texts, 50, 20, 3);
    expect(some).toHaveLength(50);
    expect(new Set(some.map(({ text, at }) => `${text} ${at}`)).size).toBe(50);
    expect([...some].sort((a, b) => a.text - b.text || a.at - b.at)).toEqual(some);
    expect(choosePositions(texts, 50, 20, 3)).toEqual(some);
    expect(choosePositions(texts, 50, 20, 4)).not.toEqual(some);
    expect(some.some(({ text }) => text === 0) && some.some(({ text }) => text === 2)).toBe(true);
  });

  it('a text that is too short has none', () => {
    expect(choosePositions([randomText(20, 1)], 5, 20, 1)).toEqual([]);
  });
});

describe('decay lengths of known recurrences', () => {
  it.each([
    [1, 0.731, 15],
    [2.1972246, 0.9, 44],
    [2.9444389, 0.95, 90],
    [4.5951199, 0.99, null],
  ])('a forget path of bias %d keeps %d a step', async (bias, forget, horizon) => {
    // One cell: i = 0, f = σ(bias), and an output gate that opens at character 1 alone.
    const spec = specOf({ cell: 'lstm', hiddenSize: 1, vocabularySize: 2 });
    const parameters = noisyParameters(spec, 1, 0);
    parameters.get('rnn.weight_hh_l0')!.data.fill(0);
    parameters.get('rnn.weight_ih_l0')!.data.set([0, 0, 0, 0, 0, 0, 0, 200]);
    parameters.get('rnn.bias_ih_l0')!.data.set([-100, bias, 0, -100]);
    const session = await referenceEngine().open(spec, { kind: 'parameters', parameters }, { maxTime: 0, maxBatch: 0 });
    const inputs = Int32Array.from({ length: 301 }, (_, t) => (t === 299 ? 1 : 0));
    const texts = [{ inputs, targets: nextCharacters(inputs) }];
    const norms = await measureLagNorms(session, texts, [{ text: 0, at: 299 }], 200);
    const { relative, horizon: found } = lagProfile(norms)[0]!.c!;
    expect(relative[1]).toBeCloseTo(forget, 3);
    expect(found).toBe(horizon);
  });
});

function randomText(length: number, seed: number, vocabularySize = 11): TextStream {
  const random = new Random(seed);
  const inputs = Int32Array.from({ length }, () => random.below(vocabularySize));
  return { inputs, targets: nextCharacters(inputs) };
}
