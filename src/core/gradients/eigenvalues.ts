/**
 * Eigenvalues of a real square matrix: reduction to Hessenberg form by Householder reflections, then Francis's implicitly
 * shifted double QR steps with deflation (Francis 1961; Golub, Van Loan, Matrix Computations, §7.4–7.5).
 */
import { t } from '../words.ts';

/** Iterations for one eigenvalue after which the matrix counts as one that does not converge; exceptional shifts come at 10 and 20. */
const maxIterations = 60;
const epsilon = 2 ** -52;
/** Rows of a power of two would all begin in the same cache set, and columns be read at a third of the speed. */
const rowGap = 5;

export interface Eigenvalues {
  real: Float64Array;
  imaginary: Float64Array;
}

/**
 * @param matrix [size, size] row-major, not changed
 * @throws where a value is not finite
 */
export function eigenvalues(matrix: ArrayLike<number>, size: number): Eigenvalues {
  const stride = size + rowGap;
  const h = new Float64Array(size * stride);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      const value = matrix[i * size + j]!;
      if (!Number.isFinite(value))
        throw new Error(
          t('The matrix holds a value that is not finite: training diverged. Choose an earlier checkpoint.'),
        );
      h[i * stride + j] = value;
    }
  toHessenberg(h, size, stride);
  return francis(h, size, stride);
}

/** Largest modulus of an eigenvalue. */
export function spectralRadius(matrix: ArrayLike<number>, size: number): number {
  const { real, imaginary } = eigenvalues(matrix, size);
  let largest = 0;
  for (let i = 0; i < size; i++) largest = Math.max(largest, Math.hypot(real[i], imaginary[i]));
  return largest;
}

/** A ← QᵀAQ with zeros below the first subdiagonal. */
function toHessenberg(a: Float64Array, size: number, stride: number): void {
  const v = new Float64Array(size);
  const w = new Float64Array(size);
  for (let j = 0; j < size - 2; j++) {
    // v = x ± ‖x‖e₁ for x = A[j+1:, j], and P = I − βvvᵀ.
    let square = 0;
    for (let i = j + 1; i < size; i++) {
      v[i] = a[i * stride + j];
      square += v[i] * v[i];
    }
    const head = v[j + 1];
    if (square === head * head) continue;
    const alpha = head > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    v[j + 1] = head - alpha;
    const beta = 1 / (alpha * (alpha - head));
    // A ← PA: row by row, wᵀ = vᵀA first.
    w.fill(0, j, size);
    for (let i = j + 1; i < size; i++) {
      const factor = v[i];
      for (let c = j, at = i * stride + j; c < size; c++, at++) w[c] += factor * a[at];
    }
    for (let i = j + 1; i < size; i++) {
      const factor = beta * v[i];
      for (let c = j, at = i * stride + j; c < size; c++, at++) a[at] -= factor * w[c];
    }
    // A ← AP
    for (let i = 0; i < size; i++) {
      let dot = 0;
      for (let c = j + 1, at = i * stride + j + 1; c < size; c++, at++) dot += a[at] * v[c];
      dot *= beta;
      for (let c = j + 1, at = i * stride + j + 1; c < size; c++, at++) a[at] -= dot * v[c];
    }
    a[(j + 1) * stride + j] = alpha;
    for (let i = j + 2; i < size; i++) a[i * stride + j] = 0;
  }
}

/** Eigenvalues of an upper Hessenberg matrix, which is destroyed. Only the active block is transformed. */
function francis(h: Float64Array, size: number, stride: number): Eigenvalues {
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  let scale = 0;
  for (let i = 0; i < h.length; i++) scale = Math.max(scale, Math.abs(h[i]));
  let shifted = 0; // sum of the exceptional shifts taken off the diagonal
  let last = size - 1;
  let iterations = 0;
  while (last >= 0) {
    const first = startOfBlock(h, stride, last, scale);
    if (first === last) {
      real[last] = h[last * stride + last] + shifted;
      last--;
      iterations = 0;
      continue;
    }
    if (first === last - 1) {
      pair(h, stride, last, shifted, real, imaginary);
      last -= 2;
      iterations = 0;
      continue;
    }
    if (iterations === maxIterations) throw new Error(t('The eigenvalues of the matrix did not converge.'));
    let x = h[last * stride + last];
    let y = h[(last - 1) * stride + last - 1];
    let w = h[last * stride + last - 1] * h[(last - 1) * stride + last];
    if (iterations % 10 === 0 && iterations > 0) {
      // A shift of its own kind breaks a cycle (Martin, Peters, Wilkinson 1970).
      shifted += x;
      for (let i = 0; i <= last; i++) h[i * stride + i] -= x;
      const s = Math.abs(h[last * stride + last - 1]) + Math.abs(h[(last - 1) * stride + last - 2]);
      x = y = 0.75 * s;
      w = -0.4375 * s * s;
    }
    iterations++;
    doubleStep(h, stride, first, last, x, y, w);
  }
  return { real, imaginary };
}

/** First row of the unreduced block that ends at `last`: the subdiagonal entry left of it counts as zero. */
function startOfBlock(h: Float64Array, stride: number, last: number, scale: number): number {
  let row = last;
  for (; row > 0; row--) {
    const s = Math.abs(h[(row - 1) * stride + row - 1]) + Math.abs(h[row * stride + row]) || scale;
    if (Math.abs(h[row * stride + row - 1]) < epsilon * s || s === 0) break;
  }
  return row;
}

/** The eigenvalues of the 2×2 block that ends at `last`. */
function pair(
  h: Float64Array,
  stride: number,
  last: number,
  shifted: number,
  real: Float64Array,
  imaginary: Float64Array,
): void {
  const x = h[last * stride + last];
  const half = (h[(last - 1) * stride + last - 1] - x) / 2;
  const discriminant = half * half + h[last * stride + last - 1] * h[(last - 1) * stride + last];
  const root = Math.sqrt(Math.abs(discriminant));
  if (discriminant >= 0) {
    const z = half + (half < 0 ? -root : root);
    real[last - 1] = x + shifted + z;
    real[last] =
      z === 0 ? x + shifted : x + shifted - (h[last * stride + last - 1] * h[(last - 1) * stride + last]) / z;
  } else {
    real[last - 1] = real[last] = x + shifted + half;
    imaginary[last - 1] = root;
    imaginary[last] = -root;
  }
}

/**
 * One implicit double step with the shifts that are the roots of λ² − (x+y)λ + xy − w: a 3×3 reflection at the block's
 * head makes a bulge, further ones chase it out at the end.
 */
function doubleStep(
  h: Float64Array,
  stride: number,
  first: number,
  last: number,
  x: number,
  y: number,
  w: number,
): void {
  // The first column of (H − λ₁)(H − λ₂), begun where two small subdiagonal entries let the bulge start later.
  let p = 0;
  let q = 0;
  let r = 0;
  let start = last - 2;
  for (; start >= first; start--) {
    const z = h[start * stride + start];
    const rx = x - z;
    const sy = y - z;
    p = (rx * sy - w) / h[(start + 1) * stride + start] + h[start * stride + start + 1];
    q = h[(start + 1) * stride + start + 1] - z - rx - sy;
    r = h[(start + 2) * stride + start + 1];
    const s = Math.abs(p) + Math.abs(q) + Math.abs(r);
    p /= s;
    q /= s;
    r /= s;
    if (start === first) break;
    const neighbours =
      Math.abs(h[(start - 1) * stride + start - 1]) + Math.abs(z) + Math.abs(h[(start + 1) * stride + start + 1]);
    if (Math.abs(h[start * stride + start - 1]) * (Math.abs(q) + Math.abs(r)) < epsilon * Math.abs(p) * neighbours)
      break;
  }
  for (let k = start; k < last; k++) {
    const three = k < last - 1;
    let size = 1;
    if (k > start) {
      p = h[k * stride + k - 1];
      q = h[(k + 1) * stride + k - 1];
      r = three ? h[(k + 2) * stride + k - 1] : 0;
      size = Math.abs(p) + Math.abs(q) + Math.abs(r);
      if (size === 0) continue;
      p /= size;
      q /= size;
      r /= size;
    }
    const s = p < 0 ? -Math.sqrt(p * p + q * q + r * r) : Math.sqrt(p * p + q * q + r * r);
    if (s === 0) continue;
    if (k > start) {
      h[k * stride + k - 1] = -s * size;
      h[(k + 1) * stride + k - 1] = 0;
      if (three) h[(k + 2) * stride + k - 1] = 0;
    } else if (start > first) h[k * stride + k - 1] = -h[k * stride + k - 1];
    p += s;
    const a = p / s;
    const b = q / s;
    const c = r / s;
    q /= p;
    r /= p;
    // Rows k…k+2 from the left, then columns k…k+2 from the right.
    const row0 = k * stride;
    const row1 = row0 + stride;
    const row2 = row1 + stride;
    for (let j = k; j <= last; j++) {
      let sum = h[row0 + j] + q * h[row1 + j];
      if (three) {
        sum += r * h[row2 + j];
        h[row2 + j] -= sum * c;
      }
      h[row1 + j] -= sum * b;
      h[row0 + j] -= sum * a;
    }
    const end = Math.min(last, k + 3);
    for (let i = first; i <= end; i++) {
      const at = i * stride + k;
      let sum = a * h[at] + b * h[at + 1];
      if (three) {
        sum += c * h[at + 2];
        h[at + 2] -= sum * r;
      }
      h[at + 1] -= sum * q;
      h[at] -= sum;
    }
  }
}
