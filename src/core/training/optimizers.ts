/**
 * First-order optimisers as pure init/update pairs: nothing is kept here, nothing given is changed. Formulas and their
 * conventions (where ε stands, how momentum starts) are PyTorch's. g is the gradient after clipping, η the learning rate.
 *
 * | kind       | slots | update                                                                                  |
 * | `adam`     | m, v  | m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; θ ← θ − η/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε)  (Kingma, Ba 2015) |
 * | `rmsprop`  | v     | v ← ρv + (1−ρ)g²; θ ← θ − η·g/(√v + ε)                                  (Hinton 2012)    |
 * | `adadelta` | v, u  | v ← ρv + (1−ρ)g²; d = g·√(u+ε)/√(v+ε); u ← ρu + (1−ρ)d²; θ ← θ − η·d    (Zeiler 2012)    |
 * | `sgd`      | m     | m ← μm + g; θ ← θ − η·m                                                 (Polyak 1964)    |
 */
import type { OptimizerSpec } from '../engine/engine.ts';
import type { ParameterSet, Tensor } from '../model/tensors.ts';

export interface OptimizerState {
  /** By `slot/parameter name`. */
  slots: Map<string, Tensor>;
  /** Updates made so far. */
  steps: number;
}

/** Names of the slots that each optimiser keeps per parameter, in order. */
export const slotsOf: Record<OptimizerSpec['kind'], readonly string[]> = {
  adam: ['m', 'v'],
  rmsprop: ['v'],
  adadelta: ['v', 'u'],
  sgd: ['m'],
};

/** The optimisers with their papers' and PyTorch's usual constants. */
export function optimizerSpec(kind: OptimizerSpec['kind'], momentum: number): OptimizerSpec {
  switch (kind) {
    case 'adam':
      return { kind, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    case 'rmsprop':
      return { kind, decay: 0.95, epsilon: 1e-8 }; // Karpathy, Johnson, Fei-Fei 2015
    case 'adadelta':
      return { kind, decay: 0.9, epsilon: 1e-6 };
    case 'sgd':
      return { kind, momentum };
  }
}

/** All slots zero. */
export function initOptimizer(optimizer: OptimizerSpec, parameters: ParameterSet): OptimizerState {
  const slots = new Map<string, Tensor>();
  for (const slot of slotsOf[optimizer.kind])
    for (const [name, { shape, data }] of parameters)
      slots.set(`${slot}/${name}`, { shape, data: new Float64Array(data.length) });
  return { slots, steps: 0 };
}

/** True where the state holds exactly this optimiser's slots: another optimiser's state cannot be continued. */
export function fitsOptimizer(optimizer: OptimizerSpec, parameters: ParameterSet, state: OptimizerState): boolean {
  const wanted = slotsOf[optimizer.kind].flatMap((slot) => [...parameters.keys()].map((name) => `${slot}/${name}`));
  return state.slots.size === wanted.length && wanted.every((name) => state.slots.has(name));
}

/** One step with g = `gradientScale` · gradient, in float64. */
export function updateParameters(
  optimizer: OptimizerSpec,
  learningRate: number,
  gradientScale: number,
  parameters: ParameterSet,
  gradients: ParameterSet,
  state: OptimizerState,
): { parameters: ParameterSet; state: OptimizerState } {
  const steps = state.steps + 1;
  const updated: ParameterSet = new Map();
  const slots = new Map<string, Tensor>();
  for (const [name, { shape, data }] of parameters) {
    const theta = Float64Array.from(data);
    const gradient = gradients.get(name)!.data;
    const kept = slotsOf[optimizer.kind].map((slot) => Float64Array.from(state.slots.get(`${slot}/${name}`)!.data));
    step(optimizer, learningRate, steps, gradientScale, theta, gradient, kept);
    updated.set(name, { shape, data: theta });
    slotsOf[optimizer.kind].forEach((slot, s) => {
      slots.set(`${slot}/${name}`, { shape, data: kept[s]! });
    });
  }
  return { parameters: updated, state: { slots, steps } };
}

/** Updates θ and its slots in place; they are the caller's fresh copies. */
function step(
  optimizer: OptimizerSpec,
  learningRate: number,
  steps: number,
  scale: number,
  theta: Float64Array,
  gradient: Float32Array | Float64Array,
  slots: Float64Array[],
): void {
  const [first, second] = slots as [Float64Array, Float64Array];
  switch (optimizer.kind) {
    case 'adam': {
      const { beta1, beta2, epsilon } = optimizer;
      const rate = learningRate / (1 - beta1 ** steps);
      const correction = Math.sqrt(1 - beta2 ** steps);
      for (let i = 0; i < theta.length; i++) {
        const g = scale * gradient[i];
        first[i] = beta1 * first[i] + (1 - beta1) * g;
        second[i] = beta2 * second[i] + (1 - beta2) * g * g;
        theta[i] -= (rate * first[i]) / (Math.sqrt(second[i]) / correction + epsilon);
      }
      return;
    }
    case 'rmsprop': {
      const { decay, epsilon } = optimizer;
      for (let i = 0; i < theta.length; i++) {
        const g = scale * gradient[i];
        first[i] = decay * first[i] + (1 - decay) * g * g;
        theta[i] -= (learningRate * g) / (Math.sqrt(first[i]) + epsilon);
      }
      return;
    }
    case 'adadelta': {
      const { decay, epsilon } = optimizer;
      for (let i = 0; i < theta.length; i++) {
        const g = scale * gradient[i];
        first[i] = decay * first[i] + (1 - decay) * g * g;
        const d = (g * Math.sqrt(second[i] + epsilon)) / Math.sqrt(first[i] + epsilon);
        second[i] = decay * second[i] + (1 - decay) * d * d;
        theta[i] -= learningRate * d;
      }
      return;
    }
    case 'sgd':
      for (let i = 0; i < theta.length; i++) {
        first[i] = optimizer.momentum * first[i] + scale * gradient[i];
        theta[i] -= learningRate * first[i];
      }
  }
}
