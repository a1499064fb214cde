/** The three products of a layer, on flat row-major float64 arrays: W [M, K], x and dx [K] at an offset, y and d [M]. */

/** y[m] = b[m] + Σ_k W[m, k]·x[k] */
export function affine(
  weight: Float64Array,
  bias: Float64Array,
  x: Float64Array,
  at: number,
  size: number,
  y: Float64Array,
): void {
  for (let m = 0, w = 0; m < bias.length; m++) {
    // Four sums, so that an addition need not wait for the one before it.
    let s0 = bias[m];
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let k = 0;
    for (; k + 3 < size; k += 4, w += 4) {
      s0 += weight[w] * x[at + k];
      s1 += weight[w + 1] * x[at + k + 1];
      s2 += weight[w + 2] * x[at + k + 2];
      s3 += weight[w + 3] * x[at + k + 3];
    }
    for (; k < size; k++, w++) s0 += weight[w] * x[at + k];
    y[m] = s0 + s1 + (s2 + s3);
  }
}

/** y[m] = b[m] + W[m, column]: the product with a one-hot x, or with zero where `column` is −1. */
export function affineOneHot(
  weight: Float64Array,
  bias: Float64Array,
  column: number,
  size: number,
  y: Float64Array,
): void {
  for (let m = 0; m < bias.length; m++) y[m] = column < 0 ? bias[m] : bias[m] + weight[m * size + column];
}

/** dx[k] += Σ_m W[m, k]·d[m] */
export function addTransposed(weight: Float64Array, d: Float64Array, dx: Float64Array, at: number, size: number): void {
  for (let m = 0; m < d.length; m++) {
    const factor = d[m];
    if (factor === 0) continue;
    for (let k = 0, w = m * size; k < size; k++, w++) dx[at + k] += weight[w] * factor;
  }
}

/** dW[m, k] += d[m]·x[k] */
export function addOuter(d: Float64Array, x: Float64Array, at: number, size: number, dWeight: Float64Array): void {
  for (let m = 0; m < d.length; m++) {
    const factor = d[m];
    if (factor === 0) continue;
    for (let k = 0, w = m * size; k < size; k++, w++) dWeight[w] += factor * x[at + k];
  }
}

/** y[m] += d[m] */
export function add(d: Float64Array, y: Float64Array): void {
  for (let m = 0; m < d.length; m++) y[m] += d[m];
}
