/** Spectra of a layer's recurrent weights, gate by gate: what the product of many steps grows or shrinks by. */
import type { CellKind, LayerSpec, ModelSpec } from '../model/spec.ts';
import type { ParameterSet } from '../model/tensors.ts';
import { Random } from '../random.ts';
import { spectralRadius } from './eigenvalues.ts';

/** Names of the H×H blocks of W_hh in their order in the stacked weights; `W` where there is one. */
export const gateNames: Record<CellKind, readonly string[]> = {
  tanh: ['W'],
  relu: ['W'],
  lstm: ['i', 'f', 'g', 'o'],
  gru: ['r', 'z', 'n'],
};

export interface BlockSpectrum {
  gate: string;
  /** ρ, the largest modulus of an eigenvalue. */
  rho: number;
  /** σ_max = ‖W‖₂ ≥ ρ. */
  sigmaMax: number;
}

/** One entry per gate block of W_hh of a layer. */
export function layerSpectrum(spec: ModelSpec, parameters: ParameterSet, layer: number): BlockSpectrum[] {
  const { cell, hiddenSize } = spec.layers[layer]!;
  const weights = parameters.get(`rnn.weight_hh_l${layer}`)!.data;
  const size = hiddenSize * hiddenSize;
  return gateNames[cell].map((gate, block) => {
    const matrix = Float64Array.from(weights.subarray(block * size, (block + 1) * size));
    return { gate, rho: spectralRadius(matrix, hiddenSize), sigmaMax: largestSingularValue(matrix, hiddenSize) };
  });
}

/**
 * Upper bound (σ_max·max|φ′|)^k of the Jacobian product over k steps (Pascanu, Mikolov, Bengio 2013), with max|φ′| = 1 for
 * tanh and ReLU; null for gated cells, whose Jacobian is no product of one matrix and a bounded diagonal.
 */
export function productBound({ cell }: LayerSpec, spectrum: readonly BlockSpectrum[], steps: number): number | null {
  return cell === 'tanh' || cell === 'relu' ? spectrum[0]!.sigmaMax ** steps : null;
}

/** Iterations after which σ_max is taken as it is. */
const maxIterations = 3000;
/** Relative change of σ over an iteration under which it has converged: σ's error is of second order in the vector's. */
const settled = 1e-12;

/** ‖A‖₂ of a square matrix by power iteration on AᵀA. */
export function largestSingularValue(matrix: ArrayLike<number>, size: number): number {
  const random = new Random(1);
  const v = Float64Array.from({ length: size }, () => random.normal());
  const av = new Float64Array(size);
  normalise(v);
  let sigma = 0;
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    for (let i = 0, at = 0; i < size; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++, at++) sum += matrix[at]! * v[j];
      av[i] = sum;
    }
    v.fill(0);
    for (let i = 0, at = 0; i < size; i++) {
      const factor = av[i];
      for (let j = 0; j < size; j++, at++) v[j] += matrix[at]! * factor;
    }
    const square = normalise(v); // ‖AᵀAv‖ → σ²
    const next = Math.sqrt(square);
    if (next === 0 || Math.abs(next - sigma) <= settled * next) return next;
    sigma = next;
  }
  return sigma;
}

/** Scales to length 1 and returns the length before; zero stays zero. */
function normalise(values: Float64Array): number {
  let square = 0;
  for (let i = 0; i < values.length; i++) square += values[i] * values[i];
  const length = Math.sqrt(square);
  if (length > 0) for (let i = 0; i < values.length; i++) values[i] /= length;
  return length;
}
