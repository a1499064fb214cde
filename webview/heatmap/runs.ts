/** From values to as few coloured runs as possible: opacity has 32 steps a sign, equal neighbours are one run. */

export const levels = 32;

/** −32…32; 0 is transparent. NaN (an unknown value) is 0. */
export function levelOf(value: number, scale: number): number {
  const relative = value / scale;
  if (!(Math.abs(relative) > 0)) return 0;
  return Math.round(Math.max(-1, Math.min(1, relative)) * levels);
}

/**
 * Writes runs of equal level as triples (first, end, level) into `out`, transparent ones left out.
 * @param count how many values from `from` on to look at
 * @returns how many numbers were written
 */
export function mergeRuns(values: Float32Array, count: number, scale: number, out: Int32Array): number {
  const n = Math.min(count, values.length);
  let written = 0;
  let first = 0;
  let level = n > 0 ? levelOf(values[0]!, scale) : 0;
  for (let i = 1; i <= n; i++) {
    const next = i < n ? levelOf(values[i]!, scale) : Number.NaN;
    if (next === level) continue;
    if (level !== 0) {
      out[written] = first;
      out[written + 1] = i;
      out[written + 2] = level;
      written += 3;
    }
    first = i;
    level = next;
  }
  return written;
}
