import type { Cell } from './cell.ts';
import { sigmoid } from './functions.ts';

/**
 * Gated recurrent unit (Cho et al. 2014) in PyTorch's and cuDNN's convention, gate order r, z, n, the reset gate applied
 * after the recurrent product:
 *   r, z = σ(a + u), n = tanh(a_n + r∘q) with q = u_n = U_n h_{t−1} + b_hn, h_t = (1−z)∘n + z∘h_{t−1}
 */
export const gru: Cell = {
  kept: ['hBefore', 'h', 'r', 'z', 'n', 'q'],
  hasCellState: false,

  forward(trace, row, H, a, u) {
    for (let j = 0, at = row * H; j < H; j++, at++) {
      const r = sigmoid(a[j] + u[j]);
      const z = sigmoid(a[H + j] + u[H + j]);
      const q = u[2 * H + j];
      const n = Math.tanh(a[2 * H + j] + r * q);
      trace.r[at] = r;
      trace.z[at] = z;
      trace.n[at] = n;
      trace.q[at] = q;
      trace.h[at] = (1 - z) * n + z * trace.hBefore[at];
    }
  },

  backward(trace, row, H, { dh, da, du, dhBefore }) {
    for (let j = 0, at = row * H; j < H; j++, at++) {
      const r = trace.r[at];
      const z = trace.z[at];
      const n = trace.n[at];
      const dn = dh[j] * (1 - z) * (1 - n * n);
      const dz = dh[j] * (trace.hBefore[at] - n) * z * (1 - z);
      const dr = dn * trace.q[at] * r * (1 - r);
      da[j] = dr;
      da[H + j] = dz;
      da[2 * H + j] = dn;
      du[j] = dr;
      du[H + j] = dz;
      du[2 * H + j] = dn * r;
      dhBefore[j] = dh[j] * z;
    }
  },

  clamp(trace, at, value) {
    trace.h[at] = value;
  },
};
