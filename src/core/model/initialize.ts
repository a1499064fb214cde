/**
 * Seeded starting weights. Every tensor draws from a generator of its own name, so adding one changes no other.
 *
 * | init         | W_hh                           | W_ih of layer 0 | W_ih above     | highway W, b       | biases   | out.weight |
 * | `orthogonal` | each H×H gate block orthogonal | N(0, 1)         | N(0, 4/inputs) | N(0, 1/inputs), −1 | 0        | N(0, 4/F)  |
 * | `uniform`    | U(±0.08)                       | U(±0.08)        | U(±0.08)       | U(±0.08), −1       | U(±0.08) | U(±0.08)   |
 * | `identity`   | I                              | N(0, 0.001²)    | N(0, 4/inputs) | N(0, 1/inputs), −1 | 0        | N(0, 4/F)  |
 *
 * In all of them an LSTM's forget bias starts at 1 in total: 1 in bias_ih, 0 in bias_hh (Jozefowicz et al. 2015).
 * Orthogonal: Saxe et al. 2014. Uniform: Karpathy, Johnson, Fei-Fei 2015. Identity: Le, Jaitly, Hinton 2015, with their
 * standard deviation for the input weights. Highway gates start towards carrying: Srivastava et al. 2015.
 *
 * The scaled normals keep signals at their size: a one-hot input has a fan-in of 1, hence N(0, 1), as embeddings start;
 * hidden states have a root mean square of about a half, hence the gain of 2 on what reads them. Against U(±1/√H) on all
 * of these (what PyTorch's modules start with), in PyTorch on 1 MB of TypeScript, H = 128, batch 16, window 64, Adam 5e-3
 * with cosine decay, a scale-up of that order (W_ih of deviation 0.4, out.weight of deviation 1.7/√H) took the held-out
 * loss after 600,000 characters from 2.41 to 2.11 nats (LSTM), 2.26 to 1.83 (GRU) and 3.10 to 1.97 (LSTM of two layers).
 */
import { Random } from '../random.ts';
import { elements, featureSize, inputSize, parameterLayout } from './layout.ts';
import type { Init, ModelSpec } from './spec.ts';
import type { ParameterSet } from './tensors.ts';
import { validateFresh } from './validate.ts';

const uniformBound = 0.08;
/** Makes up for hidden states being smaller than 1. */
const hiddenGain = 2;
const identityInputDeviation = 0.001;
const highwayBias = -1;

/** Fresh parameters (float32, by layout order). The same specification, start and seed give the same values on every machine. */
export function initialize(spec: ModelSpec, init: Init, seed: number): ParameterSet {
  validateFresh(spec, init);
  const parameters: ParameterSet = new Map();
  for (const { name, shape } of parameterLayout(spec)) {
    const data = new Float32Array(elements(shape));
    fill(data, name, spec, init, Random.derive(seed, `initialize/${name}`));
    parameters.set(name, { shape, data });
  }
  return parameters;
}

function fill(data: Float32Array, name: string, spec: ModelSpec, init: Init, random: Random): void {
  const k = Number(/_l(\d+)/.exec(name)?.[1] ?? -1);
  const { cell, hiddenSize } = spec.layers.at(k)!;
  if (name.endsWith('bias') || name.startsWith('rnn.bias')) {
    if (init === 'uniform') uniform(data, uniformBound, random);
    // Gate order i, f, g, o: the second block is the forget gate.
    if (cell === 'lstm' && k >= 0) data.fill(name.startsWith('rnn.bias_ih') ? 1 : 0, hiddenSize, 2 * hiddenSize);
  } else if (name.startsWith('highway.bias')) data.fill(highwayBias);
  else if (name.startsWith('rnn.weight_hh') && init !== 'uniform') {
    const block = hiddenSize * hiddenSize;
    for (let start = 0; start < data.length; start += block) {
      const gate = data.subarray(start, start + block);
      if (init === 'identity') for (let i = 0; i < hiddenSize; i++) gate[i * hiddenSize + i] = 1;
      else gate.set(orthogonal(hiddenSize, random));
    }
  } else if (init === 'uniform') uniform(data, uniformBound, random);
  else if (k < 0) normal(data, hiddenGain / Math.sqrt(featureSize(spec)), random);
  else if (name.startsWith('highway')) normal(data, 1 / Math.sqrt(inputSize(spec, k)), random);
  else if (k > 0) normal(data, hiddenGain / Math.sqrt(inputSize(spec, k)), random);
  else normal(data, init === 'identity' ? identityInputDeviation : 1, random);
}

function uniform(data: Float32Array, bound: number, random: Random): void {
  for (let i = 0; i < data.length; i++) data[i] = (2 * random.next() - 1) * bound;
}

function normal(data: Float32Array, deviation: number, random: Random): void {
  for (let i = 0; i < data.length; i++) data[i] = deviation * random.normal();
}

/**
 * A random orthogonal matrix [size, size], row-major: modified Gram–Schmidt on the rows of a Gaussian matrix, which is
 * uniform over the orthogonal group (Haar) as R's diagonal is positive.
 */
export function orthogonal(size: number, random: Random): Float64Array {
  const q = new Float64Array(size * size);
  for (let i = 0; i < q.length; i++) q[i] = random.normal();
  for (let row = 0; row < size; row++) {
    const from = row * size;
    let square = 0;
    for (let j = 0; j < size; j++) square += q[from + j] * q[from + j];
    const scale = 1 / Math.sqrt(square);
    for (let j = 0; j < size; j++) q[from + j] *= scale;
    // Take this direction out of all later rows at once: the unrolled sums keep the loop off the adder's latency.
    for (let later = row + 1; later < size; later++) {
      const at = later * size;
      let dot = 0;
      let dot2 = 0;
      let j = 0;
      for (; j + 1 < size; j += 2) {
        dot += q[from + j] * q[at + j];
        dot2 += q[from + j + 1] * q[at + j + 1];
      }
      if (j < size) dot += q[from + j] * q[at + j];
      dot += dot2;
      for (j = 0; j < size; j++) q[at + j] -= dot * q[from + j];
    }
  }
  return q;
}
