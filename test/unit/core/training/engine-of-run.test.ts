import { describe, expect, it } from 'vitest';
import type { EngineChoice } from '../../../../src/core/engine/choose.ts';
import type { Engine } from '../../../../src/core/engine/engine.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { openEngineOf } from '../../../../src/core/training/engine-of-run.ts';
import { defaultOptions } from '../../../../src/core/training/options.ts';

const run = (name: string, engine: 'auto' | 'wasm' | 'reference' = 'auto') => ({
  engine: { name, threads: 2 },
  options: { ...defaultOptions, engine, threads: 2 },
});

/** Opens engines by `make`, with what was asked for and what was disposed of. */
function opener(make: (choice: EngineChoice) => Engine) {
  const asked: EngineChoice[] = [];
  const disposed: string[] = [];
  const open = async (choice: EngineChoice): Promise<Engine> => {
    asked.push(choice);
    const engine = make(choice);
    return { ...engine, dispose: async () => void disposed.push(engine.name) };
  };
  return { asked, disposed, open };
}

const named = (name: string): Engine => ({ ...referenceEngine(), name });

describe('the engine that continues a run', () => {
  it('is of the build that the run names, without a race, whatever the setting', async () => {
    const { asked, open } = opener(({ build }) => named(`wasm ${build} ×2`));
    for (const build of ['simd', 'relaxed', 'revectorized'] as const) {
      const { engine, missing } = await openEngineOf(run(`wasm ${build} ×7`), open);
      expect(engine.name).toBe(`wasm ${build} ×2`);
      expect(missing).toBeUndefined();
      expect(asked.splice(0)).toEqual([{ engine: 'wasm', threads: 2, build }]);
    }
    await openEngineOf(run('reference', 'wasm'), open);
    expect(asked).toEqual([{ engine: 'reference', threads: 2 }]);
  });

  it('is another one, with the reason, where that build does not start or computes a wrong gradient', async () => {
    const refusing = opener(({ build }) => {
      if (build) throw new Error('No relaxed SIMD here.');
      return named('wasm simd ×2');
    });
    const other = await openEngineOf(run('wasm relaxed ×2'), refusing.open);
    expect(other).toMatchObject({ engine: { name: 'wasm simd ×2' }, missing: 'No relaxed SIMD here.' });
    expect(refusing.asked.at(-1)).toEqual({ engine: 'auto', threads: 2 });

    const wrong = opener(({ build }) => {
      const engine = referenceEngine();
      if (!build) return named('wasm simd ×2');
      return {
        ...engine,
        name: 'wasm relaxed ×2',
        open: (spec, _, limits) => engine.open(spec, { kind: 'fresh', seed: 2, init: 'uniform' }, limits),
      };
    });
    const { engine, missing } = await openEngineOf(run('wasm relaxed ×2'), wrong.open);
    expect(engine.name).toBe('wasm simd ×2');
    expect(missing).toMatch(/gradient of \S+ is wrong/);
    expect(wrong.disposed).toEqual(['wasm relaxed ×2']);
  });

  it('is another one where this version does not know what the run names', async () => {
    const { asked, open } = opener(() => named('wasm simd ×2'));
    expect((await openEngineOf(run('webgpu ×1'), open)).missing).toMatch(/does not know it/);
    expect(asked).toEqual([{ engine: 'auto', threads: 2 }]);
  });
});
