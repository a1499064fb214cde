/**
 * Interpolated Kneser–Ney n-grams over characters (Kneser, Ney 1995; the interpolated form of Chen, Goodman 1999):
 *
 *   p_n(x | h) = (max(c(h x) − D_n, 0) + D_n·N(h)·p_{n−1}(x | h′)) / Σ_x c(h x)
 *
 * h are the n − 1 characters before x, h′ is h without its first one, N(h) the number of different characters after h.
 * c counts how often h x occurs where n is the order or h begins a document, else how many different characters stand
 * before h x. A context that was never seen falls through to the next shorter one; below n = 1 stands the uniform
 * distribution over the vocabulary. D_n = n₁/(n₁ + 2·n₂) with n_k the number of n-grams with c = k (Ney et al. 1994),
 * 1/2 where there is no n₁.
 */
import { type ContextTree, ended, growContextTree, type SymbolText } from './context-tree.ts';

export interface NGramOptions {
  /** n: the longest n-gram; it sees n − 1 characters before the one that it predicts. 1 to 20. */
  order: number;
  vocabularySize: number;
  /** Characters that are learned from; see `bytesOfNGramChar`. Documents beyond are left out. */
  maxChars: number;
}

export const largestOrder = 20;
/**
 * Characters that are learned from at most, unless said otherwise: the training side of the 20 MB that a workspace gives by
 * default. `npm run bench:ngrams` prints what learning from that many takes.
 */
export const defaultMaxChars = 16_000_000;
/** Bytes that learning takes for each character at its peak, texts included. */
export const bytesOfNGramChar = 50;

/** Nodes whose counts are looked at, characters whose losses are added up, between two stops. */
const nodesOfASlice = 8_000;
const charactersOfASlice = 256;
/** Characters that are taken up between two stops. */
const encodedOfASlice = 200_000;

/** What was learned from the documents. */
interface Learned {
  tree: ContextTree;
  discounts: Float64Array;
  trainedChars: number;
}

export class KneserNey {
  readonly order: number;
  /** Characters that were learned from. */
  readonly trainedChars: number;
  /** [order] D_1 … D_n. */
  readonly discounts: Float64Array;
  private readonly tree: ContextTree;

  /**
   * Learns from documents as the engine reads them: indices, −1 for an unknown character.
   * @param learned what `learning` found, where it was there before
   * @throws RangeError for an order outside 1 … 20
   */
  constructor(documents: Iterable<Int32Array>, options: NGramOptions, learned = drain(learn(documents, options))) {
    this.order = options.order;
    this.tree = learned.tree;
    this.trainedChars = learned.trainedChars;
    this.discounts = learned.discounts;
  }

  /** The same in slices of a few milliseconds: it stops now and then, and its last value is the model. */
  static *learning(documents: Iterable<Int32Array>, options: NGramOptions): Generator<undefined, KneserNey, void> {
    return new KneserNey([], options, yield* learn(documents, options));
  }

  /** The sum of `losses` over a document, in slices. */
  *totalLoss(
    inputs: Int32Array,
    targets: Int32Array,
  ): Generator<undefined, { totalNats: number; predictions: number }, void> {
    const symbols = this.symbolsOf(inputs);
    let totalNats = 0;
    let predictions = 0;
    for (let t = 0; t < targets.length; t++) {
      if (t % charactersOfASlice === charactersOfASlice - 1) yield;
      if (targets[t]! < 0) continue;
      totalNats -= Math.log(this.probability(symbols, t + 2, targets[t]!));
      predictions++;
    }
    return { totalNats, predictions };
  }

  /**
   * −ln p(target_t | the characters up to t) in nats, NaN where target_t is −1: a document's losses, aligned as the
   * engine's are.
   */
  losses(inputs: Int32Array, targets: Int32Array): Float32Array {
    const symbols = this.symbolsOf(inputs);
    return Float32Array.from(targets, (target, t) =>
      target < 0 ? Number.NaN : -Math.log(this.probability(symbols, t + 2, target)),
    );
  }

  /** p(symbol | the first `length` characters of a document), for several symbols. */
  probabilities(inputs: Int32Array, length: number, symbols: readonly number[]): number[] {
    const text = this.symbolsOf(inputs.subarray(Math.max(0, length - largestOrder), length));
    // A boundary only where the document really begins.
    const from = length > largestOrder ? 1 : 0;
    return symbols.map((symbol) => this.probability(text.subarray(from), text.length - from, symbol));
  }

  /** The boundary, then the document. */
  private symbolsOf(inputs: Int32Array): Uint16Array {
    const { boundary, vocabularySize } = this.tree.text;
    const symbols = new Uint16Array(inputs.length + 1);
    symbols[0] = boundary;
    for (let i = 0; i < inputs.length; i++) symbols[i + 1] = inputs[i]! < 0 ? vocabularySize + 1 : inputs[i]!;
    return symbols;
  }

  /** p(symbol | context[0 … length)), from the shortest context to the longest that was seen. */
  private probability(context: Uint16Array, length: number, symbol: number): number {
    const { tree, discounts, order } = this;
    const { symbols, boundary, vocabularySize } = tree.text;
    let probability = 1 / vocabularySize;
    let node = 0;
    for (let k = 0; k < order; k++) {
      // The context of k characters lies at `node` or on the way to it; or it was seen at one place only.
      if (k > 0) {
        if (k > length) break;
        const before = context[length - k]!;
        if (node < 0 || k <= tree.depth[node]!) {
          const place = node < 0 ? -1 - node : tree.place[node]!;
          if (ended(symbols, boundary, place, k - 1) || symbols[place - k] !== before) break;
        } else {
          const child = this.childOf(node, before);
          if (child === null) break;
          node = child;
        }
      }
      const discount = discounts[k]!;
      if (node < 0) {
        // One place: c = N = 1 for its own follower, whatever is counted.
        const own = symbols[-1 - node] === symbol ? 1 - discount : 0;
        probability = own + discount * probability;
        continue;
      }
      const { count, total, kinds } = this.countsAt(node, k, symbol);
      if (total > 0) probability = (Math.max(count - discount, 0) + discount * kinds * probability) / total;
    }
    return probability;
  }

  /** c(h x), Σ c(h ·) and N(h) of the context of k characters that leads to a node. */
  private countsAt(node: number, k: number, symbol: number): { count: number; total: number; kinds: number } {
    const { tree } = this;
    const from = tree.followers[node]!;
    const to = tree.followers[node + 1]!;
    const found = find(tree.followerSymbol, from, to, symbol);
    const kinds = to - from;
    const counts = countsIn(tree, node, k, this.order);
    if (counts === null) return { count: found < 0 ? 0 : 1, total: kinds, kinds };
    let total = 0;
    for (let f = from; f < to; f++) total += counts[f]!;
    return { count: found < 0 ? 0 : counts[found]!, total, kinds };
  }

  private childOf(node: number, symbol: number): number | null {
    const { children, childSymbol, childNode } = this.tree;
    const found = find(childSymbol, children[node]!, children[node + 1]!, symbol);
    return found < 0 ? null : childNode[found]!;
  }
}

/** Counts that hold for a context of k characters at a node: its own only where it ends, else one kind before each. */
function countsIn(tree: ContextTree, node: number, k: number, order: number): Int32Array | Uint16Array | null {
  const { symbols, boundary } = tree.text;
  if (k === order - 1 || ended(symbols, boundary, tree.place[node]!, k)) return tree.followerCount;
  return k === tree.depth[node] ? tree.followerKinds : null;
}

function* learn(
  documents: Iterable<Int32Array>,
  { order, vocabularySize, maxChars }: NGramOptions,
): Generator<undefined, Learned, void> {
  if (!(Number.isInteger(order) && order >= 1 && order <= largestOrder))
    throw new RangeError(`An n-gram's order is 1 to ${largestOrder}, not ${order}.`);
  const text = yield* textOf(documents, vocabularySize, maxChars);
  yield;
  const tree = yield* growContextTree(text, order - 1);
  let trainedChars = 0;
  for (let i = 0; i < text.symbols.length; i++) if (text.symbols[i]! < vocabularySize) trainedChars++;
  return { tree, trainedChars, discounts: yield* discountsOf(tree, order) };
}

/** The last value of work in slices, without a stop. */
function drain<T>(work: Generator<undefined, T, void>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** D_1 … D_n from the numbers of n-grams with counts 1 and 2. */
function* discountsOf(tree: ContextTree, order: number): Generator<undefined, Float64Array, void> {
  const { symbols, boundary } = tree.text;
  const ones = new Float64Array(order);
  const twos = new Float64Array(order);
  const visit = (node: number, from: number): void => {
    const [first, end] = [tree.followers[node]!, tree.followers[node + 1]!];
    for (let k = from; k <= tree.depth[node]!; k++) {
      const counts = countsIn(tree, node, k, order);
      if (counts === null) {
        ones[k]! += end - first;
        continue;
      }
      for (let f = first; f < end; f++) {
        if (counts[f] === 1) ones[k]!++;
        else if (counts[f] === 2) twos[k]!++;
      }
    }
    for (let child = tree.children[node]!; child < tree.children[node + 1]!; child++) {
      if (tree.childNode[child]! >= 0) continue;
      // A place that stands alone has one n-gram of count 1 at every length up to its document's begin.
      const place = -1 - tree.childNode[child]!;
      for (let k = tree.depth[node]! + 1; k < order && !ended(symbols, boundary, place, k - 1); k++) ones[k]!++;
    }
  };
  visit(0, 0);
  for (let node = 0; node < tree.depth.length; node++) {
    if (node % nodesOfASlice === nodesOfASlice - 1) yield;
    for (let child = tree.children[node]!; child < tree.children[node + 1]!; child++)
      if (tree.childNode[child]! >= 0) visit(tree.childNode[child]!, tree.depth[node]! + 1);
  }
  return ones.map((one, k) => (one > 0 ? one / (one + 2 * twos[k]!) : 0.5));
}

function* textOf(
  documents: Iterable<Int32Array>,
  vocabularySize: number,
  maxChars: number,
): Generator<undefined, SymbolText, void> {
  const boundary = vocabularySize;
  const kept: Uint16Array[] = [];
  let chars = 0;
  let sinceStop = 0;
  for (const document of documents) {
    if (chars >= maxChars) break;
    const length = Math.min(document.length, maxChars - chars);
    const symbols = new Uint16Array(1 + length);
    symbols[0] = boundary;
    for (let i = 0; i < length; i++) symbols[i + 1] = document[i]! < 0 ? vocabularySize + 1 : document[i]!;
    kept.push(symbols);
    chars += length;
    sinceStop += length;
    if (sinceStop < encodedOfASlice) continue;
    sinceStop = 0;
    yield;
  }
  const symbols = new Uint16Array(chars + kept.length);
  let at = 0;
  for (const document of kept) {
    symbols.set(document, at);
    at += document.length;
  }
  return { symbols, boundary, vocabularySize };
}

/** Index of a value among ascending entries, −1 where it is not. */
function find(sorted: Uint16Array, from: number, to: number, value: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low < to && sorted[low] === value ? low : -1;
}
