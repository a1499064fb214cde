/**
 * Dropout between layers as a function of (seed, layer, element) alone, so that engines agree and threads need no order:
 * a value is kept where a hash of its place is at least p, and kept values are scaled by 1/(1−p) (inverted dropout,
 * Srivastava et al. 2014; between layers only, never in time: Zaremba et al. 2014).
 */

/** Key of one layer's masks in one step; `layer` is the one whose output is dropped. */
export function dropoutKey(seed: number, layer: number): number {
  return mix(seed ^ Math.imul(layer + 1, 0x9e3779b9));
}

/** 0 or 1/(1−p) for element `index` = (t·B + b)·H + j of the layer's output. */
export function dropoutFactor(key: number, index: number, probability: number): number {
  const kept = mix(key + Math.imul(index, 0x9e3779b9)) >= probability * 4294967296;
  return kept ? 1 / (1 - probability) : 0;
}

/** MurmurHash3's 32-bit finaliser (Austin Appleby, public domain). */
function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
