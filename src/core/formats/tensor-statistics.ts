/** Statistics of a tensor of any size, gathered piece by piece. Values that are not finite are counted and left out. */
export interface TensorStatistics {
  count: number;
  /** How many values are NaN or infinite. */
  nonFinite: number;
  zeros: number;
  /** Null where there is no finite value. */
  min: number | null;
  max: number | null;
  mean: number | null;
  /** Standard deviation over the values (divided by their number). */
  deviation: number | null;
  /** Euclidean (Frobenius) norm √Σx². */
  norm: number;
}

/**
 * Mean and squared deviations of each piece are taken around the piece's own mean and merged pairwise (Chan, Golub &
 * LeVeque 1979), so that a large mean does not drown the spread; squares are summed in units near the largest magnitude
 * so far (as BLAS nrm2 does), so that they cannot overflow.
 */
export class TensorSummary {
  private count = 0;
  private finite = 0;
  private zeros = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private mean = 0;
  /** Σ(x − mean)² */
  private squares = 0;
  private scale = 0;
  /** Σ(x / scale)² */
  private scaled = 0;

  add(values: ArrayLike<number>): void {
    let sum = 0;
    let finite = 0;
    let largest = 0;
    for (let i = 0; i < values.length; i++) {
      const x = values[i]!;
      if (!Number.isFinite(x)) continue;
      finite++;
      sum += x;
      if (x === 0) this.zeros++;
      if (x < this.min) this.min = x;
      if (x > this.max) this.max = x;
      const magnitude = Math.abs(x);
      if (magnitude > largest) largest = magnitude;
    }
    this.count += values.length;
    if (finite === 0) return;
    if (largest > 2 * this.scale) {
      // A power of two: scaling by it rounds nothing.
      const scale = 2 ** Math.floor(Math.log2(largest));
      this.scaled *= (this.scale / scale) ** 2;
      this.scale = scale;
    }
    const mean = sum / finite;
    const scale = this.scale || 1;
    let squares = 0;
    let scaled = 0;
    for (let i = 0; i < values.length; i++) {
      const x = values[i]!;
      if (!Number.isFinite(x)) continue;
      squares += (x - mean) ** 2;
      scaled += (x / scale) ** 2;
    }
    const total = this.finite + finite;
    const apart = mean - this.mean;
    this.squares += squares + (apart * apart * this.finite * finite) / total;
    this.mean += (apart * finite) / total;
    this.scaled += scaled;
    this.finite = total;
  }

  result(): TensorStatistics {
    const { count, finite, zeros } = this;
    const known = finite > 0;
    return {
      count,
      nonFinite: count - finite,
      zeros,
      min: known ? this.min : null,
      max: known ? this.max : null,
      mean: known ? this.mean : null,
      deviation: known ? Math.sqrt(this.squares / finite) : null,
      norm: this.scale * Math.sqrt(this.scaled),
    };
  }
}
