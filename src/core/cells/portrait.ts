/** What a cell does inside and outside a concept, and where the concept opens and closes. */

import type { BinaryLabels } from '../concepts/concept.ts';
import type { Quantity } from '../model/spec.ts';

export interface Histogram {
  low: number;
  high: number;
  /** [bins] characters inside and outside, by value. */
  inside: Uint32Array;
  outside: Uint32Array;
}

/** Mean course of one quantity around a boundary: [2·reach + 1], the boundary's character in the middle. */
export interface Course {
  quantity: Quantity;
  opening: Float32Array;
  closing: Float32Array;
}

export interface Portrait {
  histogram: Histogram;
  courses: Course[];
  openings: number;
  closings: number;
}

const bins = 60;

/** Sums over documents of one cell's quantities, the first one's histogram; memory does not grow with the text. */
export class PortraitPainter {
  private readonly quantities: readonly Quantity[];
  private readonly reach: number;
  private readonly histogram: Histogram;
  private readonly sums: { opening: Float64Array; closing: Float64Array }[];
  private openings = 0;
  private closings = 0;

  /** `range` of the first quantity, for the histogram; values beyond count in the outermost bins. */
  constructor(quantities: readonly Quantity[], range: [number, number], reach: number) {
    this.quantities = quantities;
    this.reach = reach;
    const [low, high] = range;
    this.histogram = { low, high, inside: new Uint32Array(bins), outside: new Uint32Array(bins) };
    const width = 2 * reach + 1;
    this.sums = quantities.map(() => ({ opening: new Float64Array(width), closing: new Float64Array(width) }));
  }

  /** `values` [quantities][N] of the document's N characters. Boundaries nearer to an end than the reach are left out. */
  add(labels: BinaryLabels, values: readonly Float32Array[]): void {
    const { low, high, inside, outside } = this.histogram;
    const column = values[0]!;
    const scale = bins / Math.max(high - low, 1e-12);
    for (let i = 0; i < column.length; i++) {
      const label = labels.values[i]!;
      if (label < 0) continue;
      const bin = Math.max(0, Math.min(bins - 1, Math.floor((column[i]! - low) * scale)));
      (label === 1 ? inside : outside)[bin]!++;
    }
    for (const opening of openingsOf(labels.values)) if (this.addCourse('opening', opening, values)) this.openings++;
    for (const closing of labels.ends) if (this.addCourse('closing', closing, values)) this.closings++;
  }

  result(): Portrait {
    const { openings, closings } = this;
    const mean = (sum: Float64Array, count: number): Float32Array => Float32Array.from(sum, (value) => value / count);
    const courses = this.quantities.map((quantity, q) => ({
      quantity,
      opening: mean(this.sums[q]!.opening, openings),
      closing: mean(this.sums[q]!.closing, closings),
    }));
    return { histogram: this.histogram, courses, openings, closings };
  }

  private addCourse(kind: 'opening' | 'closing', index: number, values: readonly Float32Array[]): boolean {
    const from = index - this.reach;
    if (from < 0 || index + this.reach >= values[0]!.length) return false;
    values.forEach((column, q) => {
      const sum = this.sums[q]![kind];
      for (let k = 0; k < sum.length; k++) sum[k]! += column[from + k]!;
    });
    return true;
  }
}

/** First characters of a concept's spans: the opening mark where it has one, else the first character inside. */
function openingsOf(values: Int8Array): number[] {
  const openings: number[] = [];
  for (let i = 1; i < values.length; i++) if (values[i - 1] === 0 && values[i] !== 0) openings.push(i);
  return openings;
}
