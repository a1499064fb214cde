import type { Cell } from './cell.ts';

/** Elman's recurrent network (1990): h_t = φ(a + u) with φ = tanh. */
export const tanh: Cell = elman(Math.tanh, (h) => 1 - h * h);

/** The same with φ = max(0, ·) (NaN stays NaN); IRNN (Le et al. 2015) is this cell with an identity start. φ′(0) = 0. */
export const relu: Cell = elman(
  (x) => Math.max(0, x),
  (h) => (h > 0 ? 1 : 0),
);

/** @param slope φ′ as a function of φ's value */
function elman(phi: (x: number) => number, slope: (h: number) => number): Cell {
  return {
    kept: ['hBefore', 'h'],
    hasCellState: false,
    forward(trace, row, H, a, u) {
      for (let j = 0, at = row * H; j < H; j++, at++) trace.h[at] = phi(a[j] + u[j]);
    },
    backward(trace, row, H, { dh, da, du, dhBefore }) {
      for (let j = 0, at = row * H; j < H; j++, at++) da[j] = dh[j] * slope(trace.h[at]);
      du.set(da);
      dhBefore.fill(0);
    },
    clamp(trace, at, value) {
      trace.h[at] = value;
    },
  };
}
