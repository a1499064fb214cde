/**
 * k-sparse probes (Gurnee et al. 2023, "Finding neurons in a haystack"): how well k cells together tell a concept. A
 * concept that one cell holds is local; one whose AP keeps rising with k is distributed.
 */
import { averagePrecision } from './average-precision.ts';

export interface ProbeResult {
  k: number;
  /** On the test sample. */
  averagePrecision: number;
  /** Columns of the probe. */
  columns: number[];
}

export const probeSizes: readonly number[] = [16, 8, 4, 2, 1];

/** Columns that the first refit starts from, chosen by their difference of means. */
const firstSize = 48;
/** Most characters that a probe is fitted to, spread over the sample. */
const fittedTo = 12_000;
/** Ridge penalty on standardised weights, per character. */
const ridge = 1e-3;

/**
 * Logistic regressions on the validation sample, from `firstSize` columns down to one; each keeps the columns with the
 * largest standardised weights of the one before. Null where either sample has only one class.
 */
export function sparseProbes(
  train: { columns: readonly Float32Array[]; labels: Int8Array },
  test: { columns: readonly Float32Array[]; labels: Int8Array },
): ProbeResult[] | null {
  const rows = scoredRows(train.labels);
  const positives = rows.filter((row) => train.labels[row] === 1).length;
  if (positives === 0 || positives === rows.length || !test.labels.includes(1) || !test.labels.includes(0)) return null;
  const scaled = train.columns.map((column) => standardise(column, rows));
  const y = Float64Array.from(rows, (row) => train.labels[row]!);
  let kept = scaled
    .map(({ values }, column) => ({ column, gap: Math.abs(meanGap(values, y)) }))
    .sort((a, b) => b.gap - a.gap)
    .slice(0, firstSize)
    .map(({ column }) => column);
  const refit = (): Float64Array =>
    logistic(
      kept.map((column) => scaled[column]!.values),
      y,
    );
  let weights = refit();
  const results: ProbeResult[] = [];
  for (const size of [24, ...probeSizes]) {
    if (kept.length > size) {
      const strongest = kept.map((column, j) => ({ column, weight: Math.abs(weights[j]!) }));
      kept = strongest
        .sort((a, b) => b.weight - a.weight)
        .slice(0, size)
        .map(({ column }) => column);
      weights = refit();
    }
    if (!probeSizes.includes(size) || kept.length < size) continue;
    const scores = new Float32Array(test.labels.length);
    kept.forEach((column, j) => {
      const { mean, deviation } = scaled[column]!;
      const values = test.columns[column]!;
      for (let i = 0; i < scores.length; i++) scores[i]! += (weights[j]! * (values[i]! - mean)) / deviation;
    });
    results.push({ k: size, averagePrecision: averagePrecision(scores, test.labels), columns: [...kept] });
  }
  return results.reverse();
}

function scoredRows(labels: Int8Array): Int32Array {
  const rows: number[] = [];
  labels.forEach((label, row) => {
    if (label >= 0) rows.push(row);
  });
  const every = Math.max(1, Math.ceil(rows.length / fittedTo));
  return Int32Array.from(rows.filter((_, k) => k % every === 0));
}

function standardise(
  column: Float32Array,
  rows: Int32Array,
): { values: Float64Array; mean: number; deviation: number } {
  let sum = 0;
  let squares = 0;
  for (const row of rows) {
    sum += column[row]!;
    squares += column[row]! * column[row]!;
  }
  const mean = sum / rows.length;
  const deviation = Math.sqrt(Math.max(0, squares / rows.length - mean * mean)) || 1;
  return { values: Float64Array.from(rows, (row) => (column[row]! - mean) / deviation), mean, deviation };
}

function meanGap(values: Float64Array, y: Float64Array): number {
  let inside = 0;
  let count = 0;
  for (let i = 0; i < y.length; i++)
    if (y[i] === 1) {
      inside += values[i]!;
      count++;
    }
  // Standardised values sum to 0: the outside's mean follows.
  return inside / count + inside / (y.length - count);
}

/** Ridge-penalised logistic regression by Newton steps; the weights of the columns, intercept left out. */
function logistic(columns: readonly Float64Array[], y: Float64Array): Float64Array {
  const size = columns.length;
  const n = y.length;
  const beta = new Float64Array(size + 1);
  const gradient = new Float64Array(size + 1);
  const hessian = new Float64Array((size + 1) ** 2);
  const x = new Float64Array(size + 1);
  for (let step = 0; step < 12; step++) {
    gradient.fill(0);
    hessian.fill(0);
    for (let i = 0; i < n; i++) {
      let z = beta[size]!;
      for (let j = 0; j < size; j++) {
        x[j] = columns[j]![i]!;
        z += beta[j]! * x[j]!;
      }
      x[size] = 1;
      const p = 1 / (1 + Math.exp(-z));
      const w = Math.max(p * (1 - p), 1e-6);
      for (let j = 0; j <= size; j++) {
        gradient[j]! += (y[i]! - p) * x[j]!;
        const wx = w * x[j]!;
        for (let k = 0, at = j * (size + 1); k <= j; k++) hessian[at + k]! += wx * x[k]!;
      }
    }
    for (let j = 0; j < size; j++) {
      gradient[j]! -= ridge * n * beta[j]!;
      hessian[j * (size + 1) + j]! += ridge * n;
    }
    hessian[size * (size + 1) + size]! += 1e-9 * n;
    const change = solve(hessian, gradient, size + 1);
    let largest = 0;
    for (let j = 0; j <= size; j++) {
      beta[j]! += change[j]!;
      largest = Math.max(largest, Math.abs(change[j]!));
    }
    if (largest < 1e-4) break;
  }
  return beta.slice(0, size);
}

/** Solves A·x = b by Cholesky's factorisation; the lower triangle of A is given and overwritten. */
function solve(a: Float64Array, b: Float64Array, n: number): Float64Array {
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < j; k++) for (let i = j; i < n; i++) a[i * n + j]! -= a[i * n + k]! * a[j * n + k]!;
    const root = Math.sqrt(Math.max(a[j * n + j]!, 1e-12));
    for (let i = j; i < n; i++) a[i * n + j]! /= root;
  }
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= a[i * n + k]! * x[k]!;
    x[i]! /= a[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= a[k * n + i]! * x[k]!;
    x[i]! /= a[i * n + i]!;
  }
  return x;
}
