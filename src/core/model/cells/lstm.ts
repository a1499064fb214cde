import type { Cell } from './cell.ts';
import { sigmoid } from './functions.ts';

/**
 * Long short-term memory (Hochreiter, Schmidhuber 1997; forget gate: Gers et al. 2000), PyTorch's gate order i, f, g, o:
 *   i, f, o = σ(a + u), g = tanh(a + u), c_t = f∘c_{t−1} + i∘g, h_t = o∘tanh(c_t)
 */
export const lstm: Cell = {
  kept: ['hBefore', 'cBefore', 'h', 'c', 'tanhc', 'i', 'f', 'g', 'o'],
  hasCellState: true,

  forward(trace, row, H, a, u) {
    for (let j = 0, at = row * H; j < H; j++, at++) {
      const i = sigmoid(a[j] + u[j]);
      const f = sigmoid(a[H + j] + u[H + j]);
      const g = Math.tanh(a[2 * H + j] + u[2 * H + j]);
      const o = sigmoid(a[3 * H + j] + u[3 * H + j]);
      const c = f * trace.cBefore[at] + i * g;
      const tanhc = Math.tanh(c);
      trace.i[at] = i;
      trace.f[at] = f;
      trace.g[at] = g;
      trace.o[at] = o;
      trace.c[at] = c;
      trace.tanhc[at] = tanhc;
      trace.h[at] = o * tanhc;
    }
  },

  backward(trace, row, H, { dh, dc, da, du, dhBefore, dcBefore }) {
    for (let j = 0, at = row * H; j < H; j++, at++) {
      const i = trace.i[at];
      const f = trace.f[at];
      const g = trace.g[at];
      const o = trace.o[at];
      const tanhc = trace.tanhc[at];
      dc[j] += dh[j] * o * (1 - tanhc * tanhc);
      da[j] = dc[j] * g * i * (1 - i);
      da[H + j] = dc[j] * trace.cBefore[at] * f * (1 - f);
      da[2 * H + j] = dc[j] * i * (1 - g * g);
      da[3 * H + j] = dh[j] * tanhc * o * (1 - o);
      dcBefore[j] = dc[j] * f;
    }
    du.set(da);
    dhBefore.fill(0);
  },

  clamp(trace, at, value) {
    trace.c[at] = value;
    trace.tanhc[at] = Math.tanh(value);
    trace.h[at] = trace.o[at] * trace.tanhc[at];
  },
};
