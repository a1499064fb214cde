import { beforeAll, describe, expect, it } from 'vitest';
import type { KernelBuild } from '../../../../src/core/engine/platform.ts';
import {
  Allocator,
  createMemory,
  firstByte,
  instantiate,
  type Kernels,
  Views,
} from '../../../../src/core/engine/wasm/kernels.ts';
import { Random } from '../../../../src/core/random.ts';
import { kernelPlatform } from '../../kernel-source.ts';
import { relativeError } from '../engine/models.ts';

const builds: KernelBuild[] = ['simd', 'relaxed', 'revectorized'];

for (const build of builds)
  describe(`kernels, ${build}`, () => {
    let kernels: Kernels;
    let views: Views;
    beforeAll(async () => {
      const memory = createMemory(firstByte + 4_000_000, false);
      const module = await WebAssembly.compile(await (await kernelPlatform()).readKernel(build, false));
      kernels = instantiate(module, memory);
      views = new Views(memory);
    });

    const mapped = (kind: number, values: number[]): number[] => {
      const size = Math.ceil(values.length / 4) * 4;
      const at = firstByte / 4;
      views.f32.fill(0, at, at + 2 * size).set(values, at);
      kernels.mapFunction(kind, size, firstByte, firstByte + size * 4);
      return [...views.f32.subarray(at + size, at + size + values.length)];
    };
    const range = (from: number, to: number, count: number): number[] =>
      Array.from({ length: count }, (_, i) => Math.fround(from + ((to - from) * i) / (count - 1)));

    it('tanh, σ and eˣ stay within their stated errors', () => {
      const x = range(-12, 12, 40_001);
      const worst = (found: number[], wanted: (value: number) => number, relative: boolean): number =>
        found.reduce((most, value, i) => {
          const exact = wanted(x[i]!);
          return Math.max(most, Math.abs(value - exact) / (relative ? exact : 1));
        }, 0);
      expect(worst(mapped(0, x), Math.tanh, false)).toBeLessThan(3e-7);
      expect(worst(mapped(1, x), (v) => 1 / (1 + Math.exp(-v)), false)).toBeLessThan(2e-7);
      expect(worst(mapped(2, x), Math.exp, true)).toBeLessThan(1.5e-7);
    });

    it('saturates exactly and lets NaN through', () => {
      expect(mapped(0, [-100, -9, 9, 100])).toEqual([-1, -1, 1, 1]);
      expect(mapped(1, [-100, 100, 0, -1e30])).toEqual([0, 1, 0.5, 0]);
      for (const kind of [0, 1, 2]) expect(mapped(kind, [Number.NaN])).toEqual([Number.NaN]);
    });

    it('a product equals the sum for every remainder of rows, depth and panels, whole and in pieces', () => {
      const random = new Random(3);
      for (const [m, k, panels] of [
        [1, 1, 1],
        [5, 3, 1],
        [23, 8, 3],
        [24, 600, 2],
        [37, 17, 5],
      ] as const) {
        const memory = new Allocator();
        const [matrix, packed, b, whole, pieces] = [m * k, m * k, panels * k * 8, panels * m * 8, panels * m * 8].map(
          (size) => memory.take(size * 4),
        ) as [number, number, number, number, number];
        const value = (at: number, i: number): number => views.f32[at / 4 + i]!;
        for (let i = 0; i < m * k; i++) views.f32[matrix / 4 + i] = random.normal();
        for (let i = 0; i < panels * k * 8; i++) views.f32[b / 4 + i] = random.normal();
        kernels.packRows(m, k, k, matrix, packed);
        kernels.product(1, m, k, packed, b, k * 32, whole, m * 32, 0, panels, 0, m, 0);
        const cut = Math.min(m, kernels.rowGrain());
        kernels.product(1, m, k, packed, b, k * 32, pieces, m * 32, 0, 1, 0, m, 0);
        kernels.product(1, m, k, packed, b, k * 32, pieces, m * 32, 1, panels, 0, cut, 0);
        kernels.product(1, m, k, packed, b, k * 32, pieces, m * 32, 1, panels, cut, m, 0);
        const found = [...views.f32.subarray(whole / 4, whole / 4 + panels * m * 8)];
        const wanted = found.map((_, at) => {
          const n = Math.floor(at / (m * 8));
          const row = Math.floor(at / 8) % m;
          let sum = 0;
          for (let i = 0; i < k; i++) sum += value(matrix, row * k + i) * value(b, (n * k + i) * 8 + (at % 8));
          return sum;
        });
        expect(relativeError(found, wanted), `${m}×${k}×${panels}`).toBeLessThan(2e-6);
        expect([...views.f32.subarray(pieces / 4, pieces / 4 + panels * m * 8)]).toEqual(found);
      }
    });
  });

describe('memory', () => {
  it('more than WebAssembly addresses is refused with what to do', () => {
    expect(() => createMemory(5 * 2 ** 30, false)).toThrow(/4 GiB.*smaller/);
  });
});
