import type { BinaryLabels, ConceptDocument } from './concept.ts';

const space = 32;
const newline = 10;

export function isSpace(point: number): boolean {
  return point === space || (point >= 9 && point <= 13);
}

/** Paints a binary labelling. Later strokes cover earlier ones: paint parents before children. */
export class Painter {
  private readonly values: Int8Array;
  private readonly ends: number[] = [];
  private readonly points: Uint32Array;

  constructor(document: ConceptDocument) {
    this.points = document.points;
    this.values = new Int8Array(document.points.length);
  }

  inside(from: number, to: number): void {
    if (from < to) this.values.fill(1, from, to);
  }

  outside(from: number, to: number): void {
    if (from < to) this.values.fill(0, from, to);
  }

  delimiter(from: number, to: number): void {
    if (from < to) this.values.fill(-1, from, to);
  }

  /** Notes that the concept ends with the character at `index`. Nothing to note at the end of the text. */
  endsAt(index: number): void {
    if (index < this.points.length) this.ends.push(index);
  }

  /** [from, to) with delimiters of the given lengths at its two ends; an end that is a delimiter is where it matters. */
  region(from: number, to: number, opening: number, closing: number): void {
    this.delimiter(from, from + opening);
    this.inside(from + opening, to - closing);
    this.delimiter(to - closing, to);
    if (to - closing >= from + opening) this.endsAt(to - closing);
  }

  /** The range without white space at its ends. */
  trimmed(from: number, to: number): [number, number] {
    while (from < to && isSpace(this.points[from]!)) from++;
    while (from < to && isSpace(this.points[to - 1]!)) to--;
    return [from, to];
  }

  isNewline(index: number): boolean {
    return this.points[index] === newline;
  }

  point(index: number): number {
    return this.points[index] ?? 0;
  }

  /** The characters of a range as a string. */
  slice(from: number, to: number): string {
    let text = '';
    for (let k = from; k < to; k++) text += String.fromCodePoint(this.points[k]!);
    return text;
  }

  labels(): BinaryLabels {
    return { values: this.values, ends: Int32Array.from(new Set(this.ends)).sort() };
  }
}
