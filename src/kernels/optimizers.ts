/** Optimiser steps over a range of parameters θ and gradients g, float32; g is scaled by `scale` (clipping) as it is read. */
import { flush, madd, nmadd, sumLanes } from './lanes';

/** Moments smaller than this are zero: they would soon be denormal, and slow. */
const TINY: f32 = 1e-30;

/** Σ x² in float64, exact enough that only NaN or Inf in x makes it so. n is a multiple of 4. */
export function sumOfSquares(x: usize, n: i32): f64 {
  let a = f64x2.splat(0), b = a;
  for (let p = x, end = x + (<usize>n << 2); p < end; p += 16) {
    const v = v128.load(p);
    const low = f64x2.promote_low_f32x4(v), high = f64x2.promote_low_f32x4(i64x2.splat(i64x2.extract_lane(v, 1)));
    a = f64x2.add(a, f64x2.mul(low, low));
    b = f64x2.add(b, f64x2.mul(high, high));
  }
  const total = f64x2.add(a, b);
  return f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
}

/** `rate` = η/(1−β₁ᵗ), `correction` = 1/√(1−β₂ᵗ): θ ← θ − rate·m/(√v·correction + ε). */
export function adam(
  x: usize, g: usize, m: usize, v: usize, bytes: usize, scale: f32, rate: f32, beta1: f32, oneLess1: f32, beta2: f32, oneLess2: f32,
  correction: f32, epsilon: f32,
): void {
  const tiny = f32x4.splat(TINY), B1 = f32x4.splat(beta1), B2 = f32x4.splat(beta2), L1 = f32x4.splat(oneLess1), L2 = f32x4.splat(oneLess2);
  for (let o: usize = 0; o < bytes; o += 16) {
    const d = f32x4.mul(v128.load(g + o), f32x4.splat(scale));
    const first = flush(madd(B1, v128.load(m + o), f32x4.mul(L1, d)), tiny);
    const second = flush(madd(B2, v128.load(v + o), f32x4.mul(L2, f32x4.mul(d, d))), tiny);
    v128.store(m + o, first);
    v128.store(v + o, second);
    const under = madd(f32x4.sqrt(second), f32x4.splat(correction), f32x4.splat(epsilon));
    v128.store(x + o, f32x4.sub(v128.load(x + o), f32x4.div(f32x4.mul(f32x4.splat(rate), first), under)));
  }
}

/** v ← ρv + (1−ρ)g²; θ ← θ − η·g/(√v + ε). */
export function rmsprop(x: usize, g: usize, v: usize, bytes: usize, scale: f32, rate: f32, decay: f32, oneLess: f32, epsilon: f32): void {
  for (let o: usize = 0; o < bytes; o += 16) {
    const d = f32x4.mul(v128.load(g + o), f32x4.splat(scale));
    const square = flush(madd(f32x4.splat(decay), v128.load(v + o), f32x4.mul(f32x4.splat(oneLess), f32x4.mul(d, d))), f32x4.splat(TINY));
    v128.store(v + o, square);
    const under = f32x4.add(f32x4.sqrt(square), f32x4.splat(epsilon));
    v128.store(x + o, f32x4.sub(v128.load(x + o), f32x4.div(f32x4.mul(f32x4.splat(rate), d), under)));
  }
}

/** v ← ρv + (1−ρ)g²; d = g·√(u+ε)/√(v+ε); u ← ρu + (1−ρ)d²; θ ← θ − η·d. */
export function adadelta(
  x: usize, g: usize, v: usize, u: usize, bytes: usize, scale: f32, rate: f32, decay: f32, oneLess: f32, epsilon: f32,
): void {
  const tiny = f32x4.splat(TINY), R = f32x4.splat(decay), L = f32x4.splat(oneLess), E = f32x4.splat(epsilon);
  for (let o: usize = 0; o < bytes; o += 16) {
    const d = f32x4.mul(v128.load(g + o), f32x4.splat(scale)), before = v128.load(u + o);
    const square = flush(madd(R, v128.load(v + o), f32x4.mul(L, f32x4.mul(d, d))), tiny);
    v128.store(v + o, square);
    const step = f32x4.div(f32x4.mul(d, f32x4.sqrt(f32x4.add(before, E))), f32x4.sqrt(f32x4.add(square, E)));
    v128.store(u + o, flush(madd(R, before, f32x4.mul(L, f32x4.mul(step, step))), tiny));
    v128.store(x + o, nmadd(f32x4.splat(rate), step, v128.load(x + o)));
  }
}

/** m ← μm + g; θ ← θ − η·m. */
export function sgd(x: usize, g: usize, m: usize, bytes: usize, scale: f32, rate: f32, momentum: f32): void {
  for (let o: usize = 0; o < bytes; o += 16) {
    const velocity = flush(
      madd(f32x4.splat(momentum), v128.load(m + o), f32x4.mul(v128.load(g + o), f32x4.splat(scale))), f32x4.splat(TINY));
    v128.store(m + o, velocity);
    v128.store(x + o, nmadd(f32x4.splat(rate), velocity, v128.load(x + o)));
  }
}

/** 12 independent chains of multiply–add, n rounds each: 96·n FLOP, what a core can reach at most with 128-bit lanes. */
export function peak(n: i32, a: f32, b: f32): f32 {
  const A = f32x4.splat(a), B = f32x4.splat(b);
  let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0, c8 = c0, c9 = c0, c10 = c0, c11 = c0;
  for (let i = 0; i < n; ++i) {
    c0 = madd(c0, A, B); c1 = madd(c1, A, B); c2 = madd(c2, A, B); c3 = madd(c3, A, B);
    c4 = madd(c4, A, B); c5 = madd(c5, A, B); c6 = madd(c6, A, B); c7 = madd(c7, A, B);
    c8 = madd(c8, A, B); c9 = madd(c9, A, B); c10 = madd(c10, A, B); c11 = madd(c11, A, B);
  }
  const s0 = f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3)), s1 = f32x4.add(f32x4.add(c4, c5), f32x4.add(c6, c7));
  return sumLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(f32x4.add(c8, c9), f32x4.add(c10, c11))));
}
