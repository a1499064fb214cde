/**
 * Near-duplicate texts by one-permutation minhash (Broder 1997; Li, Owen, Zhang 2012) over shingles of 16 characters
 * without white space: each shingle is hashed once, falls into one of 128 bins, and each bin keeps its smallest value.
 */
const shingleLength = 16;
const bins = 128;
/** Bins of one band; two texts are compared where one whole band agrees. */
const bandLength = 4;
const empty = 0xffffffff;
/** Estimated share of common shingles (Jaccard) from which on two texts belong together. */
export const nearDuplicateSimilarity = 0.7;

/** [128] smallest hash by bin, `0xffffffff` where no shingle fell. A text shorter than a shingle is one shingle. */
export function sketch(text: string): Uint32Array {
  const minima = new Uint32Array(bins).fill(empty);
  const base = 0x01000193;
  let leaving = 1; // base^shingleLength
  for (let k = 0; k < shingleLength; k++) leaving = Math.imul(leaving, base);
  const ring = new Uint16Array(shingleLength);
  let hash = 0;
  let seen = 0;
  for (let k = 0; k < text.length; k++) {
    const unit = text.charCodeAt(k);
    if (unit <= 32) continue;
    const slot = seen % shingleLength;
    hash = (Math.imul(hash, base) + unit - Math.imul(ring[slot]!, leaving)) | 0;
    ring[slot] = unit;
    seen++;
    if (seen >= shingleLength) keepSmallest(minima, hash);
  }
  if (seen > 0 && seen < shingleLength) keepSmallest(minima, hash);
  return minima;
}

function keepSmallest(minima: Uint32Array, hash: number): void {
  // Murmur3's finaliser spreads the rolling hash over all bits.
  let x = hash;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  x = (x ^ (x >>> 16)) >>> 0;
  const bin = x % bins;
  const value = Math.floor(x / bins);
  if (value < minima[bin]!) minima[bin] = value;
}

/** Estimated Jaccard similarity of two texts' shingles: equal bins over bins that are filled on either side. */
export function similarity(a: Uint32Array, b: Uint32Array): number {
  let equal = 0;
  let filled = 0;
  for (let k = 0; k < bins; k++) {
    if (a[k] === empty && b[k] === empty) continue;
    filled++;
    if (a[k] === b[k]) equal++;
  }
  return filled === 0 ? 1 : equal / filled;
}

/** Groups of indices of texts that belong together, each ascending, in the order of their first member. */
export function groupNearDuplicates(texts: readonly string[]): number[][] {
  const sketches = texts.map(sketch);
  const parent = texts.map((_, k) => k);
  const find = (k: number): number => {
    while (parent[k] !== k) k = parent[k] = parent[parent[k]!]!;
    return k;
  };
  const representatives = new Map<string, number>();
  sketches.forEach((own, k) => {
    for (let band = 0; band < bins; band += bandLength) {
      const values = own.subarray(band, band + bandLength);
      if (values.every((value) => value === empty)) continue;
      const key = `${band}:${values.join()}`;
      const first = representatives.get(key);
      if (first === undefined) representatives.set(key, k);
      else if (find(first) !== find(k) && similarity(sketches[first]!, own) >= nearDuplicateSimilarity)
        parent[Math.max(find(first), find(k))] = Math.min(find(first), find(k));
    }
  });
  const groups = new Map<number, number[]>();
  texts.forEach((_, k) => {
    const root = find(k);
    const group = groups.get(root);
    if (group) group.push(k);
    else groups.set(root, [k]);
  });
  return [...groups.values()];
}
