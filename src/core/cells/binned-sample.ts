import { averagePrecisionOfBins } from './average-precision.ts';
import { type Bins, edgeRanks, fitBins } from './bins.ts';
import type { ColumnSample } from './sample.ts';

/** Bins of a sample's columns: enough to tell candidates from chance, small enough for thousands of labelings. */
const sampleBins = 256;

/** Where a labelling of a sample is positive and where it is not scored; ascending positions. */
export interface SampleLabels {
  positives: Int32Array;
  unscored: Int32Array;
}

export function positionsOf(labels: Int8Array): SampleLabels {
  const positives: number[] = [];
  const unscored: number[] = [];
  labels.forEach((label, i) => {
    if (label === 1) positives.push(i);
    else if (label < 0) unscored.push(i);
  });
  return { positives: Int32Array.from(positives), unscored: Int32Array.from(unscored) };
}

/** The columns of a sample in bins of its own: AP of any labelling costs its positives and two sums over the bins. */
export class BinnedSample {
  readonly length: number;
  private readonly columns: Uint8Array[];
  private readonly counts: Uint32Array[];
  private readonly positives = new Uint32Array(sampleBins);
  private readonly scored = new Uint32Array(sampleBins);

  constructor({ columns, length }: ColumnSample) {
    this.length = length;
    const ranks = edgeRanks(length, sampleBins);
    const wide = new Uint16Array(length);
    this.counts = [];
    this.columns = columns.map((values) => {
      const bins: Bins = fitBins(values.slice(), sampleBins, ranks);
      bins.fill(values, length, wide);
      const counts = new Uint32Array(sampleBins);
      for (let i = 0; i < length; i++) counts[wide[i]!]!++;
      this.counts.push(counts);
      return Uint8Array.from(wide);
    });
  }

  /** AP of one column under a labelling, of high values (sign 1) or low ones. */
  averagePrecision(column: number, labels: SampleLabels, sign: 1 | -1): number {
    this.count(column, labels);
    return averagePrecisionOfBins(this.positives, this.scored, sampleBins, sign);
  }

  /** The best AP of all columns and both signs. */
  best(labels: SampleLabels): number {
    let best = 0;
    for (let column = 0; column < this.columns.length; column++) {
      this.count(column, labels);
      const high = averagePrecisionOfBins(this.positives, this.scored, sampleBins, 1);
      const low = averagePrecisionOfBins(this.positives, this.scored, sampleBins, -1);
      if (high > best) best = high;
      if (low > best) best = low;
    }
    return best;
  }

  private count(column: number, { positives, unscored }: SampleLabels): void {
    const bins = this.columns[column]!;
    const hits = this.positives.fill(0);
    const scored = this.scored;
    scored.set(this.counts[column]!);
    for (let j = 0; j < unscored.length; j++) scored[bins[unscored[j]!]!]!--;
    for (let j = 0; j < positives.length; j++) hits[bins[positives[j]!]!]!++;
  }
}
