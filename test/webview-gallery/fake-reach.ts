/** What one prediction goes back to, invented: it fades by distance and dwells on some characters. */
import type { ReachValues } from '../../src/protocol/reach.ts';
import { hash } from './fake-values.ts';

/** @param length characters that are looked back on */
export function reachValues(length: number): ReachValues {
  const x = Array.from({ length }, (_, i) => Math.exp(-(length - 1 - i) / 25) * (0.02 + hash(i, 5) ** 4));
  return {
    layers: [{ h: x.map((value) => 2 * value), c: x.map((value) => 3 * value) }],
    x,
    signedX: x.map((value, i) => (hash(i, 6) < 0.5 ? -value : value)),
  };
}

/** A place of the text as an offset in characters, and back. */
export function placeOf(lineStarts: readonly number[], at: number): { line: number; character: number } {
  let line = 0;
  while (line + 2 < lineStarts.length && lineStarts[line + 1]! <= at) line++;
  return { line, character: at - lineStarts[line]! };
}
