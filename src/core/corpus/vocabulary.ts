import { t } from '../words.ts';

/** The name of the entry that stands for every character outside the vocabulary. */
export const unknownEntry = '<unk>';

/** Code points below this are looked up in a flat table, the others in a map. */
const tableSize = 0x800;

/** Characters ↔ indices. One entry per index: a single code point each, or `<unk>`. */
export class Vocabulary {
  readonly entries: readonly string[];
  /** Index of `<unk>`, or null: then an unknown character is −1 (a zero input, not scored). */
  readonly unknown: number | null;
  /** −2: not in the vocabulary. */
  private readonly table = new Int32Array(tableSize).fill(-2);
  private readonly rest = new Map<number, number>();

  /** @throws where an entry is not a single character or occurs twice, or `unknown` is no index. */
  constructor(entries: readonly string[], unknown: number | null) {
    if (unknown !== null && !(Number.isInteger(unknown) && unknown >= 0 && unknown < entries.length))
      throw new Error(t("The vocabulary's unknown index {0} is not between 0 and {1}.", unknown, entries.length - 1));
    this.entries = entries;
    this.unknown = unknown;
    entries.forEach((entry, index) => {
      if (index === unknown) return;
      const codePoint = entry.codePointAt(0);
      if (codePoint === undefined || String.fromCodePoint(codePoint) !== entry)
        throw new Error(t('Vocabulary entry {0} is {1}: an entry is one character.', index, JSON.stringify(entry)));
      if (this.lookUp(codePoint) !== -2)
        throw new Error(t('Vocabulary entry {0}, {1}, occurs twice.', index, JSON.stringify(entry)));
      if (codePoint < tableSize) this.table[codePoint] = index;
      else this.rest.set(codePoint, index);
    });
  }

  /** `<unk>` first, then every character seen at least `minCount` times in the (normalised) texts, by code point. */
  static build(texts: Iterable<string>, minCount: number): Vocabulary {
    const counts = new Map<number, number>();
    const low = new Float64Array(tableSize);
    for (const text of texts) {
      for (let k = 0; k < text.length; k++) {
        const unit = text.charCodeAt(k);
        if (unit < tableSize) {
          low[unit]!++;
          continue;
        }
        const codePoint = text.codePointAt(k)!;
        if (codePoint > 0xffff) k++;
        counts.set(codePoint, (counts.get(codePoint) ?? 0) + 1);
      }
    }
    low.forEach((count, codePoint) => {
      if (count > 0) counts.set(codePoint, count);
    });
    const kept = [...counts].filter(([, count]) => count >= minCount).map(([codePoint]) => codePoint);
    // A lone surrogate is no character that a file could hold: it would not survive UTF-8.
    const characters = kept.filter((codePoint) => codePoint < 0xd800 || codePoint > 0xdfff).sort((a, b) => a - b);
    return new Vocabulary([unknownEntry, ...characters.map((codePoint) => String.fromCodePoint(codePoint))], 0);
  }

  get size(): number {
    return this.entries.length;
  }

  /** True where the code point has an entry of its own. */
  has(codePoint: number): boolean {
    return this.lookUp(codePoint) !== -2;
  }

  /** The code point's index; `<unk>`'s, or −1 where there is none, for an unknown one. */
  indexOf(codePoint: number): number {
    const index = this.lookUp(codePoint);
    return index === -2 ? (this.unknown ?? -1) : index;
  }

  /** [N] indices of a normalised text's N characters. */
  encode(text: string): Int32Array {
    const unknown = this.unknown ?? -1;
    const indices = new Int32Array(text.length);
    let n = 0;
    for (let k = 0; k < text.length; k++) {
      let codePoint = text.charCodeAt(k);
      if ((codePoint & 0xf800) === 0xd800) {
        codePoint = text.codePointAt(k)!;
        if (codePoint > 0xffff) k++;
      }
      const index = codePoint < tableSize ? this.table[codePoint]! : (this.rest.get(codePoint) ?? -2);
      indices[n++] = index === -2 ? unknown : index;
    }
    return n === text.length ? indices : indices.slice(0, n);
  }

  /** How many characters of a normalised text have no entry of their own. */
  countUnknown(text: string): number {
    let count = 0;
    for (const character of text) if (!this.has(character.codePointAt(0)!)) count++;
    return count;
  }

  private lookUp(codePoint: number): number {
    return codePoint < tableSize ? this.table[codePoint]! : (this.rest.get(codePoint) ?? -2);
  }
}

/** [N] targets of [N] inputs: element t is the character after t, −1 for the last. */
export function nextCharacters(inputs: Int32Array): Int32Array {
  const targets = new Int32Array(inputs.length).fill(-1);
  targets.set(inputs.subarray(1));
  return targets;
}
