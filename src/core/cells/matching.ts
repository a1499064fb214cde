/** Find cells for a selection: which columns are on in a span of a text and off around it, and where else they are. */
import { averagePrecision } from './average-precision.ts';
import type { Column } from './columns.ts';

export interface Match extends Column {
  /** 1: high in the selection, −1: low. */
  sign: 1 | -1;
  /** Of "inside the selection" among the characters of the surroundings. */
  averagePrecision: number;
  /** Where the column is "on": half-way between its means inside and around. */
  threshold: number;
}

export interface Span {
  /** Characters, end exclusive. */
  start: number;
  end: number;
  /** Mean distance of the values from the threshold, on the side of the sign. */
  strength: number;
}

/**
 * Ranks columns by the AP with which they tell the selected characters from those around them, one entry per cell with
 * its best quantity and sign. `values` are the columns over the surroundings, selection included; [start, end) is the
 * selection in them. Empty where nothing or everything is selected.
 */
export function matchSelection(
  columns: readonly Column[],
  values: readonly Float32Array[],
  start: number,
  end: number,
  count: number,
): Match[] {
  const length = values[0]?.length ?? 0;
  if (!(end > start) || end - start >= length) return [];
  const labels = new Int8Array(length).fill(1, start, end);
  const best = new Map<string, Match>();
  columns.forEach((column, k) => {
    for (const sign of [1, -1] as const) {
      const ap = averagePrecision(values[k]!, labels, sign);
      const key = `${column.layer}:${column.cell}`;
      if (ap <= (best.get(key)?.averagePrecision ?? 0)) continue;
      best.set(key, { ...column, sign, averagePrecision: ap, threshold: halfWayBetween(values[k]!, start, end) });
    }
  });
  return [...best.values()].sort((a, b) => b.averagePrecision - a.averagePrecision).slice(0, count);
}

function halfWayBetween(values: Float32Array, start: number, end: number): number {
  let inside = 0;
  let all = 0;
  for (let i = 0; i < values.length; i++) {
    all += values[i]!;
    if (i >= start && i < end) inside += values[i]!;
  }
  const size = end - start;
  return (inside / size + (all - inside) / (values.length - size)) / 2;
}

/** Spans of a text where a column is on for at least `shortest` characters, strongest first. */
export function matchingSpans(
  values: Float32Array,
  { sign, threshold }: Pick<Match, 'sign' | 'threshold'>,
  shortest: number,
  count: number,
): Span[] {
  const spans: Span[] = [];
  for (let start = 0; start < values.length; start++) {
    if (!(sign * (values[start]! - threshold) > 0)) continue;
    let end = start;
    let sum = 0;
    while (end < values.length && sign * (values[end]! - threshold) > 0) sum += sign * (values[end++]! - threshold);
    if (end - start >= shortest) spans.push({ start, end, strength: sum / (end - start) });
    start = end;
  }
  return spans.sort((a, b) => b.strength - a.strength).slice(0, count);
}
