/**
 * Average precision: AP = Σ_n (R_n − R_{n−1})·P_n over the thresholds from the highest score down, P_n and R_n the
 * precision and recall of "score ≥ threshold n". Equal scores are one threshold; there is no interpolation. It is the
 * definition of scikit-learn's average_precision_score (Zhu 2004, "Recall, precision and average precision").
 */

export interface ThresholdScore {
  f1: number;
  iou: number;
}

/** Rows that `sortedKeys` can hold. */
const rows = 2 ** 20;

/**
 * Ascending keys of the scores that `keep` lets in, one number each: the float32 bits as an ordered integer, then the
 * row (sorting numbers is many times faster than sorting rows by a comparison). At most 2²⁰ scores.
 */
export function sortedKeys(scores: Float32Array, keep: (row: number) => boolean): Float64Array {
  if (scores.length > rows) throw new RangeError(`At most ${rows} scores are ranked at once, not ${scores.length}.`);
  const bits = new Uint32Array(Float32Array.from(scores, (score) => score + 0).buffer); // −0 is 0
  const keys = new Float64Array(scores.length);
  let count = 0;
  for (let row = 0; row < scores.length; row++) {
    if (!keep(row)) continue;
    const raw = bits[row]!;
    const ordered = raw >= 0x80000000 ? 0xffffffff - raw : raw + 0x80000000;
    keys[count++] = ordered * rows + row;
  }
  return keys.subarray(0, count).sort();
}

export function indexOf(key: number): number {
  return key % rows;
}

/** Equal for keys of equal scores, ascending with them. */
export function scoreOf(key: number): number {
  return Math.floor(key / rows);
}

/**
 * Exact AP of float32 scores. `labels` are 1, 0 or −1 (not scored). NaN where there is no positive.
 * `sign` −1 ranks the negated scores.
 */
export function averagePrecision(scores: Float32Array, labels: ArrayLike<number>, sign: 1 | -1 = 1): number {
  const keys = sortedKeys(scores, (i) => labels[i]! >= 0);
  let positives = 0;
  let hitsBefore = 0;
  let sum = 0;
  const last = keys.length - 1;
  for (let k = 0; k <= last; k++) {
    const key = keys[sign > 0 ? last - k : k]!;
    positives += labels[indexOf(key)]!;
    if (k < last && scoreOf(keys[sign > 0 ? last - k - 1 : k + 1]!) === scoreOf(key)) continue;
    sum += ((positives - hitsBefore) * positives) / (k + 1);
    hitsBefore = positives;
  }
  return sum / positives;
}

/**
 * AP from counts by bin, every bin one threshold: [bins] positives and scored characters from `at` on, bins ascending
 * in value. `sign` 1: high values rank first.
 */
export function averagePrecisionOfBins(
  positives: ArrayLike<number>,
  scored: ArrayLike<number>,
  bins: number,
  sign: 1 | -1,
  positivesAt = 0,
  scoredAt = 0,
): number {
  let hits = 0;
  let seen = 0;
  let sum = 0;
  const last = bins - 1;
  for (let k = 0; k < bins; k++) {
    const bin = sign > 0 ? last - k : k;
    const found = positives[positivesAt + bin]!;
    seen += scored[scoredAt + bin]!;
    if (found === 0) continue;
    hits += found;
    sum += (found * hits) / seen;
  }
  return sum / hits;
}

/** The cut between bins with the best F1: bins ≥ cut (sign 1) or < cut (sign −1) are "on". */
export function bestCut(positives: ArrayLike<number>, scored: ArrayLike<number>, bins: number, sign: 1 | -1): number {
  let total = 0;
  for (let bin = 0; bin < bins; bin++) total += positives[bin]!;
  let best = 0;
  let cut = sign > 0 ? 0 : bins;
  let hits = 0;
  let on = 0;
  for (let k = 0; k < bins; k++) {
    const bin = sign > 0 ? bins - 1 - k : k;
    hits += positives[bin]!;
    on += scored[bin]!;
    const f1 = on + total > 0 ? (2 * hits) / (on + total) : 0;
    if (f1 > best) {
      best = f1;
      cut = sign > 0 ? bin : bin + 1;
    }
  }
  return cut;
}

/** F1 = 2·TP/(2·TP + FP + FN) and IoU = TP/(TP + FP + FN) at a cut between bins. */
export function scoreAtCut(
  positives: ArrayLike<number>,
  scored: ArrayLike<number>,
  bins: number,
  sign: 1 | -1,
  cut: number,
): ThresholdScore {
  let total = 0;
  let hits = 0;
  let on = 0;
  for (let bin = 0; bin < bins; bin++) {
    total += positives[bin]!;
    if (sign > 0 ? bin < cut : bin >= cut) continue;
    hits += positives[bin]!;
    on += scored[bin]!;
  }
  const union = on + total - hits;
  return { f1: on + total > 0 ? (2 * hits) / (on + total) : 0, iou: union > 0 ? hits / union : 0 };
}
