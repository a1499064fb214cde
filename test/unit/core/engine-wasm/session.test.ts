import { describe, expect, it } from 'vitest';
import {
  buildOf,
  checkGradient,
  chooseEngine,
  chooseReadingEngine,
  fastestBuild,
} from '../../../../src/core/engine/choose.ts';
import type { Engine } from '../../../../src/core/engine/engine.ts';
import type { KernelPlatform } from '../../../../src/core/engine/platform.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { estimateMemory, threadsFor, wasmEngine } from '../../../../src/core/engine/wasm/engine.ts';
import type { Training } from '../../../../src/core/engine/wasm/training.ts';
import { initialize } from '../../../../src/core/model/initialize.ts';
import { kernelPlatform } from '../../kernel-source.ts';
import {
  adam,
  noisyParameters,
  randomStream,
  randomWindow,
  relativeError,
  specOf,
  worstTensor,
} from '../engine/models.ts';

const limits = { maxTime: 200, maxBatch: 9 };
const open = async (
  spec = specOf({ cell: 'lstm', hiddenSize: 13, vocabularySize: 30 }),
  parameters = initialize(spec, 'orthogonal', 1),
) => {
  const engine = await wasmEngine(await kernelPlatform(), { build: 'relaxed', threads: 1 });
  const session = await engine.open(spec, { kind: 'parameters', parameters }, limits);
  return { spec, session, training: (session as unknown as { training: Training }).training };
};
const smallest = (values: Float32Array): number =>
  values.reduce((least, value) => (value !== 0 ? Math.min(least, Math.abs(value)) : least), Number.POSITIVE_INFINITY);

describe('denormals never slow a product', () => {
  it('gate gradients and ∂J/∂c hold nothing under 1e-25 after a loss on the last step of 200', async () => {
    // A nearly closed forget gate shrinks the gradient at every step back: without the flush it is denormal half way.
    const spec = specOf({ cell: 'lstm', hiddenSize: 13, vocabularySize: 30 });
    const parameters = initialize(spec, 'uniform', 1);
    parameters.get('rnn.bias_ih_l0')!.data.fill(-0.5, 13, 26);
    const { session, training } = await open(spec, parameters);
    const window = randomWindow(spec, 200, 9, 1);
    window.reset.fill(0);
    window.targets.fill(-1, 0, 199 * 9);
    await session.gradients(window);
    const { plan, views } = training;
    const { units, rows } = plan.shape.layers[0]!;
    const panels = 2 * 8;
    const gates = views.f32.subarray(plan.layers[0]!.gates / 4, plan.layers[0]!.gates / 4 + 200 * rows * panels);
    const dc = views.f32.subarray(plan.layers[0]!.dc / 4, plan.layers[0]!.dc / 4 + units * panels);
    expect(smallest(gates.subarray(199 * rows * panels))).toBeLessThan(1);
    expect(smallest(gates)).toBeGreaterThanOrEqual(1e-25);
    expect(smallest(dc)).toBeGreaterThanOrEqual(1e-25);
  });

  it('Adam’s moments hold nothing under 1e-30', async () => {
    const { spec, session } = await open();
    const window = randomWindow(spec, 4, 3, 1);
    await session.trainStep(window, adam);
    // Only one character from here on: the moments of the others decay.
    const quiet = { ...window, inputs: window.inputs.slice().fill(2), targets: window.targets.slice().fill(-1) };
    const fast = { ...adam, optimizer: { kind: 'adam' as const, beta1: 0.1, beta2: 0.1, epsilon: 1e-8 } };
    for (let step = 0; step < 40; step++) {
      await session.trainStep(quiet, fast);
      for (const [name, { data }] of (await session.save()).optimizer)
        expect(smallest(data as Float32Array), name).toBeGreaterThanOrEqual(1e-30);
    }
  });
});

describe('wasm session', () => {
  it('Inf in a gradient and in a weight is found, named and not applied', async () => {
    const { spec, session } = await open(specOf({ cell: 'relu', layers: 2, hiddenSize: 13, vocabularySize: 30 }));
    await session.close();
    const engine = await wasmEngine(await kernelPlatform(), { build: 'simd', threads: 1 });
    const parameters = noisyParameters(spec, 4);
    parameters.get('rnn.weight_hh_l0')!.data.fill(1e9);
    const bursting = await engine.open(spec, { kind: 'parameters', parameters }, limits);
    const before = await bursting.save();
    const report = await bursting.trainStep(randomWindow(spec, 30, 3, 1), adam);
    expect(report.nonFinite).not.toBeNull();
    expect(await bursting.save()).toEqual(before);
    const bad = noisyParameters(spec, 4);
    bad.get('out.bias')!.data[7] = Number.POSITIVE_INFINITY;
    const broken = await engine.open(spec, { kind: 'parameters', parameters: bad }, limits);
    expect((await broken.trainStep(randomWindow(spec, 5, 3, 1), adam)).nonFinite).toBe('out.bias');
  });

  it('a window without any target trains nothing and costs nothing', async () => {
    const { spec, session } = await open();
    const window = randomWindow(spec, 5, 3, 1);
    window.targets.fill(-1);
    const report = await session.trainStep(window, adam);
    expect([report.loss, report.scored, report.gradientNorm, report.nonFinite]).toEqual([0, 0, 0, null]);
  });

  it('windows may be smaller than the limits, never larger, and keep their number of lanes', async () => {
    const { spec, session } = await open();
    await session.trainStep(randomWindow(spec, 7, 3, 1), adam);
    await session.trainStep(randomWindow(spec, 200, 3, 2), adam);
    await expect(session.trainStep(randomWindow(spec, 7, 4, 1), adam)).rejects.toThrow(/lanes/);
    await expect(session.trainStep(randomWindow(spec, 201, 3, 1), adam)).rejects.toThrow(/larger/);
  });

  it('a session for reading refuses to train and reads like one in training', async () => {
    const { spec, session } = await open();
    await session.trainStep(randomWindow(spec, 20, 3, 1), adam);
    const engine = await wasmEngine(await kernelPlatform(), { build: 'relaxed', threads: 1 });
    const parameters = await session.parameters();
    const reading = await engine.open(spec, { kind: 'parameters', parameters }, { maxTime: 0, maxBatch: 0 });
    await expect(reading.trainStep(randomWindow(spec, 5, 1, 1), adam)).rejects.toThrow(/reading/);
    const stream = randomStream(spec, 300, 2);
    const request = { losses: true, columns: [{ layer: 0, cell: 12, quantity: 'c' as const }] };
    expect(await reading.run(stream, request)).toEqual(await session.run(stream, request));
  });

  it('going back from many far positions equals going back from each alone', async () => {
    const { spec, session } = await open(specOf({ cell: 'gru', layers: 2, hiddenSize: 13, vocabularySize: 30 }));
    const stream = randomStream(spec, 5000, 3);
    stream.targets!.fill(2);
    const positions = Int32Array.from({ length: 70 }, (_, i) => (i * 1777) % 5000);
    const together = await session.backward({ stream, positions }, 30);
    for (const seed of [0, 33, 69]) {
      const alone = await session.backward({ stream, positions: positions.subarray(seed, seed + 1) }, 30);
      for (const [a, b] of [
        [together.layers[1]!.h, alone.layers[1]!.h],
        [together.x, alone.x],
      ] as const)
        expect(relativeError(a.subarray(seed * 31, seed * 31 + 31), b)).toBeLessThan(1e-6);
    }
  });

  it('the memory is told before within a tenth', async () => {
    for (const [layers, hiddenSize] of [
      [1, 128],
      [3, 104],
    ] as const) {
      const spec = specOf({ cell: 'lstm', layers, hiddenSize, vocabularySize: 97 });
      const { session, training } = await open(spec);
      await session.run(randomStream(spec, 10, 1), {});
      const { reader } = session as unknown as { reader: { views: { u8: Uint8Array } } };
      const used = training.memory.buffer.byteLength + reader.views.u8.byteLength;
      expect(Math.abs(estimateMemory(spec, limits, 1) / used - 1)).toBeLessThan(0.1);
    }
  });
});

describe('engine choice', () => {
  const broken = async (): Promise<KernelPlatform> => ({
    ...(await kernelPlatform()),
    readKernel: async () => Uint8Array.of(0, 97, 115, 109, 9, 9, 9, 9),
  });

  it('takes a build whose gradient is right, and names it', async () => {
    const platform = await kernelPlatform();
    const build = await fastestBuild(platform);
    const engine = await chooseEngine(platform, { engine: 'auto', threads: 1 });
    expect(engine.name).toBe(`wasm ${build}`);
    expect(buildOf(engine.name)).toBe(build);
    expect(buildOf('wasm simd ×2')).toBe('simd');
    expect(buildOf('reference float64')).toBeUndefined();
    await checkGradient(engine);
  });

  it('a wrong gradient is seen', async () => {
    const engine = await chooseEngine(await kernelPlatform(), { engine: 'wasm', threads: 1, build: 'simd' });
    const wrong: Engine = {
      ...engine,
      open: async (...request) => {
        const session = await engine.open(...request);
        const gradients = session.gradients.bind(session);
        session.gradients = async (window) => {
          const result = await gradients(window);
          result.gradients.get('rnn.weight_hh_l0')!.data[5]! *= 1.5;
          return result;
        };
        return session;
      },
    };
    await expect(checkGradient(wrong)).rejects.toThrow(/rnn\.weight_hh_l0/);
  });

  it('where no kernel works, auto is the reference and wasm says why', async () => {
    const engine = await chooseEngine(await broken(), { engine: 'auto', threads: 1 });
    expect(engine.name).toBe(referenceEngine().name);
    await expect(chooseEngine(await broken(), { engine: 'wasm', threads: 1 })).rejects.toThrow(/simd:.*relaxed:/);
    expect((await chooseEngine(await broken(), { engine: 'reference', threads: 1 })).name).toBe(referenceEngine().name);
  });

  it('for reading, the first build that works is taken, without a race; the reference where none does', async () => {
    const platform = await kernelPlatform();
    const read: string[] = [];
    const without = (missing: string): KernelPlatform => ({
      ...platform,
      readKernel: async (build, shared) => {
        read.push(build);
        if (build === missing) throw new Error('It is missing.');
        return platform.readKernel(build, shared);
      },
    });
    expect((await chooseReadingEngine(without('none'))).name).toBe('wasm relaxed');
    expect(read).toEqual(['relaxed']);
    expect((await chooseReadingEngine(without('relaxed'))).name).toBe('wasm simd');
    expect((await chooseReadingEngine(await broken())).name).toBe(referenceEngine().name);
  });

  it('threads by default leave one core free', () => {
    expect([threadsFor(1, 0), threadsFor(2, 0), threadsFor(8, 0), threadsFor(8, 3), threadsFor(2, 9)]).toEqual([
      1, 1, 7, 3, 2,
    ]);
  });

  it('revectorization off leaves the other builds', async () => {
    const platform = { ...(await kernelPlatform()), enableRevectorization: () => false };
    expect(['simd', 'relaxed']).toContain(await fastestBuild(platform));
    await expect(wasmEngine(platform, { build: 'revectorized', threads: 1 })).rejects.toThrow(/relaxed build/);
  });

  it('relaxed and revectorized builds give the same bits', async () => {
    const platform = await kernelPlatform();
    const spec = specOf({ cell: 'lstm', layers: 2, hiddenSize: 29, vocabularySize: 30 });
    const results = [];
    for (const build of ['relaxed', 'revectorized'] as const) {
      const engine = await wasmEngine(platform, { build, threads: 1 });
      const session = await engine.open(spec, { kind: 'fresh', seed: 1, init: 'orthogonal' }, limits);
      for (let n = 0; n < 4; n++) await session.trainStep(randomWindow(spec, 9, 9, n), adam);
      results.push(await session.parameters());
    }
    expect(worstTensor(results[0]!, results[1]!)).toEqual({ name: 'none', error: 0 });
  });
});
