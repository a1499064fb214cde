/**
 * Mean, deviation and extremes of every cell over a document, kept so that a recomputed stretch can be taken out and put
 * back: sums per segment in float64, extremes per segment in float32. Cells of all layers stand in one row, layer by layer.
 */
import type { ModelSpec } from '../model/spec.ts';

/** Quantity that stands for a cell where none is chosen: tanh c for LSTM, h for the others. */
export function defaultQuantity(spec: ModelSpec, layer: number): 'tanhc' | 'h' {
  return spec.layers[layer]!.cell === 'lstm' ? 'tanhc' : 'h';
}

export function cellCount(spec: ModelSpec): number {
  return spec.layers.reduce((sum, layer) => sum + layer.hiddenSize, 0);
}

/** Bytes that one segment's statistics take. */
export function statisticsBytes(spec: ModelSpec): number {
  return cellCount(spec) * 24;
}

/** Sums over one segment; [cells] each. */
export class SegmentStatistics {
  count = 0;
  readonly sum: Float64Array;
  readonly sumSquares: Float64Array;
  readonly min: Float32Array;
  readonly max: Float32Array;

  constructor(cells: number) {
    this.sum = new Float64Array(cells);
    this.sumSquares = new Float64Array(cells);
    this.min = new Float32Array(cells).fill(Number.POSITIVE_INFINITY);
    this.max = new Float32Array(cells).fill(Number.NEGATIVE_INFINITY);
  }

  /** Takes in `chars` characters: one block [chars, H] per layer, in layer order. */
  add(blocks: Float32Array[], chars: number): void {
    const { sum, sumSquares, min, max } = this;
    let base = 0;
    for (const block of blocks) {
      const width = block.length / chars;
      for (let t = 0, at = 0; t < chars; t++) {
        for (let cell = base; cell < base + width; cell++, at++) {
          const value = block[at]!;
          sum[cell]! += value;
          sumSquares[cell]! += value * value;
          if (value < min[cell]!) min[cell] = value;
          if (value > max[cell]!) max[cell] = value;
        }
      }
      base += width;
    }
    this.count += chars;
  }
}

/** Sums over all segments that are computed. */
export class DocumentStatistics {
  count = 0;
  private readonly sum: Float64Array;
  private readonly sumSquares: Float64Array;

  constructor(cells: number) {
    this.sum = new Float64Array(cells);
    this.sumSquares = new Float64Array(cells);
  }

  add(part: SegmentStatistics): void {
    this.count += part.count;
    for (let cell = 0; cell < this.sum.length; cell++) {
      this.sum[cell]! += part.sum[cell]!;
      this.sumSquares[cell]! += part.sumSquares[cell]!;
    }
  }

  remove(part: SegmentStatistics): void {
    this.count -= part.count;
    for (let cell = 0; cell < this.sum.length; cell++) {
      this.sum[cell]! -= part.sum[cell]!;
      this.sumSquares[cell]! -= part.sumSquares[cell]!;
    }
  }

  mean(cell: number): number {
    return this.count === 0 ? 0 : this.sum[cell]! / this.count;
  }

  /** Population deviation; 0 for a cell that does not move. */
  deviation(cell: number): number {
    if (this.count === 0) return 0;
    const mean = this.mean(cell);
    return Math.sqrt(Math.max(0, this.sumSquares[cell]! / this.count - mean * mean));
  }
}
