/** Ranges and places of numbers on axes. */

/** Whole powers of ten around the values, at least one decade. */
export function logRange(low: number | null, high: number | null): [number, number] {
  const bottom = low !== null && low > 0 ? Math.floor(Math.log10(low)) : -1;
  const top = high !== null && high > 0 ? Math.ceil(Math.log10(high)) : 1;
  return [10 ** bottom, 10 ** Math.max(top, bottom + 1)];
}

/** Decades of a log axis, at most so many; where there are only two, their thirds too. */
export function logSplits(low: number, high: number, most = 12): number[] {
  const from = Math.round(Math.log10(low));
  const to = Math.round(Math.log10(high));
  const splits: number[] = [];
  const step = Math.max(1, Math.ceil((to - from) / most));
  for (let power = to - step * Math.floor((to - from) / step); power <= to; power += step) {
    splits.push(10 ** power);
    if (to - from <= 2 && power < to) splits.push(3 * 10 ** power);
  }
  return splits.map((value) => Number(value.toPrecision(6)));
}

export function linearRange(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  const space = Math.max(0.08 * (high - low), 0.02 * Math.abs(high), 1e-3);
  return [low >= 0 ? Math.max(0, low - space) : low - space, high + space];
}
