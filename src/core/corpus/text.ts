import { t } from '../words.ts';
import { normaliseLineEnds } from './document.ts';

/** A replacement in UTF-16 offsets of the text before it, as editors report it. */
export interface TextEdit {
  rangeOffset: number;
  rangeLength: number;
  text: string;
}

/** What an edit changed in characters: `removed` characters from `start` on gave way to `inserted` ones. */
export interface CharacterChange {
  start: number;
  removed: number;
  inserted: number;
}

/**
 * A text with its maps between characters (code points after CRLF→LF), UTF-16 offsets of the text as it is, and lines.
 * Kept is only what differs (one character, one UTF-16 unit is the rule): the wide characters (a surrogate pair, or a CRLF,
 * which is the one character LF) and the newlines, 4 bytes each. Look-ups are binary searches. A lone CR is a
 * character and ends no line; a lone surrogate is a character.
 */
export class DocumentText {
  private source: string;
  private characters: number;
  /** Indices of the characters of two UTF-16 units, ascending: the k-th one starts at offset wide[k] + k. */
  private wide: Uint32Array;
  /** Indices of the newlines, ascending. */
  private newlines: Uint32Array;

  constructor(source: string) {
    const scan = scanCharacters(source, 0, source.length, 0);
    this.source = source;
    this.characters = scan.count;
    this.wide = Uint32Array.from(scan.wide);
    this.newlines = Uint32Array.from(scan.newlines);
  }

  /** The text as it is, not normalised. */
  get raw(): string {
    return this.source;
  }

  /** Number of characters. */
  get length(): number {
    return this.characters;
  }

  get lineCount(): number {
    return this.newlines.length + 1;
  }

  /** Index of the character that covers the UTF-16 unit at `offset`; `length` at the text's end and beyond. */
  indexAt(offset: number): number {
    if (offset >= this.source.length) return this.characters;
    let low = 0;
    let high = this.wide.length; // counts the wide characters that start before `offset`
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.wide[middle]! + middle < offset) low = middle + 1;
      else high = middle;
    }
    const inside = low > 0 && this.wide[low - 1]! + low === offset;
    return inside ? this.wide[low - 1]! : offset - low;
  }

  /** UTF-16 offset where the character starts; the text's end for `length`. */
  offsetAt(index: number): number {
    return index + countBelow(this.wide, index);
  }

  /** 0-based line of a character; a newline belongs to the line that it ends. */
  lineAt(index: number): number {
    return countBelow(this.newlines, index);
  }

  /** Index of the line's first character; `length` for `lineCount`. */
  lineStart(line: number): number {
    if (line <= 0) return 0;
    return line <= this.newlines.length ? this.newlines[line - 1]! + 1 : this.characters;
  }

  /** The characters from `start` to before `end` as a normalised string. */
  slice(start = 0, end = this.characters): string {
    return normaliseLineEnds(this.source.slice(this.offsetAt(start), this.offsetAt(end)));
  }

  /** [end − start] code points, a CRLF as 10. */
  codePoints(start = 0, end = this.characters): Uint32Array {
    return codePointsOf(this.source, this.offsetAt(start), this.offsetAt(end), Math.max(0, end - start));
  }

  /**
   * Applies an edit; the maps are rescanned only around it. Equal characters at both ends of the replaced text count as
   * unchanged, so that everything computed for characters before `start` stays valid.
   * @throws RangeError where the range lies outside the text: the caller's copy and this one have come apart.
   */
  edit({ rangeOffset, rangeLength, text }: TextEdit): CharacterChange {
    const rangeEnd = rangeOffset + rangeLength;
    if (!(rangeOffset >= 0 && rangeLength >= 0 && rangeEnd <= this.source.length))
      throw new RangeError(
        t(
          'The edit covers {0}…{1} in a text of {2}: open the document again.',
          rangeOffset,
          rangeEnd,
          this.source.length,
        ),
      );
    // One character more on either side is read anew: a pair or CRLF may come together or apart at the seams.
    const first = rangeOffset === 0 ? 0 : this.indexAt(rangeOffset - 1);
    const last = Math.min(this.characters, this.indexAt(rangeEnd) + 1);
    const from = this.offsetAt(first);
    const to = this.offsetAt(last);
    const before = codePointsOf(this.source, from, to, last - first);
    const source = this.source.slice(0, rangeOffset) + text + this.source.slice(rangeEnd);
    const newTo = to + text.length - rangeLength;
    const scan = scanCharacters(source, from, newTo, first);
    const after = codePointsOf(source, from, newTo, scan.count);
    const shift = after.length - before.length;
    this.wide = splice(this.wide, first, last, scan.wide, shift);
    this.newlines = splice(this.newlines, first, last, scan.newlines, shift);
    this.source = source;
    this.characters += shift;

    const shorter = Math.min(before.length, after.length);
    let head = 0;
    while (head < shorter && before[head] === after[head]) head++;
    let tail = 0;
    while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
    return { start: first + head, removed: before.length - head - tail, inserted: after.length - head - tail };
  }
}

interface Scan {
  count: number;
  wide: number[];
  newlines: number[];
}

/** Length in UTF-16 units of the character that starts at `k`. */
function unitsAt(source: string, k: number, to: number): 1 | 2 {
  const unit = source.charCodeAt(k);
  if (unit !== 13 && (unit & 0xfc00) !== 0xd800) return 1;
  if (k + 1 >= to) return 1;
  const next = source.charCodeAt(k + 1);
  return (unit === 13 ? next === 10 : (next & 0xfc00) === 0xdc00) ? 2 : 1;
}

function scanCharacters(source: string, from: number, to: number, firstIndex: number): Scan {
  const wide: number[] = [];
  const newlines: number[] = [];
  let index = firstIndex;
  for (let k = from; k < to; index++) {
    const units = unitsAt(source, k, to);
    if (units === 2) wide.push(index);
    if (source.charCodeAt(k + units - 1) === 10) newlines.push(index);
    k += units;
  }
  return { count: index - firstIndex, wide, newlines };
}

function codePointsOf(source: string, from: number, to: number, count: number): Uint32Array {
  const points = new Uint32Array(count);
  let n = 0;
  for (let k = from; k < to; ) {
    const units = unitsAt(source, k, to);
    const unit = source.charCodeAt(k);
    points[n++] = units === 1 ? unit : unit === 13 ? 10 : source.codePointAt(k)!;
    k += units;
  }
  return points;
}

/** Number of entries smaller than `value` in an ascending array. */
function countBelow(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Replaces the entries in [first, last) by `replacement` and shifts those after it. */
function splice(sorted: Uint32Array, first: number, last: number, replacement: number[], shift: number): Uint32Array {
  const head = countBelow(sorted, first);
  const tail = countBelow(sorted, last);
  const result = new Uint32Array(head + replacement.length + sorted.length - tail);
  result.set(sorted.subarray(0, head));
  result.set(replacement, head);
  const moved = head + replacement.length - tail;
  for (let k = tail; k < sorted.length; k++) result[k + moved] = sorted[k]! + shift;
  return result;
}
