import { averagePrecisionOfBins } from './average-precision.ts';
import { edgeRanks, fitBins } from './bins.ts';
import type { ColumnSample, Segment } from './sample.ts';

/** Bins of a sample's columns: enough to tell candidates from chance, small enough for thousands of labelings. */
const sampleBins = 256;
/** Values of a column that its bins are fitted to. */
const fittedTo = 6144;

/** Where a labelling of a sample is positive and where it is not scored; ascending or not. */
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

  /** `stride`: every n-th character of the sample only. */
  constructor({ columns, length }: ColumnSample, stride = 1) {
    this.length = Math.ceil(length / stride);
    const every = Math.max(1, Math.floor(length / fittedTo));
    const some = new Float32Array(Math.ceil(length / every));
    const ranks = edgeRanks(some.length, sampleBins);
    const thinned = new Float32Array(this.length);
    const wide = new Uint16Array(this.length);
    this.counts = [];
    this.columns = columns.map((values) => {
      for (let i = 0; i < some.length; i++) some[i] = values[i * every]!;
      const bins = fitBins(some, sampleBins, ranks);
      for (let i = 0; i < thinned.length; i++) thinned[i] = values[i * stride]!;
      bins.fill(thinned, thinned.length, wide);
      const counts = new Uint32Array(sampleBins);
      for (let i = 0; i < wide.length; i++) counts[wide[i]!]!++;
      this.counts.push(counts);
      return Uint8Array.from(wide);
    });
  }

  /** AP of one column under a labelling, of high values (sign 1) or low ones. */
  averagePrecision(column: number, labels: SampleLabels, sign: 1 | -1): number {
    this.count(column, labels.positives, labels.unscored);
    return averagePrecisionOfBins(this.positives, this.scored, sampleBins, sign);
  }

  /** The best AP of all columns and both signs. */
  best({ positives, unscored }: SampleLabels): number {
    // The fewer of the two classes are counted; the others follow.
    const scored = this.length - unscored.length;
    const negatives = positives.length > scored / 2 ? this.others(positives, unscored) : null;
    let best = 0;
    for (let column = 0; column < this.columns.length; column++) {
      this.count(column, negatives ?? positives, unscored);
      if (negatives)
        for (let bin = 0; bin < sampleBins; bin++) this.positives[bin] = this.scored[bin]! - this.positives[bin]!;
      const high = averagePrecisionOfBins(this.positives, this.scored, sampleBins, 1);
      const low = averagePrecisionOfBins(this.positives, this.scored, sampleBins, -1);
      if (high > best) best = high;
      if (low > best) best = low;
    }
    return best;
  }

  /** Counts by bin of one column under a labelling for each segment; only for samples that are not thinned. */
  segmentCounts(column: number, labels: Int8Array, segments: readonly Segment[]): SegmentCounts[] {
    const bins = this.columns[column]!;
    return segments.map(({ at, length }) => {
      const counts = { positives: new Uint32Array(sampleBins), scored: new Uint32Array(sampleBins) };
      for (let i = at; i < at + length; i++) {
        if (labels[i]! < 0) continue;
        counts.scored[bins[i]!]!++;
        counts.positives[bins[i]!]! += labels[i]!;
      }
      return counts;
    });
  }

  private count(column: number, members: Int32Array, unscored: Int32Array): void {
    const bins = this.columns[column]!;
    const hits = this.positives.fill(0);
    const scored = this.scored;
    scored.set(this.counts[column]!);
    for (let j = 0; j < unscored.length; j++) scored[bins[unscored[j]!]!]!--;
    for (let j = 0; j < members.length; j++) hits[bins[members[j]!]!]!++;
  }

  private others(positives: Int32Array, unscored: Int32Array): Int32Array {
    const taken = new Uint8Array(this.length);
    for (const position of positives) taken[position] = 1;
    for (const position of unscored) taken[position] = 1;
    const others = new Int32Array(this.length - positives.length - unscored.length);
    for (let i = 0, at = 0; i < taken.length; i++) if (taken[i] === 0) others[at++] = i;
    return others;
  }
}

export interface SegmentCounts {
  positives: Uint32Array;
  scored: Uint32Array;
}
