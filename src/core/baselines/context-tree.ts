/**
 * All contexts of a text in one tree: a node is a set of places whose last d characters are alike, its children part
 * them by the character before those. Contexts between a node's parent and its depth d have the same places, so that
 * the tree has fewer nodes than the text has characters, whatever the order (as a suffix tree has; Weiner 1973). Places
 * that stand alone are leaves without a node.
 */

type Numbers = Uint8Array | Uint16Array | Int32Array;

/** A typed array that grows. */
class Rows<T extends Numbers> {
  private readonly kind: new (
    length: number,
  ) => T;
  private data: T;
  length = 0;

  constructor(kind: new (length: number) => T, capacity: number) {
    this.kind = kind;
    this.data = new kind(capacity);
  }

  push(value: number): void {
    if (this.length === this.data.length) {
      const grown = new this.kind(Math.ceil(this.data.length * 1.5));
      grown.set(this.data);
      this.data = grown;
    }
    this.data[this.length++] = value;
  }

  set(index: number, value: number): void {
    this.data[index] = value;
  }

  /** What was pushed, in an array of its own; the room that it grew in is given back. */
  done(): T {
    const data = this.data.slice(0, this.length) as T;
    this.data = new this.kind(0);
    return data;
  }
}

/** Sentinel before every document: contexts end with it. */
export interface SymbolText {
  /** Documents one after the other, `boundary` before each; characters below `vocabularySize`, others are context only. */
  symbols: Uint16Array;
  boundary: number;
  vocabularySize: number;
}

export interface ContextTree {
  text: SymbolText;
  /** [nodes] characters that a node's places share; node 0 is the root. */
  depth: Uint8Array;
  /** [nodes] one of a node's places. */
  place: Int32Array;
  /** [nodes + 1] first child and first follower of each node. */
  children: Int32Array;
  followers: Int32Array;
  /** [children] the character before the shared ones, ascending; a node, or −1 − place where a place stands alone. */
  childSymbol: Uint16Array;
  childNode: Int32Array;
  /** [followers] a character that comes next, ascending; how often; after how many different children. */
  followerSymbol: Uint16Array;
  followerCount: Int32Array;
  followerKinds: Uint16Array;
}

/** Places that are sorted between two stops of `growContextTree`: a few milliseconds. The root alone takes longer. */
const placesOfASlice = 20_000;

/**
 * Builds the tree of all contexts of up to `longest` characters (the boundary counts as one), and stops now and then, so
 * that whoever builds it can do something else in between.
 */
export function* growContextTree(text: SymbolText, longest: number): Generator<undefined, ContextTree, void> {
  const { symbols, boundary } = text;
  const places = placesOf(text);
  const scratch = new Int32Array(places.length);
  const size = Math.max(16, places.length >> 1);
  const depths = new Rows(Uint8Array, size);
  const nodePlaces = new Rows(Int32Array, size);
  const children = new Rows(Int32Array, size);
  const followers = new Rows(Int32Array, size);
  const childSymbol = new Rows(Uint16Array, size);
  const childNode = new Rows(Int32Array, size);
  const followerSymbol = new Rows(Uint16Array, size);
  const followerCount = new Rows(Int32Array, size);
  const followerKinds = new Rows(Uint16Array, size);
  const symbolCount = Math.max(boundary, largest(symbols)) + 1;
  const counts = new Int32Array(symbolCount);
  const kinds = new Int32Array(symbolCount);
  const seenIn = new Int32Array(symbolCount);

  // Ranges of places that become nodes, with the child entry that will point at each.
  const pending: { from: number; to: number; depth: number; entry: number }[] = [
    { from: 0, to: places.length, depth: 0, entry: -1 },
  ];
  const used: number[] = [];
  let sorted = 0;
  while (pending.length > 0) {
    const { from, to, depth: shared, entry } = pending.pop()!;
    sorted += to - from;
    if (sorted > placesOfASlice) {
      sorted = 0;
      yield;
    }
    let depth = shared;
    // Deepen while all places agree on the character before.
    while (depth < longest && !ended(symbols, boundary, places[from]!, depth)) {
      const symbol = symbols[places[from]! - depth - 1]!;
      let k = from + 1;
      while (k < to && symbols[places[k]! - depth - 1] === symbol) k++;
      if (k < to) break;
      depth++;
    }
    const node = depths.length;
    if (entry >= 0) childNode.set(entry, node);
    depths.push(depth);
    nodePlaces.push(places[from] ?? 0);
    children.push(childSymbol.length);
    followers.push(followerSymbol.length);

    const isLeaf = depth >= longest || ended(symbols, boundary, places[from]!, depth);
    if (!isLeaf) sortByContext(symbols, places, scratch, from, to, depth, counts);
    used.length = 0;
    let group = 0;
    for (let k = from; k < to; ) {
      const symbol = isLeaf ? -1 : symbols[places[k]! - depth - 1]!;
      group++;
      let end = k;
      while (end < to && (isLeaf || symbols[places[end]! - depth - 1] === symbol)) {
        const follower = symbols[places[end]!]!;
        if (counts[follower] === 0) used.push(follower);
        counts[follower]!++;
        if (seenIn[follower] !== group) {
          seenIn[follower] = group;
          kinds[follower]!++;
        }
        end++;
      }
      if (!isLeaf) {
        childSymbol.push(symbol);
        childNode.push(-1 - places[k]!);
        if (end - k > 1) pending.push({ from: k, to: end, depth: depth + 1, entry: childNode.length - 1 });
      }
      k = end;
    }
    for (const follower of used.sort((a, b) => a - b)) {
      followerSymbol.push(follower);
      followerCount.push(counts[follower]!);
      followerKinds.push(kinds[follower]!);
      counts[follower] = 0;
      kinds[follower] = 0;
      seenIn[follower] = 0;
    }
  }
  children.push(childSymbol.length);
  followers.push(followerSymbol.length);
  const rows = { children, followers, childSymbol, childNode, followerSymbol, followerCount, followerKinds };
  const done: Partial<Record<keyof typeof rows, Numbers>> = {};
  for (const name of Object.keys(rows) as (keyof typeof rows)[]) {
    yield;
    done[name] = rows[name].done();
  }
  yield;
  const lists = done as { [name in keyof typeof rows]: ReturnType<(typeof rows)[name]['done']> };
  return { ...lists, text, depth: depths.done(), place: nodePlaces.done() };
}

/** A place is the index of a character that is predicted; its context is what stands before it. */
function placesOf({ symbols, vocabularySize }: SymbolText): Int32Array {
  const places = new Int32Array(symbols.length);
  let count = 0;
  for (let i = 0; i < symbols.length; i++) if (symbols[i]! < vocabularySize) places[count++] = i;
  return places.subarray(0, count);
}

/** True where the last of `depth` context characters is the boundary: nothing stands before it. */
export function ended(symbols: Uint16Array, boundary: number, place: number, depth: number): boolean {
  return depth > 0 && symbols[place - depth] === boundary;
}

/** Sorts places[from … to) by the character before their shared `depth` ones, stably. */
function sortByContext(
  symbols: Uint16Array,
  places: Int32Array,
  scratch: Int32Array,
  from: number,
  to: number,
  depth: number,
  counts: Int32Array,
): void {
  if (to - from < 24) {
    for (let k = from + 1; k < to; k++) {
      const place = places[k]!;
      const symbol = symbols[place - depth - 1]!;
      let j = k - 1;
      for (; j >= from && symbols[places[j]! - depth - 1]! > symbol; j--) places[j + 1] = places[j]!;
      places[j + 1] = place;
    }
    return;
  }
  for (let k = from; k < to; k++) counts[symbols[places[k]! - depth - 1]!]!++;
  let at = from;
  for (let symbol = 0; symbol < counts.length; symbol++) {
    const count = counts[symbol]!;
    counts[symbol] = at;
    at += count;
  }
  for (let k = from; k < to; k++) scratch[counts[symbols[places[k]! - depth - 1]!]!++] = places[k]!;
  places.set(scratch.subarray(from, to), from);
  counts.fill(0);
}

function largest(symbols: Uint16Array): number {
  let most = 0;
  for (let i = 0; i < symbols.length; i++) if (symbols[i]! > most) most = symbols[i]!;
  return most;
}
