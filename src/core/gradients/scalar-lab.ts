/** Small cases in which a gradient can be followed by hand: one linear unit over time, and a deep stack of layers. */
import { sigmoid } from '../model/cells/functions.ts';
import { Random } from '../random.ts';

/**
 * |∂h_T/∂h_t| of h_t = w·h_{t−1} + …, for t = T − k: |w|^k, k = 0…steps. Between time 1 and time T lie T − 1 factors:
 * w = 1.1 and 0.9 give 106.72 and 0.005726 for T = 50, and 117.39 and 0.00515 after 50 steps, the figures that lectures print.
 */
export function scalarGradients(weight: number, steps: number): Float64Array {
  return Float64Array.from({ length: steps + 1 }, (_, k) => Math.abs(weight) ** k);
}

/** The lag at which |w|^k falls under `threshold`, not rounded: ln threshold / ln|w|; Infinity where it never does. */
export function decayLength(weight: number, threshold: number): number {
  const size = Math.abs(weight);
  if (size >= 1) return Number.POSITIVE_INFINITY;
  return size === 0 ? 0 : Math.log(threshold) / Math.log(size);
}

export type Activation = 'sigmoid' | 'tanh' | 'relu';

const activations: Record<Activation, { value(a: number): number; slope(y: number): number; gain: number }> = {
  // Standard deviation of the weights: gain/√units. Sigmoid and tanh: Glorot, Bengio 2010; ReLU: He et al. 2015.
  sigmoid: { value: sigmoid, slope: (y) => y * (1 - y), gain: 1 },
  tanh: { value: Math.tanh, slope: (y) => 1 - y * y, gain: 1 },
  relu: { value: (a) => Math.max(0, a), slope: (y) => (y > 0 ? 1 : 0), gain: Math.SQRT2 },
};

export interface DeepStackOptions {
  activation: Activation;
  layers: number;
  units: number;
  /** Random inputs and output gradients whose mean is taken. */
  samples: number;
  seed: number;
}

/**
 * mean ‖∂J/∂a^l‖₂ of a fully connected stack at its random start, by layer from the first, a^l the pre-activations; J is a
 * random linear function of the last layer, inputs are standard normal. Sigmoid slopes of at most ¼ shrink it layer by
 * layer; ReLU keeps its size (Glorot, Bordes, Bengio 2011).
 */
export function deepStackGradients({ activation, layers, units, samples, seed }: DeepStackOptions): Float64Array {
  const { value, slope, gain } = activations[activation];
  const random = Random.derive(seed, 'deep stack');
  const deviation = gain / Math.sqrt(units);
  const weights = Array.from({ length: layers }, () =>
    Float64Array.from({ length: units * units }, () => deviation * random.normal()),
  );
  const means = new Float64Array(layers);
  for (let sample = 0; sample < samples; sample++) {
    const outputs = [Float64Array.from({ length: units }, () => random.normal())];
    for (const weight of weights) outputs.push(multiply(weight, outputs.at(-1)!).map(value));
    let gradient = Float64Array.from({ length: units }, () => random.normal());
    for (let layer = layers - 1; layer >= 0; layer--) {
      gradient = gradient.map((d, j) => d * slope(outputs[layer + 1]![j]!));
      means[layer]! += Math.sqrt(gradient.reduce((sum, d) => sum + d * d, 0)) / samples;
      gradient = multiplyTransposed(weights[layer]!, gradient);
    }
  }
  return means;
}

function multiply(weight: Float64Array, x: Float64Array): Float64Array<ArrayBuffer> {
  const n = x.length;
  return Float64Array.from({ length: n }, (_, m) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += weight[m * n + j] * x[j];
    return sum;
  });
}

function multiplyTransposed(weight: Float64Array, d: Float64Array): Float64Array<ArrayBuffer> {
  const n = d.length;
  const x = new Float64Array(n);
  for (let m = 0; m < n; m++) for (let j = 0; j < n; j++) x[j] += weight[m * n + j] * d[m];
  return x;
}
