/** The output layer: logits = W_out·features + b_out, softmax cross-entropy in nats. */
import type { Window } from '../engine.ts';
import type { Tape } from './forward.ts';
import { add, addOuter, addTransposed, affine } from './linear.ts';
import type { Network } from './network.ts';

/** Logits [V] of one row. */
export function logitsOf(network: Network, tape: Tape, row: number, logits: Float64Array): void {
  const { outWeight, outBias, featureSize } = network;
  affine(outWeight, outBias, tape.features, row * featureSize, featureSize, logits);
}

/** −ln p(target), by log Σ exp shifted by the largest logit. */
export function crossEntropy(logits: Float64Array, target: number): number {
  return logSumExp(logits) - logits[target];
}

/** ∂(−ln p(target))/∂logits = p − onehot(target), times `weight`, in place of the logits. */
export function crossEntropyGradient(logits: Float64Array, target: number, weight: number): void {
  const total = logSumExp(logits);
  for (let v = 0; v < logits.length; v++) logits[v] = weight * Math.exp(logits[v] - total);
  logits[target] -= weight;
}

/**
 * Mean loss of a window's scored characters and its gradients ∂J/∂features, one [B, F] per step; the output layer's
 * gradients are added to `into`.
 */
export function windowLoss(
  network: Network,
  tape: Tape,
  targets: Window['targets'],
  into: Network,
): { loss: number; scored: number; dFeatures: Float64Array[] } {
  const { featureSize: F, outWeight, outBias } = network;
  const scored = targets.reduce((count, target) => count + (target < 0 ? 0 : 1), 0);
  const dFeatures = Array.from({ length: tape.time }, () => new Float64Array(tape.batch * F));
  const logits = new Float64Array(outBias.length);
  let sum = 0;
  targets.forEach((target, row) => {
    if (target < 0) return;
    logitsOf(network, tape, row, logits);
    sum += crossEntropy(logits, target);
    crossEntropyGradient(logits, target, 1 / scored);
    const t = Math.floor(row / tape.batch);
    addTransposed(outWeight, logits, dFeatures[t]!, (row % tape.batch) * F, F);
    addOuter(logits, tape.features, row * F, F, into.outWeight);
    add(logits, into.outBias);
  });
  return { loss: scored > 0 ? sum / scored : 0, scored, dFeatures };
}

function logSumExp(logits: Float64Array): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let v = 0; v < logits.length; v++) if (!(logits[v] <= max)) max = logits[v]; // NaN wins, so that it is seen
  let sum = 0;
  for (let v = 0; v < logits.length; v++) sum += Math.exp(logits[v] - max);
  return max + Math.log(sum);
}
