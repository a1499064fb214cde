import type { Concept } from '../concepts/concept.ts';
import { averagePrecisionOfBins } from './average-precision.ts';
import type { Bins } from './bins.ts';
import { type ColumnBlock, gather } from './columns.ts';
import type { LabelledDocument } from './held-out.ts';

/** Counts of one concept and column by bin. */
export interface BinCounts {
  positives: Uint32Array;
  scored: Uint32Array;
}

/** Columns and concepts that are looked at: for each column, indices among the binary and among the graded concepts. */
export interface Pairs {
  binary: readonly (readonly number[])[];
  graded: readonly (readonly number[])[];
}

export interface ScoreTableOptions {
  /** Characters that are added at once, at most. */
  chunk: number;
  /** Rank in [0, 1] of a graded concept's label, by concept index. */
  labelRanks: ReadonlyMap<number, (label: number) => number>;
  /** Graded concepts look at every n-th character. */
  gradedStride: number;
  /** Null: every column for every concept, binary ones by their AP alone. */
  pairs: Pairs | null;
}

/**
 * Streaming scores of columns for concepts: adds documents chunk by chunk and keeps counts by bin and sums only, so that
 * memory does not grow with the text. Binary concepts: positives and unscored characters by bin, and sums for Pearson's
 * correlation. Graded ones: sums for Pearson's, of the values and of their ranks (Spearman, ranks by the bins).
 */
export class ScoreTable {
  readonly binary: readonly number[];
  readonly graded: readonly number[];
  private readonly bins: readonly Bins[];
  /** Bins reserved for each column. */
  private readonly width: number;
  private readonly columns: number;
  /** [columns][binary concepts][width]. */
  private readonly positives: Uint32Array;
  private readonly unscored: Uint32Array;
  /** [groups][columns][width] all characters of the documents to which the same concepts apply. */
  private readonly all: Uint32Array[] = [];
  /** Which concepts apply, by group. */
  private readonly groups: boolean[][] = [];
  /** [columns][binary concepts][3]: Σx over positives, Σx and Σx² over scored characters. */
  private readonly sums: Float64Array;
  /** [columns][graded concepts][5]: Σx, Σx², Σxy, Σr², Σrs with r the value's rank and s the label's, both centred by 0.5. */
  private readonly products: Float64Array;
  /** [columns][graded concepts]: Σr. */
  private readonly rankSums: Float64Array;
  /** [binary concepts][2]: positives, scored characters. */
  private readonly counts: Float64Array;
  /** [graded concepts][5]: n, Σy, Σy², Σs, Σs². */
  private readonly labelSums: Float64Array;
  private readonly options: ScoreTableOptions;
  private readonly everyBinary: readonly number[];
  private readonly everyGraded: readonly number[];

  private readonly column: Float32Array;
  private readonly columnBins: Uint16Array;
  private readonly prefix: Float64Array;
  private readonly prefixSquares: Float64Array;

  constructor(concepts: readonly Concept[], bins: readonly Bins[], options: ScoreTableOptions) {
    const { chunk } = options;
    this.options = options;
    this.binary = concepts.flatMap(({ scale }, index) => (scale === 'binary' ? [index] : []));
    this.graded = concepts.flatMap(({ scale }, index) => (scale === 'graded' ? [index] : []));
    this.everyBinary = [...this.binary.keys()];
    this.everyGraded = [...this.graded.keys()];
    this.bins = bins;
    this.columns = bins.length;
    this.width = bins.reduce((most, { count }) => Math.max(most, count), 1);
    const cells = this.columns * this.binary.length;
    this.positives = new Uint32Array(cells * this.width);
    this.unscored = new Uint32Array(cells * this.width);
    this.sums = new Float64Array(cells * 3);
    this.products = new Float64Array(this.columns * this.graded.length * 5);
    this.rankSums = new Float64Array(this.columns * this.graded.length);
    this.counts = new Float64Array(this.binary.length * 2);
    this.labelSums = new Float64Array(this.graded.length * 5);
    this.column = new Float32Array(chunk);
    this.columnBins = new Uint16Array(chunk);
    this.prefix = new Float64Array(chunk + 1);
    this.prefixSquares = new Float64Array(chunk + 1);
  }

  /** Adds one chunk of a document: characters from … from + length − 1. */
  add(document: LabelledDocument, from: number, length: number, blocks: readonly ColumnBlock[]): void {
    const group = this.groupOf(document);
    const binary = this.binary.map((concept) => chunkPositions(document, concept, from, length));
    const graded = this.graded.map((concept) => this.chunkGrades(document, concept, from, length));
    binary.forEach((positions, k) => {
      if (!positions) return;
      this.counts[k * 2]! += positions.positives.length;
      this.counts[k * 2 + 1]! += length - positions.unscored.length;
    });
    const { pairs } = this.options;
    for (const block of blocks)
      block.cells.forEach((cell, j) => {
        const column = block.first + j;
        const ofBinary = pairs ? pairs.binary[column]! : this.everyBinary;
        const ofGraded = pairs ? pairs.graded[column]! : this.everyGraded;
        if (ofBinary.length + ofGraded.length === 0) return;
        gather(block, cell, length, this.column);
        this.bins[column]!.fill(this.column, length, this.columnBins);
        if (ofBinary.length > 0) this.countAll(group, column, length);
        if (pairs) this.sumPrefixes(length);
        for (const k of ofBinary) {
          const positions = binary[k];
          if (!positions) continue;
          this.countBins(column * binary.length + k, positions);
          if (pairs) this.addSums(column * binary.length + k, positions, length);
        }
        for (const k of ofGraded) {
          const grades = graded[k];
          if (grades) this.addGraded(column, k, grades);
        }
      });
  }

  /** Characters that are positive and scored, of the k-th binary concept. */
  count(k: number): { positives: number; scored: number } {
    return { positives: this.counts[k * 2]!, scored: this.counts[k * 2 + 1]! };
  }

  /** Counts by bin of one column for the k-th binary concept. */
  binCounts(column: number, k: number): BinCounts {
    const { width } = this;
    const count = this.bins[column]!.count;
    const at = (column * this.binary.length + k) * width;
    const scored = new Uint32Array(count);
    this.groups.forEach((applying, group) => {
      if (!applying[this.binary[k]!]) return;
      const all = this.all[group]!;
      for (let bin = 0; bin < count; bin++) scored[bin]! += all[column * width + bin]!;
    });
    for (let bin = 0; bin < count; bin++) scored[bin]! -= this.unscored[at + bin]!;
    return { positives: this.positives.subarray(at, at + count), scored };
  }

  /** AP of a column for the k-th binary concept, of high values and of low ones. NaN without positives. */
  averagePrecisions(column: number, k: number): { high: number; low: number } {
    const { positives, scored } = this.binCounts(column, k);
    return {
      high: averagePrecisionOfBins(positives, scored, scored.length, 1),
      low: averagePrecisionOfBins(positives, scored, scored.length, -1),
    };
  }

  /** Pearson's correlation of a column with the k-th binary concept (the point-biserial one), one of the pairs. */
  pearson(column: number, k: number): number {
    const { positives, scored } = this.count(k);
    const at = (column * this.binary.length + k) * 3;
    const [sumPositive, sum, squares] = [this.sums[at]!, this.sums[at + 1]!, this.sums[at + 2]!];
    return correlation(scored, sum, squares, positives, positives, sumPositive);
  }

  /** Pearson's and Spearman's correlation of a column with the k-th graded concept. */
  gradedCorrelation(column: number, k: number): { pearson: number; spearman: number } {
    const at = (column * this.graded.length + k) * 5;
    const [sum, squares, product, rankSquares, rankProduct] = this.products.subarray(at, at + 5);
    const [n, labels, labelSquares, ranks, labelRankSquares] = this.labelSums.subarray(k * 5, k * 5 + 5);
    const rankSum = this.rankSums[column * this.graded.length + k]!;
    return {
      pearson: correlation(n!, sum!, squares!, labels!, labelSquares!, product!),
      spearman: correlation(n!, rankSum, rankSquares!, ranks!, labelRankSquares!, rankProduct!),
    };
  }

  /** Scored characters of the k-th graded concept that were looked at. */
  gradedCount(k: number): number {
    return this.labelSums[k * 5]!;
  }

  private groupOf(document: LabelledDocument): number {
    const applying = document.labels.map((labels) => labels !== null);
    const known = this.groups.findIndex((group) => group.every((applies, k) => applies === applying[k]));
    if (known >= 0) return known;
    this.groups.push(applying);
    this.all.push(new Uint32Array(this.columns * this.width));
    return this.groups.length - 1;
  }

  private countAll(group: number, column: number, length: number): void {
    const { columnBins } = this;
    const all = this.all[group]!;
    const at = column * this.width;
    for (let i = 0; i < length; i++) all[at + columnBins[i]!]!++;
  }

  /** prefix[i] = Σ_{t<i} x_t, prefixSquares likewise of squares: sums over runs are differences. */
  private sumPrefixes(length: number): void {
    const { column, prefix, prefixSquares } = this;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < length; i++) {
      const x = column[i]!;
      sum += x;
      squares += x * x;
      prefix[i + 1] = sum;
      prefixSquares[i + 1] = squares;
    }
  }

  private countBins(row: number, { positives, unscored }: Positions): void {
    const { columnBins } = this;
    const at = row * this.width;
    const counts = this.positives;
    for (let j = 0; j < positives.length; j++) counts[at + columnBins[positives[j]!]!]!++;
    const holes = this.unscored;
    for (let j = 0; j < unscored.length; j++) holes[at + columnBins[unscored[j]!]!]!++;
  }

  private addSums(row: number, { runs, gaps }: Positions, length: number): void {
    const { prefix, prefixSquares, sums } = this;
    let inside = 0;
    for (let j = 0; j < runs.length; j += 2) inside += prefix[runs[j + 1]!]! - prefix[runs[j]!]!;
    let sum = prefix[length]!;
    let squares = prefixSquares[length]!;
    for (let j = 0; j < gaps.length; j += 2) {
      sum -= prefix[gaps[j + 1]!]! - prefix[gaps[j]!]!;
      squares -= prefixSquares[gaps[j + 1]!]! - prefixSquares[gaps[j]!]!;
    }
    sums[row * 3]! += inside;
    sums[row * 3 + 1]! += sum;
    sums[row * 3 + 2]! += squares;
  }

  private chunkGrades(document: LabelledDocument, concept: number, from: number, length: number): Grades | null {
    const labels = document.labels[concept];
    if (labels?.scale !== 'graded') return null;
    const rankOf = this.options.labelRanks.get(concept)!;
    const at: number[] = [];
    const values: number[] = [];
    const ranks: number[] = [];
    const sums = this.labelSums;
    const k = this.graded.indexOf(concept) * 5;
    // From the document's start on, so that the choice does not depend on the chunks.
    const stride = this.options.gradedStride;
    for (let i = (stride - (from % stride)) % stride; i < length; i += stride) {
      const y = labels.values[from + i]!;
      if (Number.isNaN(y)) continue;
      const s = rankOf(y) - 0.5;
      at.push(i);
      values.push(y);
      ranks.push(s);
      sums[k]!++;
      sums[k + 1]! += y;
      sums[k + 2]! += y * y;
      sums[k + 3]! += s;
      sums[k + 4]! += s * s;
    }
    return { at: Int32Array.from(at), values: Float64Array.from(values), ranks: Float64Array.from(ranks) };
  }

  private addGraded(column: number, k: number, { at, values, ranks }: Grades): void {
    const { columnBins } = this;
    const { meanRank } = this.bins[column]!;
    let [sum, squares, product, rankSum, rankSquares, rankProduct] = [0, 0, 0, 0, 0, 0];
    for (let j = 0; j < at.length; j++) {
      const x = this.column[at[j]!]!;
      const r = meanRank[columnBins[at[j]!]!]! - 0.5;
      sum += x;
      squares += x * x;
      product += x * values[j]!;
      rankSum += r;
      rankSquares += r * r;
      rankProduct += r * ranks[j]!;
    }
    const row = column * this.graded.length + k;
    const { products } = this;
    products[row * 5]! += sum;
    products[row * 5 + 1]! += squares;
    products[row * 5 + 2]! += product;
    products[row * 5 + 3]! += rankSquares;
    products[row * 5 + 4]! += rankProduct;
    this.rankSums[row]! += rankSum;
  }
}

interface Grades {
  at: Int32Array;
  values: Float64Array;
  ranks: Float64Array;
}

interface Positions {
  positives: Int32Array;
  unscored: Int32Array;
  /** Starts and ends of the runs of positives, of unscored characters. */
  runs: Int32Array;
  gaps: Int32Array;
}

function chunkPositions(document: LabelledDocument, concept: number, from: number, length: number): Positions | null {
  const labels = document.labels[concept];
  if (labels?.scale !== 'binary') return null;
  const positives = where(labels.values, from, length, 1);
  const unscored = where(labels.values, from, length, -1);
  return { positives, unscored, runs: runsOf(positives), gaps: runsOf(unscored) };
}

function where(values: Int8Array, from: number, length: number, label: number): Int32Array {
  let count = 0;
  for (let i = 0; i < length; i++) if (values[from + i] === label) count++;
  const positions = new Int32Array(count);
  for (let i = 0, k = 0; k < count; i++) if (values[from + i] === label) positions[k++] = i;
  return positions;
}

/** Starts and ends of the runs of ascending positions. */
function runsOf(positions: Int32Array): Int32Array {
  const runs: number[] = [];
  for (let k = 0; k < positions.length; k++) {
    if (k === 0 || positions[k] !== positions[k - 1]! + 1) runs.push(positions[k]!);
    if (positions[k + 1] !== positions[k]! + 1) runs.push(positions[k]! + 1);
  }
  return Int32Array.from(runs);
}

/** Pearson's r from n, Σx, Σx², Σy, Σy², Σxy; 0 where either does not vary. */
function correlation(n: number, x: number, xx: number, y: number, yy: number, xy: number): number {
  const vx = xx - (x * x) / n;
  const vy = yy - (y * y) / n;
  // Rounding leaves about 1e−12 of Σx² where nothing varies.
  if (!(vx > 1e-12 * xx) || !(vy > 1e-12 * yy)) return 0;
  return (xy - (x * y) / n) / Math.sqrt(vx * vy);
}
