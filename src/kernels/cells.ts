/**
 * The cells' pointwise parts, forward and backward, on batch panels.
 *
 * A panel holds 8 batch lanes: element (feature j, lane b) at j·8 + b. `gates` is [n][gates·H][8], c, tanh c and h are [n][H][8].
 * Gate blocks: LSTM i, f, g, o · GRU n, r, z and W-free part m of n (n = tanh(n + r∘m)) · tanh and ReLU one.
 * Forward replaces pre-activations by activations; backward replaces those by the gradients of the pre-activations.
 * Panels [n0, n1), hidden units [u0, u1). Loops take two vectors at a time, which revectorization merges into one; units of a stream
 * are multiples of 8 therefore.
 * A single stream is the same with a panel of one lane (`width` 1).
 */
import { flush, madd, nmadd } from './lanes';
import { one4, sigmoid4, tanh4, tiny4 } from './functions';

const TANH = 0;
const RELU = 1;
const LSTM = 2;

/** `width` lanes per feature: 8, or 1 for a stream. */
export function cellForward(
  kind: i32, units: i32, width: i32, gates: usize, hPrevious: usize, h: usize, cPrevious: usize, c: usize, tanhC: usize,
  n0: i32, n1: i32, u0: i32, u1: i32,
): void {
  const row = <usize>width << 2;
  const block = <usize>units * row;
  const from = <usize>u0 * row, to = <usize>u1 * row;
  for (let n = <usize>n0; n < <usize>n1; ++n) {
    const at = n * block;
    if (kind == LSTM) lstmForward(gates + (at << 2), block, cPrevious + at, c + at, tanhC + at, h + at, from, to);
    else if (kind > LSTM) gruForward(gates + (at << 2), block, hPrevious + at, h + at, from, to);
    else if (kind == TANH) tanhForward(gates + at + from, h + at + from, h + at + to);
    else for (let o = at + from; o < at + to; o += 16) v128.store(h + o, f32x4.max(v128.load(gates + o), f32x4.splat(0)));
  }
}

/** c = f∘c' + i∘g; h = o∘tanh c. */
function lstmForward(gates: usize, block: usize, cPrevious: usize, c: usize, tanhC: usize, h: usize, from: usize, to: usize): void {
  let gi = gates + from, gf = gi + block, gg = gf + block, go = gg + block;
  cPrevious += from; c += from; tanhC += from; h += from;
  const end = gates + to;
  while (gi < end) {
    const i0 = sigmoid4(v128.load(gi)), i1 = sigmoid4(v128.load(gi, 16));
    const f0 = sigmoid4(v128.load(gf)), f1 = sigmoid4(v128.load(gf, 16));
    const g0 = tanh4(v128.load(gg)), g1 = tanh4(v128.load(gg, 16));
    const o0 = sigmoid4(v128.load(go)), o1 = sigmoid4(v128.load(go, 16));
    const c0 = madd(f0, v128.load(cPrevious), f32x4.mul(i0, g0)), c1 = madd(f1, v128.load(cPrevious, 16), f32x4.mul(i1, g1));
    const t0 = tanh4(c0), t1 = tanh4(c1);
    v128.store(gi, i0); v128.store(gi, i1, 16);
    v128.store(gf, f0); v128.store(gf, f1, 16);
    v128.store(gg, g0); v128.store(gg, g1, 16);
    v128.store(go, o0); v128.store(go, o1, 16);
    v128.store(c, c0); v128.store(c, c1, 16);
    v128.store(tanhC, t0); v128.store(tanhC, t1, 16);
    v128.store(h, f32x4.mul(o0, t0)); v128.store(h, f32x4.mul(o1, t1), 16);
    gi += 32; gf += 32; gg += 32; go += 32; cPrevious += 32; c += 32; tanhC += 32; h += 32;
  }
}

function tanhForward(gates: usize, h: usize, end: usize): void {
  while (h < end) {
    const h0 = tanh4(v128.load(gates)), h1 = tanh4(v128.load(gates, 16));
    v128.store(h, h0); v128.store(h, h1, 16);
    gates += 32; h += 32;
  }
}

/** n = tanh(n + r∘m); h = n + z∘(h' − n). */
function gruForward(gates: usize, block: usize, hPrevious: usize, h: usize, from: usize, to: usize): void {
  let gn = gates + from, gr = gn + block, gz = gr + block, gm = gz + block;
  hPrevious += from; h += from;
  const end = gates + to;
  while (gn < end) {
    const r0 = sigmoid4(v128.load(gr)), r1 = sigmoid4(v128.load(gr, 16));
    const z0 = sigmoid4(v128.load(gz)), z1 = sigmoid4(v128.load(gz, 16));
    const n0 = tanh4(madd(r0, v128.load(gm), v128.load(gn))), n1 = tanh4(madd(r1, v128.load(gm, 16), v128.load(gn, 16)));
    const h0 = madd(z0, f32x4.sub(v128.load(hPrevious), n0), n0), h1 = madd(z1, f32x4.sub(v128.load(hPrevious, 16), n1), n1);
    v128.store(gn, n0); v128.store(gn, n1, 16);
    v128.store(gr, r0); v128.store(gr, r1, 16);
    v128.store(gz, z0); v128.store(gz, z1, 16);
    v128.store(h, h0); v128.store(h, h1, 16);
    gn += 32; gr += 32; gz += 32; gm += 32; hPrevious += 32; h += 32;
  }
}

/**
 * From dh [n][H][8] = ∂J/∂h_t and, for LSTM, dc = the part of ∂J/∂c_t that comes from later steps: `gates` become the gradients of
 * the pre-activations, dc the part for c_{t−1}, and tanhC the total ∂J/∂c_t. A GRU adds its direct path z∘dh to dhPrevious
 * (where it is not 0); the recurrent product is the caller's.
 */
export function cellBackward(
  kind: i32, units: i32, gates: usize, hPrevious: usize, h: usize, cPrevious: usize, tanhC: usize,
  dh: usize, dc: usize, dhPrevious: usize, n0: i32, n1: i32, u0: i32, u1: i32,
): void {
  const block = <usize>units << 5;
  const from = <usize>u0 << 5, to = <usize>u1 << 5;
  for (let n = <usize>n0; n < <usize>n1; ++n) {
    const at = n * block;
    if (kind == LSTM) lstmBackward(gates + (at << 2), block, cPrevious + at, tanhC + at, dh + at, dc + at, from, to);
    else if (kind > LSTM)
      gruBackward(gates + (at << 2), block, hPrevious + at, dh + at, dhPrevious ? dhPrevious + at : 0, from, to);
    else rnnBackward(kind == RELU, gates + at, h + at, dh + at, from, to);
  }
}

function lstmBackward(gates: usize, block: usize, cPrevious: usize, tanhC: usize, dh: usize, dc: usize, from: usize, to: usize): void {
  const one = one4(), tiny = tiny4();
  const gf = gates + block, gg = gf + block, go = gg + block;
  for (let o = from; o < to; o += 16) {
    const i = v128.load(gates + o), f = v128.load(gf + o), g = v128.load(gg + o), q = v128.load(go + o);
    const t = v128.load(tanhC + o), d = v128.load(dh + o);
    const cell = madd(f32x4.mul(d, q), nmadd(t, t, one), v128.load(dc + o));
    v128.store(tanhC + o, cell);
    v128.store(dc + o, flush(f32x4.mul(cell, f), tiny));
    v128.store(gates + o, flush(f32x4.mul(f32x4.mul(cell, g), nmadd(i, i, i)), tiny));
    v128.store(gf + o, flush(f32x4.mul(f32x4.mul(cell, v128.load(cPrevious + o)), nmadd(f, f, f)), tiny));
    v128.store(gg + o, flush(f32x4.mul(f32x4.mul(cell, i), nmadd(g, g, one)), tiny));
    v128.store(go + o, flush(f32x4.mul(f32x4.mul(d, t), nmadd(q, q, q)), tiny));
  }
}

function gruBackward(gates: usize, block: usize, hPrevious: usize, dh: usize, dhPrevious: usize, from: usize, to: usize): void {
  const one = one4(), tiny = tiny4();
  const gr = gates + block, gz = gr + block, gm = gz + block;
  for (let o = from; o < to; o += 16) {
    const n = v128.load(gates + o), r = v128.load(gr + o), z = v128.load(gz + o), m = v128.load(gm + o);
    const d = v128.load(dh + o);
    const direct = f32x4.mul(d, z);
    const dn = f32x4.mul(f32x4.sub(d, direct), nmadd(n, n, one));
    v128.store(gates + o, flush(dn, tiny));
    v128.store(gm + o, flush(f32x4.mul(dn, r), tiny));
    v128.store(gr + o, flush(f32x4.mul(f32x4.mul(dn, m), nmadd(r, r, r)), tiny));
    v128.store(gz + o, flush(f32x4.mul(f32x4.mul(d, f32x4.sub(v128.load(hPrevious + o), n)), nmadd(z, z, z)), tiny));
    if (dhPrevious) v128.store(dhPrevious + o, flush(f32x4.add(v128.load(dhPrevious + o), direct), tiny));
  }
}

function rnnBackward(relu: bool, gates: usize, h: usize, dh: usize, from: usize, to: usize): void {
  const one = one4(), zero = f32x4.splat(0), tiny = tiny4();
  for (let o = from; o < to; o += 16) {
    const y = v128.load(h + o), d = v128.load(dh + o);
    const local = relu ? v128.and(d, f32x4.gt(y, zero)) : f32x4.mul(d, nmadd(y, y, one));
    v128.store(gates + o, flush(local, tiny));
  }
}
