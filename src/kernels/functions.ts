/** tanh, σ and exp on four lanes. NaN in, NaN out: clamps keep their first operand where the comparison fails. */
import { madd, nmadd } from './lanes';

/**
 * tanh by a 13/6 rational minimax approximation on [−7.905, 7.905]; absolute error at most 2.7e-7.
 * From |x| = 9 on, where float32's tanh is ±1, exactly ±1.
 */
// @ts-ignore: decorator
@inline
export function tanh4(x0: v128): v128 {
  const limit = f32x4.splat(7.90531110763549805);
  const x = f32x4.pmin(f32x4.pmax(x0, f32x4.neg(limit)), limit);
  const y = f32x4.mul(x, x);
  let p = madd(y, f32x4.splat(-2.76076847742355e-16), f32x4.splat(2.00018790482477e-13));
  p = madd(y, p, f32x4.splat(-8.60467152213735e-11));
  p = madd(y, p, f32x4.splat(5.12229709037114e-08));
  p = madd(y, p, f32x4.splat(1.48572235717979e-05));
  p = madd(y, p, f32x4.splat(6.37261928875436e-04));
  p = madd(y, p, f32x4.splat(4.89352455891786e-03));
  p = f32x4.mul(x, p);
  let q = madd(y, f32x4.splat(1.19825839466702e-06), f32x4.splat(1.18534705686654e-04));
  q = madd(y, q, f32x4.splat(2.26843463243900e-03));
  q = madd(y, q, f32x4.splat(4.89352518554385e-03));
  const one = v128.or(v128.and(x0, i32x4.splat(0x80000000)), f32x4.splat(1));
  return v128.bitselect(one, f32x4.div(p, q), f32x4.ge(f32x4.abs(x0), f32x4.splat(9)));
}

/** σ(x) = ½ + ½·tanh(x/2): exactly 0 and 1 for |x| ≥ 18. */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const half = f32x4.splat(0.5);
  return madd(half, tanh4(f32x4.mul(half, x)), half);
}

/** eˣ for x in [−87, 88], clamped there: 2ⁿ·p(r), p a degree-6 polynomial (Cephes, expf); relative error 1.2e-7. */
// @ts-ignore: decorator
@inline
export function exp4(x0: v128): v128 {
  const x = f32x4.pmin(f32x4.pmax(x0, f32x4.splat(-87.0)), f32x4.splat(88.0));
  // Adding 1.5·2²³ + 127 rounds x/ln 2 to an integer whose low bits are the biased exponent.
  const shift = f32x4.splat(12583039.0);
  const t = madd(x, f32x4.splat(1.44269504088896341), shift);
  const n = f32x4.sub(t, shift);
  let r = nmadd(n, f32x4.splat(0.693359375), x);
  r = nmadd(n, f32x4.splat(-2.12194440e-4), r);
  let p = madd(r, f32x4.splat(1.9875691500e-4), f32x4.splat(1.3981999507e-3));
  p = madd(r, p, f32x4.splat(8.3334519073e-3));
  p = madd(r, p, f32x4.splat(4.1665795894e-2));
  p = madd(r, p, f32x4.splat(1.6666665459e-1));
  p = madd(r, p, f32x4.splat(5.0000001201e-1));
  p = madd(f32x4.mul(r, r), p, f32x4.add(r, f32x4.splat(1)));
  return f32x4.mul(p, i32x4.shl(t, 23));
}

/** For tests: y[0..n) = function(x[0..n)); 0 tanh, 1 σ, 2 exp. n a multiple of 4. */
export function mapFunction(kind: i32, n: i32, x: usize, y: usize): void {
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    const v = v128.load(x + i);
    v128.store(y + i, kind == 0 ? tanh4(v) : kind == 1 ? sigmoid4(v) : exp4(v));
  }
}
