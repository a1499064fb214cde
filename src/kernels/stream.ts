/**
 * A single stream: gate rows stand in the lanes, so that one batch lane wastes nothing. All vectors are contiguous;
 * weights are packed by `packStream` as [rows/32][inputs][32], rows padded with zeros.
 */
import { cellForward } from './cells';
import { madd } from './lanes';
import { tanh4 } from './functions';

/** Weights in master layout ([inputs/8][rows][8], rows [m0, m0+rows) of `stride`) → [rows/32][inputs][32]; inputs a multiple of 8. */
export function packStream(stride: i32, m0: i32, rows: i32, inputs: i32, weights: usize, packed: usize): void {
  for (let i = 0; i < rows; i += 32) {
    for (let q = 0; q < 32; ++q) {
      let d = packed + (<usize>(i * inputs + q) << 2);
      for (let k = 0; k < inputs; ++k) {
        const at = weights + (<usize>(((k >> 3) * stride + m0 + i + q) * 8 + (k & 7)) << 2);
        store<f32>(d, i + q < rows ? load<f32>(at) : 0);
        d += 128;
      }
    }
  }
}

/** y[0..rows) += W·x, `rows` a multiple of 32 (so y has room for them). */
export function streamProduct(rows: i32, inputs: i32, weights: usize, x: usize, y: usize): void {
  let w = weights;
  for (let i = 0; i < rows; i += 32) {
    let c0 = v128.load(y), c1 = v128.load(y, 16), c2 = v128.load(y, 32), c3 = v128.load(y, 48);
    let c4 = v128.load(y, 64), c5 = v128.load(y, 80), c6 = v128.load(y, 96), c7 = v128.load(y, 112);
    for (let p = x, end = x + (<usize>inputs << 2); p < end; p += 4) {
      const s = v128.load32_splat(p);
      c0 = madd(s, v128.load(w), c0);
      c1 = madd(s, v128.load(w, 16), c1);
      c2 = madd(s, v128.load(w, 32), c2);
      c3 = madd(s, v128.load(w, 48), c3);
      c4 = madd(s, v128.load(w, 64), c4);
      c5 = madd(s, v128.load(w, 80), c5);
      c6 = madd(s, v128.load(w, 96), c6);
      c7 = madd(s, v128.load(w, 112), c7);
      w += 128;
    }
    v128.store(y, c0); v128.store(y, c1, 16); v128.store(y, c2, 32); v128.store(y, c3, 48);
    v128.store(y, c4, 64); v128.store(y, c5, 80); v128.store(y, c6, 96); v128.store(y, c7, 112);
    y += 128;
  }
}

/**
 * `steps` steps of one layer whose pre-activations already hold bias and input product: gates [t][stride] become activations;
 * h, c, tanhC are [t+1][units], slot 0 the state before. The recurrent rows begin at `recurrentRow` of the gates.
 * Clamps (count × {unit, value}) fix c for LSTM, else h, after every step.
 */
export function streamLayer(
  kind: i32, units: i32, steps: i32, stride: i32, recurrentRow: i32, recurrentRows: i32, weights: usize, gates: usize,
  h: usize, c: usize, tanhC: usize, clamps: usize, clampCount: i32,
): void {
  const size = <usize>units << 2;
  for (let t = 0; t < steps; ++t) {
    streamProduct(recurrentRows, units, weights, h, gates + (<usize>recurrentRow << 2));
    cellForward(kind, units, 1, gates, h, h + size, c, c + size, tanhC + size, 0, 1, 0, units);
    gates += <usize>stride << 2;
    h += size;
    c += size;
    tanhC += size;
    for (let k = 0; k < clampCount; ++k) {
      const at = <usize>load<i32>(clamps + (<usize>k << 3)) << 2;
      const value = load<f32>(clamps + (<usize>k << 3), 4);
      if (kind == 2) {
        const t = f32x4.extract_lane(tanh4(f32x4.splat(value)), 0);
        store<f32>(c + at, value);
        store<f32>(tanhC + at, t);
        store<f32>(h + at, load<f32>(gates - (<usize>stride << 2) + 3 * size + at) * t);
      } else store<f32>(h + at, value);
    }
  }
}

/** y[t][rows] = bias (rows of a table where ids are given) for t in [0, steps); `stride` floats from one y to the next. */
export function streamStart(steps: i32, rows: i32, stride: i32, table: usize, ids: usize, y: usize): void {
  for (let t = 0; t < steps; ++t) {
    const row = ids ? load<i32>(ids + (<usize>t << 2)) : 0;
    memory.copy(y, table + (<usize>(row * rows) << 2), <usize>rows << 2);
    y += <usize>stride << 2;
  }
}

/** y[t] += W·x[t] for all t. */
export function streamProducts(steps: i32, rows: i32, inputs: i32, weights: usize, x: usize, xStride: i32, y: usize, yStride: i32): void {
  for (let t = 0; t < steps; ++t) {
    streamProduct(rows, inputs, weights, x, y);
    x += <usize>xStride << 2;
    y += <usize>yStride << 2;
  }
}
