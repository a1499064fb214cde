import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildKernels } from '../../../scripts/kernels.ts';
import { type Engine, EngineStopped, type Session, type SessionState } from '../../../src/core/engine/engine.ts';
import type { KernelPlatform, KernelThread } from '../../../src/core/engine/platform.ts';
import { wasmEngine } from '../../../src/core/engine/wasm/engine.ts';
import type { Split } from '../../../src/core/engine/wasm/job.ts';
import { SplitChooser } from '../../../src/core/engine/wasm/split-chooser.ts';
import { nodeKernelPlatform } from '../../../src/worker/kernel-loader.node.ts';
import { adam, randomWindow, specOf, worstTensor } from '../core/engine/models.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const limits = { maxTime: 20, maxBatch: 40 };
const fresh = { kind: 'fresh', seed: 1, init: 'orthogonal' } as const;

/** All steps of a session shared in one way, whatever is faster. */
function force(session: Session, split: Split): void {
  const { training } = session as unknown as { training: { chooser: { next(): Split } } };
  training.chooser.next = () => split;
}

describe('kernel threads', () => {
  const engines = new Map<number, Engine>();
  let platform: KernelPlatform;
  beforeAll(async () => {
    await buildKernels(root);
    platform = {
      ...nodeKernelPlatform(path.join(root, 'dist'), {
        threadEntry: path.join(root, 'src/worker/kernel-thread.node.ts'),
      }),
      cores: 8,
    };
    for (const threads of [1, 2, 3]) engines.set(threads, await wasmEngine(platform, { build: 'relaxed', threads }));
  });
  afterAll(async () => {
    for (const engine of engines.values()) await engine.dispose();
  });

  it('engines are named by build and threads', () => {
    expect([...engines.values()].map(({ name }) => name)).toEqual([
      'wasm relaxed',
      'wasm relaxed ×2',
      'wasm relaxed ×3',
    ]);
  });

  for (const sizes of [
    { cell: 'lstm', layers: 2, hiddenSize: 29, connections: 'none' },
    { cell: 'lstm', layers: 3, hiddenSize: 40, connections: 'highway' },
    { cell: 'gru', layers: 3, hiddenSize: 29, connections: 'dense' },
    { cell: 'tanh', layers: 3, hiddenSize: 50, connections: 'residual' },
    { cell: 'relu', layers: 1, hiddenSize: 17, connections: 'none' },
  ] as const)
    for (const batch of [8, 33])
      it(`${sizes.cell} ${sizes.layers}×${sizes.hiddenSize} ${sizes.connections}, B ${batch}: the same bits for 1, 2 and 3 threads, shared in any way`, async () => {
        const spec = specOf({ ...sizes, vocabularySize: 30 });
        let expected: SessionState | null = null;
        for (const [threads, split] of [
          [1, 'single'],
          [2, 'single'],
          [2, 'panels'],
          [2, 'units'],
          [3, 'panels'],
          [3, 'units'],
        ] as const) {
          const session = await engines.get(threads)!.open(spec, fresh, limits);
          force(session, split);
          for (let n = 0; n < 6; n++)
            await session.trainStep(randomWindow(spec, 20, batch, n), {
              ...adam,
              dropout: n < 3 ? 0 : 0.3,
              dropoutSeed: n,
            });
          const state = await session.save();
          await session.close();
          expected ??= state;
          const title = `${threads} threads by ${split}`;
          expect(worstTensor(state.parameters, expected.parameters), title).toEqual({ name: 'none', error: 0 });
          expect(state.carry, title).toEqual(expected.carry);
          expect(worstTensor(state.optimizer, expected.optimizer), title).toEqual({ name: 'none', error: 0 });
        }
      });

  it('several sessions share the threads, open and close in any order', async () => {
    const spec = specOf({ cell: 'lstm', hiddenSize: 29, vocabularySize: 30 });
    const engine = engines.get(2)!;
    const [a, b] = [await engine.open(spec, fresh, limits), await engine.open(spec, fresh, limits)];
    for (const session of [a, b]) force(session, 'units');
    for (let n = 0; n < 3; n++)
      for (const session of [a, b]) await session.trainStep(randomWindow(spec, 9, 16, n), adam);
    await a.close();
    await b.trainStep(randomWindow(spec, 9, 16, 3), adam);
    const c = await engine.open(spec, fresh, limits);
    for (let n = 0; n < 4; n++) await c.trainStep(randomWindow(spec, 9, 16, n), adam);
    expect(worstTensor(await c.parameters(), await b.parameters())).toEqual({ name: 'none', error: 0 });
    await b.close();
    await c.close();
  });

  it('without threads or shared memory there is one', async () => {
    const engine = await wasmEngine({ ...platform, startThread: null }, { build: 'simd', threads: 4 });
    expect([engine.name, engine.threads]).toEqual(['wasm simd', 1]);
  });

  it('a thread that dies between steps fails the next one at once, with the reason', async () => {
    const threads: KernelThread[] = [];
    const startThread = async (): Promise<KernelThread> => {
      threads.push(await platform.startThread!());
      return threads.at(-1)!;
    };
    const engine = await wasmEngine({ ...platform, startThread }, { build: 'simd', threads: 2 });
    const spec = specOf({ cell: 'lstm', hiddenSize: 29, vocabularySize: 30 });
    const session = await engine.open(spec, fresh, limits);
    force(session, 'panels');
    await session.trainStep(randomWindow(spec, 9, 16, 1), adam);
    await threads[0]!.stop();
    await new Promise((resolve) => setTimeout(resolve, 10));
    await expect(session.trainStep(randomWindow(spec, 9, 16, 2), adam)).rejects.toThrow(
      /thread of the computation ended/,
    );
    await engine.dispose();
  });

  it('a thread that dies in the middle of a step fails that step: the others do not wait for it', async () => {
    for (const victim of [0, 1]) {
      const threads: KernelThread[] = [];
      const startThread = async (): Promise<KernelThread> => {
        threads.push(await platform.startThread!());
        return threads.at(-1)!;
      };
      const engine = await wasmEngine({ ...platform, startThread }, { build: 'simd', threads: 3 });
      const spec = specOf({ cell: 'lstm', hiddenSize: 29, vocabularySize: 30 });
      const session = await engine.open(spec, fresh, limits);
      force(session, 'units');
      await session.trainStep(randomWindow(spec, 9, 16, 1), adam);
      // Not awaited: the step runs before this thread's event loop can hear of the end.
      void threads[victim]!.stop();
      await expect(session.trainStep(randomWindow(spec, 9, 16, 2), adam)).rejects.toBeInstanceOf(EngineStopped);
      await expect(session.trainStep(randomWindow(spec, 9, 16, 3), adam)).rejects.toBeInstanceOf(EngineStopped);
      await engine.dispose();
    }
  });

  it('a stopped engine refuses to train', async () => {
    const engine = await wasmEngine(platform, { build: 'simd', threads: 2 });
    const spec = specOf({ cell: 'lstm', hiddenSize: 29, vocabularySize: 30 });
    const session = await engine.open(spec, fresh, limits);
    force(session, 'panels');
    await engine.dispose();
    await expect(session.trainStep(randomWindow(spec, 9, 16, 1), adam)).rejects.toThrow(/stopped/);
  });
});

describe('the choice of how threads share a step', () => {
  /** Steps of a chooser under made-up times. */
  function play(chooser: SplitChooser, times: Record<Split, number>, steps: number, panels = 2): Split[] {
    return Array.from({ length: steps }, () => {
      const split = chooser.next(64, panels);
      chooser.took(times[split]);
      return split;
    });
  }

  it('tries each way, keeps the fastest, and looks again later', () => {
    const chooser = new SplitChooser(2, 128);
    const first = play(chooser, { single: 3, panels: 2, units: 1 }, 100);
    expect(new Set(first.slice(0, 12))).toEqual(new Set(['single', 'panels', 'units']));
    expect(new Set(first.slice(12))).toEqual(new Set(['units']));
    const later = play(chooser, { single: 1, panels: 2, units: 3 }, 400);
    expect(later.at(-1)).toBe('single');
  });

  it('one panel is not split, tiny layers are not, one thread never', () => {
    expect(new Set(play(new SplitChooser(2, 128), { single: 1, panels: 1, units: 1 }, 30, 1))).not.toContain('panels');
    expect(new Set(play(new SplitChooser(2, 8), { single: 1, panels: 1, units: 1 }, 30))).not.toContain('units');
    expect(new Set(play(new SplitChooser(1, 128), { single: 1, panels: 1, units: 1 }, 30))).toEqual(
      new Set(['single']),
    );
  });
});
