import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, SessionState } from '../../../../src/core/engine/engine.ts';
import { encodeMetrics, parseMetrics } from '../../../../src/core/formats/metrics-file.ts';
import { RunFolder } from '../../../../src/core/formats/run-folder.ts';
import { gateNorms, HealthProbe, isHealthNumbers, updateRatios } from '../../../../src/core/gradients/health.ts';
import type { TextStream } from '../../../../src/core/gradients/positions.ts';
import { adam, noisyParameters, randomStream, randomWindow, relativeError, specOf } from '../engine/models.ts';
import { MemoryStorage } from '../formats/memory-storage.ts';
import { smallCorpus, startSmall } from '../training/trainer-fixtures.ts';
import { engines } from './golden.ts';

const limits = { maxTime: 8, maxBatch: 3 };

/** On a clock that stands still a look costs nothing, and every one is affordable. */
const still = (): number => 0;

for (const { name, open } of engines)
  describe(`health on the ${name} engine`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine.dispose());

    it('looking changes neither weights nor the carried state', async () => {
      const spec = specOf({ cell: 'lstm', layers: 2, hiddenSize: 6, vocabularySize: 5 });
      const start = { kind: 'parameters', parameters: noisyParameters(spec, 1) } as const;
      const texts = [randomStream(spec, 300, 3)] as unknown as TextStream[];
      const states: SessionState[] = [];
      for (const looks of [true, false]) {
        const session = await engine.open(spec, start, limits);
        const probe = new HealthProbe(session, texts, still);
        for (let step = 0; step < 3; step++) {
          const window = randomWindow(spec, 8, 3, step);
          const train = () => session.trainStep(window, adam);
          if (!looks) await train();
          else {
            await probe.around(window, train);
            await probe.measure();
          }
        }
        states.push(await session.save());
        await session.close();
      }
      expect(states[0]).toEqual(states[1]);
    });

    it('measures gradients by gate, updates, gates, dead units and the horizon', async () => {
      const spec = specOf({ cell: 'gru', layers: 2, hiddenSize: 6, vocabularySize: 5 });
      const start = { kind: 'parameters', parameters: noisyParameters(spec, 1) } as const;
      const session = await engine.open(spec, start, limits);
      const probe = new HealthProbe(session, [randomStream(spec, 120, 3)] as unknown as TextStream[], still);
      const window = randomWindow(spec, 8, 3, 1);
      const before = await session.parameters();
      const { gradients } = await session.gradients(window);
      await probe.around(window, () => session.trainStep(window, adam));
      const health = (await probe.measure())!;
      expect(health.gates).toEqual(gateNorms(spec, gradients));
      expect(health.updates).toEqual(updateRatios(before, await session.parameters()));
      expect(Object.keys(health.gates!)).toEqual(['0 r', '0 z', '0 n', '1 r', '1 z', '1 n']);
      expect(health.updates!['rnn.weight_hh_l0']).toBeGreaterThan(0);
      expect(health.lags).toBe(63); // what a text of 120 characters leaves beside the positions
      expect(health.layers).toHaveLength(2);
      for (const layer of health.layers) {
        expect(Object.keys(layer.shut)).toEqual(['r', 'z']);
        expect(layer.dead).toBe(0);
        expect(layer.horizon.h).toBeGreaterThan(0);
        expect(layer.horizon.c).toBeNull();
      }
      expect(isHealthNumbers(JSON.parse(JSON.stringify(health)))).toBe(true);
      await session.close();
    });
  });

describe('health', () => {
  it('gate norms are those of the gate’s rows, and make up the layer’s', () => {
    const spec = specOf({ cell: 'lstm', hiddenSize: 2, vocabularySize: 3 });
    const gradients = noisyParameters(spec, 5, 1);
    const norms = gateNorms(spec, gradients);
    let forget = 0;
    let all = 0;
    for (const [name, { data }] of gradients) {
      if (!name.startsWith('rnn')) continue;
      const quarter = data.length / 4;
      data.forEach((value, i) => {
        all += value * value;
        if (i >= quarter && i < 2 * quarter) forget += value * value;
      });
    }
    expect(norms['0 f']).toBeCloseTo(Math.sqrt(forget), 10);
    expect(Math.hypot(...Object.values(norms))).toBeCloseTo(Math.sqrt(all), 10);
  });

  it('an update is the change over the size', () => {
    const tensor = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });
    const before = new Map([
      ['a', tensor(3, 4)],
      ['zero', tensor(0)],
    ]);
    const after = new Map([
      ['a', tensor(3, 4.5)],
      ['zero', tensor(1)],
    ]);
    expect(updateRatios(before, after)).toEqual({ a: 0.1 });
  });

  it('texts that are too short for any lag leave the rest', async () => {
    const spec = specOf({ cell: 'lstm', hiddenSize: 3, vocabularySize: 4 });
    const engine = await engines[0]!.open();
    const session = await engine.open(spec, { kind: 'fresh', seed: 1, init: 'orthogonal' }, limits);
    for (const texts of [[randomStream(spec, 20, 1) as unknown as TextStream], []]) {
      const health = (await new HealthProbe(session, texts, still).measure())!;
      expect(health.lags).toBe(0);
      expect(health.layers[0]!.horizon).toEqual({ h: null, c: null });
    }
  });

  it('takes a twentieth of the time at most', async () => {
    const spec = specOf({ cell: 'tanh', hiddenSize: 3, vocabularySize: 4 });
    const engine = await engines[0]!.open();
    const session = await engine.open(spec, { kind: 'fresh', seed: 1, init: 'orthogonal' }, limits);
    let time = 0;
    const parameters = session.parameters.bind(session);
    session.parameters = () => {
      time += 5; // a look reads them twice
      return parameters();
    };
    const probe = new HealthProbe(session, [], () => time);
    const looked: number[] = [];
    for (let step = 0; step < 100; step++) {
      const window = randomWindow(spec, 8, 3, step);
      await probe.around(window, () => {
        time += 30;
        return session.trainStep(window, adam);
      });
      if (await probe.measure()) looked.push(step);
    }
    expect(looked.slice(0, 3)).toEqual([0, 8, 16]); // 10 ms a look, so 200 ms or more between them
  });

  it('is recorded with the validation losses of a training', async () => {
    const storage = new MemoryStorage();
    const trainer = await startSmall(storage, await smallCorpus());
    expect((await trainer.run()).state).toBe('finished');
    const points = await (await RunFolder.open(storage)).readMetrics();
    const validated = points.filter(({ validationNats }) => validationNats !== undefined);
    expect(validated.length).toBeGreaterThan(1);
    const looked = validated.filter(({ health }) => health);
    expect(looked[0]!.chars).toBe(0);
    expect(looked.length).toBeGreaterThan(1);
    for (const { health, chars } of looked) {
      expect(isHealthNumbers(health)).toBe(true);
      if (chars > 0) expect(health!.updates!['out.weight']).toBeGreaterThan(0);
      for (const number of Object.values(health!.gates ?? {})) expect(Number.isFinite(number)).toBe(true);
    }
    // The gradient by gate is that of a step: of the size of the recorded norms, which dropout changes a little.
    const { health, norms } = looked.at(-1)!;
    const gates = Object.entries(health!.gates!).filter(([key]) => key.startsWith('1 '));
    const recorded = Object.entries(norms!).filter(([key]) => key.endsWith('_l1'));
    const size = (entries: [string, number][]): number => Math.hypot(...entries.map(([, norm]) => norm));
    expect(size(gates) / size(recorded)).toBeGreaterThan(0.2);
    expect(size(gates) / size(recorded)).toBeLessThan(5);
  });

  it('damaged health in a metrics file is left out, the point stays', () => {
    const point = { chars: 1, seconds: 1, trainNats: 1, gradientNorm: 1, clipScale: 1, learningRate: 1 };
    const damaged = [{ layers: 'x', lags: 3 }, { lags: 3, layers: [{ shut: { i: 'no' } }] }, 7, null];
    const points = damaged.map((health) => ({ ...point, health }) as never);
    expect(parseMetrics(encodeMetrics(points))).toEqual(damaged.map(() => point));
    const layer = { shut: {}, open: {}, dead: 0, horizon: { h: 3, c: null } };
    const good = { ...point, health: { lags: 3, layers: [layer], gates: { '0 W': 1 } } };
    expect(parseMetrics(encodeMetrics([good]))).toEqual([good]);
  });

  it('the recorded horizon is that of the mean over its positions', async () => {
    const spec = specOf({ cell: 'tanh', hiddenSize: 8, vocabularySize: 4 });
    const parameters = noisyParameters(spec, 2, 0);
    const weights = parameters.get('rnn.weight_hh_l0')!.data;
    for (let i = 0; i < weights.length; i++) weights[i]! *= 0.5; // orthogonal, so at most halved a step
    const engine = await engines[0]!.open();
    const session = await engine.open(spec, { kind: 'parameters', parameters }, limits);
    const texts = [randomStream(spec, 300, 3)] as unknown as TextStream[];
    const health = (await new HealthProbe(session, texts, still).measure())!;
    expect(health.lags).toBe(200);
    expect(health.layers[0]!.horizon.h).toBeLessThanOrEqual(7); // 0.5⁷ < 0.01
    expect(relativeError([health.layers[0]!.horizon.h!], [5])).toBeLessThan(0.5);
  });
});
