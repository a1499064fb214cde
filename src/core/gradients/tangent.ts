/** Directional derivatives of one recurrent step, the forward counterparts of the cells' backward steps. */
import type { Trace } from '../model/cells/cell.ts';
import type { CellKind } from '../model/spec.ts';

/**
 * Turns the tangent of the state before a step into that of the state after it, in place, with the step's input held fixed.
 * @param row of the trace that holds the step's values
 * @param u W_hh·dh [G·H], without a bias
 * @param dh [H]
 * @param dc [H] of an LSTM, else empty
 */
export type Tangent = (trace: Trace, row: number, u: Float64Array, dh: Float64Array, dc: Float64Array) => void;

/** d[j] = φ′·u */
function elman(slope: (h: number) => number): Tangent {
  return (trace, row, u, dh) => {
    const H = dh.length;
    for (let j = 0, at = row * H; j < H; j++, at++) dh[j] = slope(trace.h[at]) * u[j];
  };
}

const lstm: Tangent = (trace, row, u, dh, dc) => {
  const H = dh.length;
  for (let j = 0, at = row * H; j < H; j++, at++) {
    const i = trace.i[at];
    const f = trace.f[at];
    const g = trace.g[at];
    const o = trace.o[at];
    const tanhc = trace.tanhc[at];
    dc[j] =
      f * dc[j] + g * i * (1 - i) * u[j] + trace.cBefore[at] * f * (1 - f) * u[H + j] + i * (1 - g * g) * u[2 * H + j];
    dh[j] = tanhc * o * (1 - o) * u[3 * H + j] + o * (1 - tanhc * tanhc) * dc[j];
  }
};

const gru: Tangent = (trace, row, u, dh) => {
  const H = dh.length;
  for (let j = 0, at = row * H; j < H; j++, at++) {
    const r = trace.r[at];
    const z = trace.z[at];
    const n = trace.n[at];
    const dn = (1 - n * n) * (trace.q[at] * r * (1 - r) * u[j] + r * u[2 * H + j]);
    dh[j] = z * dh[j] + (1 - z) * dn + (trace.hBefore[at] - n) * z * (1 - z) * u[H + j];
  }
};

export const tangents: Record<CellKind, Tangent> = {
  tanh: elman((h) => 1 - h * h),
  relu: elman((h) => (h > 0 ? 1 : 0)),
  lstm,
  gru,
};
