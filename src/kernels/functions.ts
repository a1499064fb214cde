/**
 * tanh, σ and exp on four lanes. NaN in, NaN out: clamps keep their first operand where the comparison fails.
 *
 * Constants are read from memory, a broadcast each: V8 would build them anew from integers at every use, and merges two vectors of a
 * loop into a wide one (revectorization) only where their operations have no vector constants.
 */
import { madd, nmadd } from './lanes';

const TANH = memory.data<f32>([
  // The clamp, then numerator and denominator from the highest power down.
  -7.90531110763549805, 7.90531110763549805,
  -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-08, 1.48572235717979e-05, 6.37261928875436e-04,
  4.89352455891786e-03,
  1.19825839466702e-06, 1.18534705686654e-04, 2.26843463243900e-03, 4.89352518554385e-03,
]);

const EXP = memory.data<f32>([
  // The clamp; 1/ln 2; 1.5·2²³ + 127; ln 2 in two parts; the polynomial from the highest power down.
  -87.0, 88.0, 1.44269504088896341, 12583039.0, 0.693359375, -2.12194440e-4,
  1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
]);

/** −1, ½, 1, and what counts as zero among gradients: far below float32's resolution of any sum they enter, and never denormal in a product. */
const PLAIN = memory.data<f32>([-1, 0.5, 1, 1e-25]);

// @ts-ignore: decorator
@inline
function constant(table: usize, index: usize): v128 {
  return v128.load32_splat(table + (index << 2));
}

// @ts-ignore: decorator
@inline
export function one4(): v128 {
  return constant(PLAIN, 2);
}

// @ts-ignore: decorator
@inline
export function tiny4(): v128 {
  return constant(PLAIN, 3);
}

/**
 * tanh by a 13/6 rational minimax approximation on [−7.905, 7.905]; absolute error at most 2.7e-7.
 * Beyond the clamp x0 − x ≠ 0 carries the value over ±1, where it is cut off: exactly ±1 from |x| = 8 on.
 */
// @ts-ignore: decorator
@inline
export function tanh4(x0: v128): v128 {
  const x = f32x4.pmin(f32x4.pmax(x0, constant(TANH, 0)), constant(TANH, 1));
  const y = f32x4.mul(x, x);
  let p = madd(y, constant(TANH, 2), constant(TANH, 3));
  p = madd(y, p, constant(TANH, 4));
  p = madd(y, p, constant(TANH, 5));
  p = madd(y, p, constant(TANH, 6));
  p = madd(y, p, constant(TANH, 7));
  p = madd(y, p, constant(TANH, 8));
  let q = madd(y, constant(TANH, 9), constant(TANH, 10));
  q = madd(y, q, constant(TANH, 11));
  q = madd(y, q, constant(TANH, 12));
  const value = f32x4.add(f32x4.div(f32x4.mul(x, p), q), f32x4.sub(x0, x));
  return f32x4.pmin(f32x4.pmax(value, constant(PLAIN, 0)), constant(PLAIN, 2));
}

/** σ(x) = ½ + ½·tanh(x/2): exactly 0 and 1 for |x| ≥ 16. */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const half = constant(PLAIN, 1);
  return madd(half, tanh4(f32x4.mul(half, x)), half);
}

/** eˣ for x in [−87, 88], clamped there: 2ⁿ·p(r), p a degree-6 polynomial (Cephes, expf); relative error 1.2e-7. */
// @ts-ignore: decorator
@inline
export function exp4(x0: v128): v128 {
  const x = f32x4.pmin(f32x4.pmax(x0, constant(EXP, 0)), constant(EXP, 1));
  // Adding 1.5·2²³ + 127 rounds x/ln 2 to an integer whose low bits are the biased exponent.
  const t = madd(x, constant(EXP, 2), constant(EXP, 3));
  const n = f32x4.sub(t, constant(EXP, 3));
  let r = nmadd(n, constant(EXP, 4), x);
  r = nmadd(n, constant(EXP, 5), r);
  let p = madd(r, constant(EXP, 6), constant(EXP, 7));
  p = madd(r, p, constant(EXP, 8));
  p = madd(r, p, constant(EXP, 9));
  p = madd(r, p, constant(EXP, 10));
  p = madd(r, p, constant(EXP, 11));
  p = madd(f32x4.mul(r, r), p, f32x4.add(r, constant(PLAIN, 2)));
  return f32x4.mul(p, i32x4.shl(t, 23));
}

/** For tests: y[0..n) = function(x[0..n)); 0 tanh, 1 σ, 2 exp. n a multiple of 4. */
export function mapFunction(kind: i32, n: i32, x: usize, y: usize): void {
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    const v = v128.load(x + i);
    v128.store(y + i, kind == 0 ? tanh4(v) : kind == 1 ? sigmoid4(v) : exp4(v));
  }
}
