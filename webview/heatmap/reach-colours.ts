/** Strengths along a stretch of the text as colours of its lines. */
import type { ColourSource, Spot } from './text-view.ts';

/** Characters of a line, its newline left out. */
export type LineLengths = (line: number) => number | undefined;

export class ReachColours implements ColourSource {
  readonly scale = 1;
  readonly overlays = [];
  private readonly lines: ReadonlyMap<number, Float32Array>;

  constructor(lines: ReadonlyMap<number, Float32Array> = new Map()) {
    this.lines = lines;
  }

  values(line: number): Float32Array | undefined {
    return this.lines.get(line);
  }

  stale(): boolean {
    return false;
  }
}

/** Line by line [characters + the newline], 0 where the stretch does not reach. */
export function strengthsByLine(
  start: Spot,
  strengths: readonly number[],
  lengths: LineLengths,
): Map<number, Float32Array> {
  const lines = new Map<number, Float32Array>();
  let { line, character } = start;
  for (let at = 0; at < strengths.length; line++, character = 0) {
    const length = lengths(line);
    if (length === undefined) break;
    const values = new Float32Array(length + 1);
    while (character <= length && at < strengths.length) values[character++] = strengths[at++]!;
    lines.set(line, values);
  }
  return lines;
}

/** Where the character stands that is `offset` characters after `start`; null beyond the text. */
export function spotAfter(start: Spot, offset: number, lengths: LineLengths): Spot | null {
  let { line, character } = start;
  character += offset;
  for (let length = lengths(line); length !== undefined; length = lengths(++line)) {
    if (character <= length) return { line, character };
    character -= length + 1;
  }
  return null;
}
