/** Find cells for a selection: which columns are on in a span of a text and off around it, and where else they are. */
import { averagePrecision } from './average-precision.ts';
import type { Column } from './columns.ts';

export interface Match extends Column {
  /** 1: high in the selection, −1: low. */
  sign: 1 | -1;
  /** Of "inside the selection" among the characters of the surroundings. */
  averagePrecision: number;
  /** Means inside the selection and around it. */
  inside: number;
  around: number;
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

/** Distance of the means inside and around from which a column counts as on here and off there, of its largest |value|. */
const leastDistance = 0.1;

/**
 * Ranks columns by the AP with which they tell the selected characters from those around them, one entry per cell with
 * its best quantity and sign. Columns come one at a time: whoever has many of them need not hold them all.
 */
export class SelectionRanking {
  private readonly labels: Int8Array;
  private readonly start: number;
  private readonly end: number;
  private readonly best = new Map<string, Match>();

  /** [start, end) is the selection among the `length` characters of its surroundings. */
  constructor(length: number, start: number, end: number) {
    this.labels = new Int8Array(length).fill(1, start, end);
    this.start = start;
    this.end = end;
  }

  /** [length] values of one column. */
  add(column: Column, values: Float32Array): void {
    const key = `${column.layer}:${column.cell}`;
    const { inside, around, largest } = this.means(values);
    for (const sign of [1, -1] as const) {
      // A column that hardly moves may rank the selection first all the same: it is neither on nor off anywhere.
      if (!(sign * (inside - around) >= leastDistance * largest)) continue;
      const ap = averagePrecision(values, this.labels, sign);
      const match = { ...column, sign, averagePrecision: ap, inside, around, threshold: (inside + around) / 2 };
      const known = this.best.get(key);
      if (!known || compare(match, known) < 0) this.best.set(key, match);
    }
  }

  /** The first `count`: by AP, equal ones by the distance of their means. */
  matches(count: number): Match[] {
    return [...this.best.values()].sort(compare).slice(0, count);
  }

  private means(values: Float32Array): { inside: number; around: number; largest: number } {
    let inside = 0;
    let largest = 0;
    let all = 0;
    for (let i = 0; i < values.length; i++) {
      all += values[i]!;
      largest = Math.max(largest, Math.abs(values[i]!));
      if (i >= this.start && i < this.end) inside += values[i]!;
    }
    const size = this.end - this.start;
    return { inside: inside / size, around: (all - inside) / (values.length - size), largest };
  }
}

function compare(a: Match, b: Match): number {
  const distance = ({ sign, inside, around }: Match): number => sign * (inside - around);
  return b.averagePrecision - a.averagePrecision || distance(b) - distance(a);
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
