/**
 * Bins for one column of values, fitted to a sample of them: fine in both tails (a rare concept's positives sit there)
 * and coarser in the middle. Values of one bin count as equal; the error of AP against the exact one is tested.
 */

/**
 * Ascending ranks in a sorted sample of n values where bins begin, at most `bins` − 1: the mass of a bin is at most a
 * fixed share of the mass outside it, on either side, and at least one value.
 */
export function edgeRanks(n: number, bins: number): number[] {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 40; step++) {
    const share = (low + high) / 2;
    if (ranksFor(n, share).length > bins - 1) low = share;
    else high = share;
  }
  return ranksFor(n, high);
}

function ranksFor(n: number, share: number): number[] {
  const half = n >> 1;
  const lower: number[] = [];
  for (let rank = 1; rank < half; rank += Math.max(1, Math.floor(rank * share))) lower.push(rank);
  const upper = lower.map((rank) => n - rank).reverse();
  return [...lower, half, ...upper].filter((rank, k, all) => rank > 0 && rank < n && rank !== all[k - 1]);
}

/**
 * Values where bins begin: those at the ranks, and after a value that fills several ranks (an atom, as ReLU's 0 and
 * saturated gates are) the next larger one, so that an atom shares its bin with nothing.
 */
function edgesAt(sorted: Float32Array, ranks: readonly number[]): number[] {
  const edges: number[] = [];
  let value = sorted[0]!;
  let isAtom = false;
  for (const rank of ranks) {
    const next = sorted[rank]!;
    if (next === value) {
      isAtom = true;
      continue;
    }
    if (isAtom) edges.push(sorted[firstAbove(sorted, value)]!);
    if (next > (edges.at(-1) ?? value)) edges.push(next);
    value = next;
    isAtom = false;
  }
  const above = isAtom ? firstAbove(sorted, value) : sorted.length;
  if (above < sorted.length) edges.push(sorted[above]!);
  return edges;
}

/** Index of the first entry larger than `value`. */
function firstAbove(sorted: Float32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Entries of the look-up table from a value to the bins that it can fall in. */
const tableSize = 2048;

export class Bins {
  /** Number of bins: edges + 1. */
  readonly count: number;
  /** [count − 1] ascending: bin b holds the values with edges[b − 1] ≤ value < edges[b]. */
  readonly edges: Float32Array;
  /** [count] mean rank in [0, 1] of the sample's values in each bin. */
  readonly meanRank: Float32Array;
  private readonly minimum: number;
  private readonly scale: number;
  private readonly first: Uint16Array;

  /** From a sorted sample and the ranks where bins begin (see `edgeRanks`); equal values stay in one bin. */
  constructor(sorted: Float32Array, ranks: readonly number[]) {
    const edges = edgesAt(sorted, ranks);
    this.edges = Float32Array.from(edges);
    this.count = edges.length + 1;
    this.minimum = this.edges[0] ?? 0;
    const width = (this.edges.at(-1) ?? 0) - this.minimum;
    this.scale = width > 0 ? (tableSize - 1) / width : 0;
    // first[key]: how many edges have a smaller key.
    this.first = new Uint16Array(tableSize + 1);
    let smaller = 0;
    for (let key = 0; key < tableSize; key++) {
      while (smaller < edges.length && this.keyOf(this.edges[smaller]!) < key) smaller++;
      this.first[key] = smaller;
    }
    this.first[tableSize] = edges.length;
    this.meanRank = this.ranksOf(sorted);
  }

  binOf(value: number): number {
    const { edges, first } = this;
    if (!(value >= this.minimum) || edges.length === 0) return 0;
    const key = this.keyOf(value);
    // #{edges ≤ value}: an edge with a smaller key is below the value, one with a larger key above it.
    let low = first[key]!;
    let high = first[key + 1]!;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (edges[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Bins of `length` values. */
  fill(values: Float32Array, length: number, bins: Uint16Array): void {
    for (let i = 0; i < length; i++) bins[i] = this.binOf(values[i]!);
  }

  private keyOf(value: number): number {
    const key = (value - this.minimum) * this.scale;
    return key >= tableSize - 1 ? tableSize - 1 : key | 0;
  }

  private ranksOf(sorted: Float32Array): Float32Array {
    const ranks = new Float32Array(this.count);
    let from = 0;
    for (let bin = 0; bin < this.count; bin++) {
      let to = from;
      if (bin === this.edges.length) to = sorted.length;
      else while (to < sorted.length && sorted[to]! < this.edges[bin]!) to++;
      ranks[bin] = (from + Math.max(from, to - 1)) / 2 / Math.max(1, sorted.length - 1);
      from = to;
    }
    return ranks;
  }
}

/** Fits bins to an unsorted sample (sorts it in place). */
export function fitBins(sample: Float32Array, bins: number, ranks = edgeRanks(sample.length, bins)): Bins {
  return new Bins(sample.sort(), ranks);
}
