import { describe, expect, it } from 'vitest';
import { carousel } from '../../../../src/core/gradients/carousel.ts';
import { horizonOf } from '../../../../src/core/gradients/lag-profile.ts';
import { decayLength, deepStackGradients, scalarGradients } from '../../../../src/core/gradients/scalar-lab.ts';

describe('scalar lab', () => {
  it.each([
    [1.1, 49, '106.72'], // ∂h_T/∂h_1 at T = 50
    [0.9, 49, '0.005726'],
    [1.1, 50, '117.39'], // after 50 steps
    [0.9, 50, '0.00515'],
  ])('a weight of %d over %d steps multiplies by %s', (weight, steps, figure) => {
    const value = scalarGradients(weight, steps)[steps]!;
    expect(value.toFixed(figure.split('.')[1]!.length)).toBe(figure);
  });

  it('signs do not matter to the size', () => {
    expect([...scalarGradients(-0.5, 3)]).toEqual([1, 0.5, 0.25, 0.125]);
  });

  // Forget gates of biases 1, 2.2, 2.94 and 4.6; recurrent weights of U(±0.08) at H = 128.
  it.each([
    [0.731, 14.7],
    [0.9, 43.7],
    [0.95, 89.8],
    [0.99, 458],
    [0.5226, 7.1],
  ])('a factor of %d a step decays to a hundredth in %d steps', (factor, length) => {
    expect(Math.abs(decayLength(factor, 0.01) / length - 1)).toBeLessThan(0.005);
    expect(horizonOf(scalarGradients(factor, 600))).toBe(Math.ceil(decayLength(factor, 0.01)));
  });

  it('a factor of 1 or more never decays, one of 0 at once', () => {
    expect(decayLength(1, 0.01)).toBe(Number.POSITIVE_INFINITY);
    expect(decayLength(-1.1, 0.01)).toBe(Number.POSITIVE_INFINITY);
    expect(decayLength(0, 0.01)).toBe(0);
  });

  it('sigmoid layers shrink the gradient by more than two thirds each; ReLU layers keep its size', () => {
    const options = { layers: 10, units: 64, samples: 20, seed: 1 };
    const sigmoid = deepStackGradients({ ...options, activation: 'sigmoid' });
    const relu = deepStackGradients({ ...options, activation: 'relu' });
    for (let layer = 1; layer < 10; layer++) expect(sigmoid[layer - 1]! / sigmoid[layer]!).toBeLessThan(1 / 3);
    expect(relu[0]! / relu[9]!).toBeGreaterThan(0.3);
    expect(relu[0]! / relu[9]!).toBeLessThan(3);
  });

  it('a deep stack’s gradients are those of its equations', () => {
    // One unit a layer: J = d·relu(w·x), so ∂J/∂a is d or 0, and the mean over samples that of |d| over active ones.
    const [last] = deepStackGradients({ activation: 'relu', layers: 1, units: 1, samples: 20000, seed: 2 });
    expect(last).toBeCloseTo(Math.sqrt(2 / Math.PI) / 2, 2); // E|d|·P(a > 0)
  });
});

describe('constant error carousel', () => {
  it('with f = 1, i = 0, o = 0 passes a random gradient bit for bit', () => {
    const { gradients, norms, exact } = carousel({
      cells: 16,
      steps: 1000,
      gates: { i: -100, f: 100, o: -100 },
      seed: 3,
    });
    expect(exact).toBe(true);
    expect(gradients.subarray(16_000)).toEqual(gradients.subarray(0, 16));
    expect(norms[1000]).toBe(norms[0]);
    expect(norms[0]).toBeGreaterThan(1);
  });

  it('a forget gate that is not quite open lets it fade', () => {
    const { norms, exact } = carousel({ cells: 4, steps: 10, gates: { i: -100, f: 1, o: -100 }, seed: 3 });
    expect(exact).toBe(false);
    expect(norms[10]! / norms[0]!).toBeCloseTo((1 / (1 + Math.exp(-1))) ** 10, 12);
  });
});
