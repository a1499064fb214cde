/** Moving values in and out of batch panels, sums over lanes, masks and the connections between layers. */
import { flush, joinHigh, joinLow, madd, nmadd, sumLanes, zipHigh, zipLow } from './lanes';
import { sigmoid4 } from './functions';

/**
 * panels[n][features][8] = table[id][0..features) for the 8 ids of each panel, rows [f0, f1) (multiples of 4): a one-hot product as a
 * transposing gather. The table's rows are `stride` floats apart.
 */
export function gather(features: i32, stride: i32, table: usize, ids: usize, panels: usize, n0: i32, n1: i32, f0: i32, f1: i32): void {
  for (let n = n0; n < n1; ++n) {
    for (let half: usize = 0; half < 2; ++half) {
      const id = ids + (<usize>n << 5) + (half << 4);
      let r0 = table + (<usize>(load<i32>(id) * stride + f0) << 2), r1 = table + (<usize>(load<i32>(id, 4) * stride + f0) << 2);
      let r2 = table + (<usize>(load<i32>(id, 8) * stride + f0) << 2), r3 = table + (<usize>(load<i32>(id, 12) * stride + f0) << 2);
      let d = panels + ((<usize>n * <usize>features + <usize>f0) << 5) + (half << 4);
      for (let f = f0; f < f1; f += 4) {
        const a = v128.load(r0), b = v128.load(r1), c = v128.load(r2), e = v128.load(r3);
        const ab0 = zipLow(a, b), ab1 = zipHigh(a, b), ce0 = zipLow(c, e), ce1 = zipHigh(c, e);
        v128.store(d, joinLow(ab0, ce0));
        v128.store(d, joinHigh(ab0, ce0), 32);
        v128.store(d, joinLow(ab1, ce1), 64);
        v128.store(d, joinHigh(ab1, ce1), 96);
        r0 += 16; r1 += 16; r2 += 16; r3 += 16; d += 128;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function addTo(p: usize, v: v128): void {
  v128.store(p, f32x4.add(v128.load(p), v));
}

/**
 * The gradient of `gather`: table[id][f] = Σ over the panels and lanes that hold id, for columns f in [f0, f1) (multiples of 4).
 * The table has `rows` rows of `columns` values, the last for lanes without a character: it is cleared again. Panels have `features`
 * rows, of which the first `columns` count.
 */
export function scatter(
  rows: i32, columns: i32, features: i32, table: usize, ids: usize, panels: usize, count: i32, f0: i32, f1: i32,
): void {
  if (f0 >= f1) return;
  for (let v = 0; v < rows; ++v) memory.fill(table + (<usize>(v * columns + f0) << 2), 0, <usize>(f1 - f0) << 2);
  for (let n = 0; n < count; ++n) {
    for (let half: usize = 0; half < 2; ++half) {
      const id = ids + (<usize>n << 5) + (half << 4);
      let r0 = table + (<usize>(load<i32>(id) * columns + f0) << 2), r1 = table + (<usize>(load<i32>(id, 4) * columns + f0) << 2);
      let r2 = table + (<usize>(load<i32>(id, 8) * columns + f0) << 2), r3 = table + (<usize>(load<i32>(id, 12) * columns + f0) << 2);
      let s = panels + ((<usize>n * <usize>features + <usize>f0) << 5) + (half << 4);
      for (let f = f0; f < f1; f += 4) {
        const a = v128.load(s), b = v128.load(s, 32), c = v128.load(s, 64), e = v128.load(s, 96);
        const ab0 = zipLow(a, b), ab1 = zipHigh(a, b), ce0 = zipLow(c, e), ce1 = zipHigh(c, e);
        addTo(r0, joinLow(ab0, ce0));
        addTo(r1, joinHigh(ab0, ce0));
        addTo(r2, joinLow(ab1, ce1));
        addTo(r3, joinHigh(ab1, ce1));
        r0 += 16; r1 += 16; r2 += 16; r3 += 16; s += 128;
      }
    }
  }
  memory.fill(table + (<usize>((rows - 1) * columns + f0) << 2), 0, <usize>(f1 - f0) << 2);
}

/** panels[n][features][8] = bias[feature] for rows [f0, f1). */
export function fillBias(features: i32, bias: usize, panels: usize, n0: i32, n1: i32, f0: i32, f1: i32): void {
  for (let n = n0; n < n1; ++n) {
    let d = panels + ((<usize>n * <usize>features + <usize>f0) << 5);
    for (let f = f0; f < f1; ++f) {
      const v = v128.load32_splat(bias + (<usize>f << 2));
      v128.store(d, v);
      v128.store(d, v, 16);
      d += 32;
    }
  }
}

/** Rows that `sumRows` adds up side by side; it needs 32 bytes of scratch for each. */
const SUM_ROWS = 256;

/** out[f] = Σ over `count` panels and their lanes of row f, for f in [f0, f1). */
export function sumRows(features: i32, panels: usize, count: i32, out: usize, f0: i32, f1: i32, scratch: usize): void {
  for (let begin = f0; begin < f1; begin += SUM_ROWS) {
    const rows = min(SUM_ROWS, f1 - begin), bytes = <usize>rows << 5;
    memory.fill(scratch, 0, bytes);
    let p = panels + (<usize>begin << 5);
    for (let n = 0; n < count; ++n) {
      for (let o: usize = 0; o < bytes; o += 16) addTo(scratch + o, v128.load(p + o));
      p += <usize>features << 5;
    }
    for (let f: usize = 0; f < <usize>rows; ++f) {
      const s = scratch + (f << 5);
      store<f32>(out + ((<usize>begin + f) << 2), sumLanes(f32x4.add(v128.load(s), v128.load(s, 16))));
    }
  }
}

/** norms[lane] = ‖column of the lane‖₂ over the first `features` of one panel's rows. */
export function laneNorms(features: i32, panel: usize, norms: usize): void {
  let a = f64x2.splat(0), b = a, c = a, d = a;
  for (let p = panel, end = panel + (<usize>features << 5); p < end; p += 32) {
    const low = v128.load(p), high = v128.load(p, 16);
    const x0 = f64x2.promote_low_f32x4(low), x1 = f64x2.promote_low_f32x4(i64x2.splat(i64x2.extract_lane(low, 1)));
    const x2 = f64x2.promote_low_f32x4(high), x3 = f64x2.promote_low_f32x4(i64x2.splat(i64x2.extract_lane(high, 1)));
    a = f64x2.add(a, f64x2.mul(x0, x0));
    b = f64x2.add(b, f64x2.mul(x1, x1));
    c = f64x2.add(c, f64x2.mul(x2, x2));
    d = f64x2.add(d, f64x2.mul(x3, x3));
  }
  v128.store(norms, joinLow(f32x4.demote_f64x2_zero(f64x2.sqrt(a)), f32x4.demote_f64x2_zero(f64x2.sqrt(b))));
  v128.store(norms, joinLow(f32x4.demote_f64x2_zero(f64x2.sqrt(c)), f32x4.demote_f64x2_zero(f64x2.sqrt(d))), 16);
}

/** y (+)= x ∧ mask on rows [f0, f1), where mask [n][8] holds all-ones (keep) or zeros (drop) per lane. In place where x = y. */
export function maskLanes(
  features: i32, x: usize, mask: usize, y: usize, accumulate: bool, n0: i32, n1: i32, f0: i32, f1: i32,
): void {
  for (let n = <usize>n0; n < <usize>n1; ++n) {
    const low = v128.load(mask + (n << 5)), high = v128.load(mask + (n << 5), 16);
    const at = n * <usize>features << 5;
    for (let o = at + (<usize>f0 << 5), end = at + (<usize>f1 << 5); o < end; o += 32) {
      let a = v128.and(v128.load(x + o), low), b = v128.and(v128.load(x + o, 16), high);
      if (accumulate) {
        a = f32x4.add(v128.load(y + o), a);
        b = f32x4.add(v128.load(y + o, 16), b);
      }
      v128.store(y + o, a);
      v128.store(y + o, b, 16);
    }
  }
}

/** Residual: y[i] = h[i] + x[i] over bytes [from, to), all multiples of 16. */
export function addValues(h: usize, x: usize, y: usize, from: usize, to: usize): void {
  for (let o = from; o < to; o += 16) v128.store(y + o, f32x4.add(v128.load(h + o), v128.load(x + o)));
}

/** Highway: τ = σ(pre-activation) in place, y = τ∘h + (1 − τ)∘x. */
export function highwayForward(tau: usize, h: usize, x: usize, y: usize, from: usize, to: usize): void {
  for (let o = from; o < to; o += 16) {
    const t = sigmoid4(v128.load(tau + o)), xo = v128.load(x + o);
    v128.store(tau + o, t);
    v128.store(y + o, madd(t, f32x4.sub(v128.load(h + o), xo), xo));
  }
}

/** From dy: τ becomes ∂J/∂(its pre-activation), dx = (1 − τ)∘dy is added or stored, dy becomes dh = τ∘dy. */
export function highwayBackward(tau: usize, h: usize, x: usize, dy: usize, dx: usize, accumulate: bool, from: usize, to: usize): void {
  const tiny = f32x4.splat(1e-25);
  for (let o = from; o < to; o += 16) {
    const t = v128.load(tau + o), d = v128.load(dy + o);
    const dh = f32x4.mul(t, d);
    const carried = f32x4.sub(d, dh);
    v128.store(dx + o, accumulate ? f32x4.add(v128.load(dx + o), carried) : carried);
    v128.store(dy + o, dh);
    const difference = f32x4.sub(v128.load(h + o), v128.load(x + o));
    v128.store(tau + o, flush(f32x4.mul(f32x4.mul(d, difference), nmadd(t, t, t)), tiny));
  }
}

/** MurmurHash3's 32-bit finaliser (Austin Appleby, public domain). */
// @ts-ignore: decorator
@inline
function mix(x0: v128): v128 {
  let x = v128.xor(x0, i32x4.shr_u(x0, 16));
  x = i32x4.mul(x, i32x4.splat(0x85ebca6b));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/**
 * y (+)= x·factor, the factor of element (t, b, j) 0 or 1/(1−p) by a hash of its place (t·batch + b)·hidden + j, as the core's
 * dropout defines it. `place` is t·batch, `hidden` the real width, `features` the padded one; kept where hash ≥ threshold.
 */
export function dropLanes(
  features: i32, hidden: i32, x: usize, y: usize, key: i32, place: i32, threshold: u32, scale: f32, accumulate: bool, n0: i32, n1: i32,
): void {
  const golden = i32x4.splat(0x9e3779b9), least = i32x4.splat(<i32>threshold), factor = f32x4.splat(scale);
  for (let n = n0; n < n1; ++n) {
    const lanes = i32x4.add(i32x4.splat((place + (n << 3)) * hidden), i32x4.mul(i32x4.splat(hidden), i32x4(0, 1, 2, 3)));
    const at = <usize>n * <usize>features << 5;
    for (let j = 0; j < features; ++j) {
      for (let half = 0; half < 2; ++half) {
        const index = i32x4.add(lanes, i32x4.splat(j + (half << 2) * hidden));
        const hash = mix(i32x4.add(i32x4.splat(key), i32x4.mul(index, golden)));
        const o = at + (<usize>j << 5) + (<usize>half << 4);
        const v = v128.and(f32x4.mul(v128.load(x + o), factor), i32x4.ge_u(hash, least));
        v128.store(y + o, accumulate ? f32x4.add(v128.load(y + o), v) : v);
      }
    }
  }
}

/** out[rows] = b_ih on rows [0, inputRows) plus b_hh on rows [recurrentRow, recurrentRow + recurrentRows). All multiples of 8. */
export function sumBias(rows: i32, biasIh: usize, inputRows: i32, biasHh: usize, recurrentRow: i32, recurrentRows: i32, out: usize): void {
  memory.fill(out, 0, <usize>rows << 2);
  memory.copy(out, biasIh, <usize>inputRows << 2);
  const at = out + (<usize>recurrentRow << 2);
  for (let o: usize = 0; o < <usize>recurrentRows << 2; o += 16) addTo(at + o, v128.load(biasHh + o));
}

/** out[v][rows] = bias, plus table[v][inputRows) on the first rows: what a character puts into the gates. */
export function sumTable(count: i32, rows: i32, table: usize, inputRows: i32, bias: usize, out: usize): void {
  for (let v = 0; v < count; ++v) {
    memory.copy(out, bias, <usize>rows << 2);
    for (let o: usize = 0; o < <usize>inputRows << 2; o += 16) addTo(out + o, v128.load(table + o));
    table += <usize>inputRows << 2;
    out += <usize>rows << 2;
  }
}
