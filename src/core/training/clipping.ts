/** Gradient norms, norm clipping, and finding NaN or Inf. */
import type { ParameterSet } from '../model/tensors.ts';

/** ‖g‖₂ of each tensor, in the set's order. */
export function gradientNorms(gradients: ParameterSet): Map<string, number> {
  const norms = new Map<string, number>();
  for (const [name, { data }] of gradients) {
    let square = 0;
    for (let i = 0; i < data.length; i++) square += data[i] * data[i];
    norms.set(name, Math.sqrt(square));
  }
  return norms;
}

/** ‖g‖₂ of all tensors together. */
export function globalNorm(norms: ReadonlyMap<string, number>): number {
  let square = 0;
  for (const norm of norms.values()) square += norm * norm;
  return Math.sqrt(square);
}

/** Factor on the gradient: clipNorm/‖g‖ where ‖g‖ > clipNorm, else 1; a threshold of 0 never clips (Pascanu et al. 2013). */
export function clipScale(norm: number, clipNorm: number): number {
  return clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1;
}

/** Name of the first tensor that holds NaN or ±Inf, or null. */
export function firstNonFinite(tensors: ParameterSet): string | null {
  for (const [name, { data }] of tensors)
    for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return name;
  return null;
}
