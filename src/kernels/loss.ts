/** Softmax cross-entropy on logits [n][V][8], in place. */
import { exp4 } from './functions';
import { sumLanes } from './lanes';

// @ts-ignore: decorator
@inline
function scaleOf(target: i32, scale: f32): f32 {
  return target < 0 ? 0 : scale;
}

/**
 * Logits become scale·(softmax − one-hot target) in scored lanes and 0 in the others (target −1).
 * losses[n] (float64) = Σ over the panel's scored lanes of −ln p(target).
 */
export function softmaxCrossEntropy(vocabulary: i32, logits: usize, targets: usize, losses: usize, scale: f32, n0: i32, n1: i32): void {
  const size = <usize>vocabulary << 5;
  for (let n = n0; n < n1; ++n) {
    let loss: f64 = 0;
    for (let half: usize = 0; half < 2; ++half) {
      const begin = logits + <usize>n * size + (half << 4), end = begin + size;
      const target = targets + (<usize>n << 5) + (half << 4);
      const t0 = load<i32>(target), t1 = load<i32>(target, 4), t2 = load<i32>(target, 8), t3 = load<i32>(target, 12);
      const p0 = begin + (<usize>max(t0, 0) << 5), p1 = begin + (<usize>max(t1, 0) << 5) + 4;
      const p2 = begin + (<usize>max(t2, 0) << 5) + 8, p3 = begin + (<usize>max(t3, 0) << 5) + 12;
      const x0 = load<f32>(p0), x1 = load<f32>(p1), x2 = load<f32>(p2), x3 = load<f32>(p3);
      let most = v128.load(begin);
      for (let p = begin; p < end; p += 32) most = f32x4.pmax(most, v128.load(p));
      let sum = f32x4.splat(0);
      for (let p = begin; p < end; p += 32) {
        const e = exp4(f32x4.sub(v128.load(p), most));
        sum = f32x4.add(sum, e);
        v128.store(p, e);
      }
      let factor = f32x4.splat(scaleOf(t0, scale));
      factor = f32x4.replace_lane(factor, 1, scaleOf(t1, scale));
      factor = f32x4.replace_lane(factor, 2, scaleOf(t2, scale));
      factor = f32x4.replace_lane(factor, 3, scaleOf(t3, scale));
      factor = f32x4.div(factor, sum);
      for (let p = begin; p < end; p += 32) v128.store(p, f32x4.mul(v128.load(p), factor));
      if (t0 >= 0) {
        store<f32>(p0, load<f32>(p0) - scale);
        loss += <f64>Mathf.log(f32x4.extract_lane(sum, 0)) + <f64>(f32x4.extract_lane(most, 0) - x0);
      }
      if (t1 >= 0) {
        store<f32>(p1, load<f32>(p1) - scale);
        loss += <f64>Mathf.log(f32x4.extract_lane(sum, 1)) + <f64>(f32x4.extract_lane(most, 1) - x1);
      }
      if (t2 >= 0) {
        store<f32>(p2, load<f32>(p2) - scale);
        loss += <f64>Mathf.log(f32x4.extract_lane(sum, 2)) + <f64>(f32x4.extract_lane(most, 2) - x2);
      }
      if (t3 >= 0) {
        store<f32>(p3, load<f32>(p3) - scale);
        loss += <f64>Mathf.log(f32x4.extract_lane(sum, 3)) + <f64>(f32x4.extract_lane(most, 3) - x3);
      }
    }
    store<f64>(losses + (<usize>n << 3), loss);
  }
}

/** ln Σ eˣ of a row x[0..n), in float32 with the greatest value taken out. */
export function logSumExp(n: i32, x: usize): f32 {
  const end = x + (<usize>n << 2), lanes = x + (<usize>(n & ~3) << 2);
  let most = load<f32>(x);
  for (let p = x; p < end; p += 4) most = max(most, load<f32>(p));
  let sums = f32x4.splat(0);
  for (let p = x; p < lanes; p += 16) sums = f32x4.add(sums, exp4(f32x4.sub(v128.load(p), f32x4.splat(most))));
  let sum = sumLanes(sums);
  for (let p = lanes; p < end; p += 4) sum += Mathf.exp(load<f32>(p) - most);
  return Mathf.log(sum) + most;
}
