import { describe, expect, it } from 'vitest';
import { eigenvalues, spectralRadius } from '../../../../src/core/gradients/eigenvalues.ts';
import { largestSingularValue, layerSpectrum, productBound } from '../../../../src/core/gradients/spectrum.ts';
import { initialize, orthogonal } from '../../../../src/core/model/initialize.ts';
import { Random } from '../../../../src/core/random.ts';
import { specOf } from '../engine/models.ts';
import { cases, parametersOfCase, specOfCase, worstRatio } from './golden.ts';

describe('eigenvalues', () => {
  it('of a companion matrix are the roots of its polynomial', () => {
    // (x − 1)(x + 2)(x² + 1) = x⁴ + x³ − x² + x − 2
    const { real, imaginary } = eigenvalues([-1, 1, -1, 2, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0], 4);
    const found = Array.from(real, (value, i) => [value, imaginary[i]!] as const).sort(
      (a, b) => a[0] - b[0] || a[1] - b[1],
    );
    const wanted = [
      [-2, 0],
      [0, -1],
      [0, 1],
      [1, 0],
    ];
    found.forEach(([x, y], i) => {
      expect(x).toBeCloseTo(wanted[i]![0]!, 10);
      expect(y).toBeCloseTo(wanted[i]![1]!, 10);
    });
  });

  it.each([1, 2, 3, 10, 33, 64])('have the traces of a random matrix of size %d and of its square', (size) => {
    const random = new Random(size);
    const a = Float64Array.from({ length: size * size }, () => random.normal());
    const { real, imaginary } = eigenvalues(a, size);
    let trace = 0;
    let square = 0;
    for (let i = 0; i < size; i++) {
      trace += a[i * size + i]!;
      for (let j = 0; j < size; j++) square += a[i * size + j]! * a[j * size + i]!;
    }
    expect(real.reduce((sum, x) => sum + x, 0)).toBeCloseTo(trace, 8);
    expect(real.reduce((sum, x, i) => sum + x * x - imaginary[i]! ** 2, 0)).toBeCloseTo(square, 8);
    expect(imaginary.reduce((sum, y) => sum + y, 0)).toBe(0);
  });

  it('of an orthogonal matrix, a permutation, a Jordan block, zero', () => {
    const { real, imaginary } = eigenvalues(orthogonal(40, new Random(1)), 40);
    for (let i = 0; i < 40; i++) expect(Math.hypot(real[i]!, imaginary[i]!)).toBeCloseTo(1, 12);
    const cycle = new Float64Array(81);
    for (let i = 0; i < 9; i++) cycle[i * 9 + ((i + 1) % 9)] = 1;
    expect(spectralRadius(cycle, 9)).toBeCloseTo(1, 12);
    expect(spectralRadius([2, 1, 0, 0, 2, 1, 0, 0, 2], 3)).toBeCloseTo(2, 4);
    expect(spectralRadius(new Float64Array(16), 4)).toBe(0);
  });

  it('of a matrix that is not finite are refused', () => {
    expect(() => spectralRadius([1, Number.NaN, 0, 1], 2)).toThrow(/not finite/);
  });
});

describe('spectra of recurrent weights', () => {
  for (const golden of cases)
    it(`${golden.cell}, ${golden.layers} layers: equal PyTorch's, gate by gate`, () => {
      golden.spectra.forEach((wanted, k) => {
        const found = layerSpectrum(specOfCase(golden), parametersOfCase(golden), k);
        expect(found.map(({ gate }) => gate)).toEqual(wanted.map(({ gate }) => gate));
        for (const value of ['rho', 'sigmaMax'] as const) {
          const of = (blocks: typeof wanted): number[] => blocks.map((block) => block[value]);
          expect(worstRatio(of(found), of(wanted))).toBeLessThan(1e-8);
        }
      });
    });

  it('the largest singular value of a scaled rotation, of a rank-one matrix, of zero', () => {
    const turned = orthogonal(20, new Random(2)).map((value) => 3 * value);
    expect(largestSingularValue(turned, 20)).toBeCloseTo(3, 10);
    expect(largestSingularValue([3, 4, 6, 8], 2)).toBeCloseTo(Math.sqrt(125), 10);
    expect(largestSingularValue(new Float64Array(9), 3)).toBe(0);
  });

  // U(±0.08): ρ ≈ 0.08·√(H/3), by the circular law; single draws of small matrices scatter around it. σ_max/ρ is near 2: the
  // bound can exceed 1 while the product decays.
  it.each([
    [64, 0.37, 8],
    [128, 0.52, 5],
    [256, 0.74, 2],
    [512, 1.05, 1],
  ])('U(±0.08) at H = %d: ρ near %d', (hiddenSize, wanted, seeds) => {
    const spec = specOf({ cell: 'tanh', hiddenSize, vocabularySize: 3 });
    let rho = 0;
    let ratio = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      const [block] = layerSpectrum(spec, initialize(spec, 'uniform', seed), 0);
      rho += block!.rho / seeds;
      ratio += block!.sigmaMax / block!.rho / seeds;
    }
    expect(Math.abs(rho / wanted - 1)).toBeLessThan(0.1);
    expect(ratio).toBeGreaterThan(1.75);
    expect(ratio).toBeLessThan(2);
    // Decay length of the linear regime at H = 128: about 7; 8 steps at the ρ of a finite matrix, 8 % over the circular law's.
    if (hiddenSize === 128) expect(Math.abs(Math.log(0.01) / Math.log(rho) - 7.5)).toBeLessThan(1);
  });

  it('the bound is σ_max to the steps, for plain cells alone', () => {
    const block = [{ gate: 'W', rho: 0.5, sigmaMax: 0.9 }];
    const layer = (cell: 'tanh' | 'lstm') => specOf({ cell, hiddenSize: 2, vocabularySize: 2 }).layers[0]!;
    expect(productBound(layer('tanh'), block, 3)).toBeCloseTo(0.729, 12);
    expect(productBound(layer('lstm'), block, 3)).toBeNull();
  });
});
