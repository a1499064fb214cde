/** Which predictions a gradient diagnostic looks back from. */
import { Random } from '../random.ts';

/** A text as the engine reads it from its first character on: [N] inputs, [N] targets (the next character, −1: not scored). */
export interface TextStream {
  inputs: Int32Array;
  targets: Int32Array;
}

/** The prediction of character `at` + 1 of one text, from the state after character `at`. */
export interface Position {
  /** Index of the text. */
  text: number;
  at: number;
}

/** A position counts where its next character is scored and `lags` characters stand before it in the same text. */
export function counts({ targets }: TextStream, at: number, lags: number): boolean {
  return at >= lags && at < targets.length && targets[at] >= 0;
}

/** `count` positions that count, drawn without replacement, in the texts' order; all of them where there are fewer. */
export function choosePositions(texts: readonly TextStream[], count: number, lags: number, seed: number): Position[] {
  const eligible = texts.map(({ targets }) => {
    let n = 0;
    for (let at = lags; at < targets.length; at++) if (targets[at] >= 0) n++;
    return n;
  });
  const total = eligible.reduce((sum, n) => sum + n, 0);
  const drawn = drawDistinct(total, Math.min(count, total), Random.derive(seed, 'gradient positions'));
  const positions: Position[] = [];
  let rank = 0; // of the next eligible position, over all texts
  let next = 0;
  texts.forEach((stream, text) => {
    if (next === drawn.length || drawn[next]! >= rank + eligible[text]!) {
      rank += eligible[text]!;
      return;
    }
    for (let at = lags; at < stream.targets.length; at++) {
      if (!counts(stream, at, lags)) continue;
      if (rank++ === drawn[next]) {
        positions.push({ text, at });
        next++;
      }
    }
  });
  return positions;
}

/** At most `count` of the positions, evenly among them. */
export function spreadOver(positions: readonly Position[], count: number): Position[] {
  if (positions.length <= count) return [...positions];
  return Array.from({ length: count }, (_, k) => positions[Math.floor(((k + 0.5) * positions.length) / count)]!);
}

/** `count` distinct integers below `total`, ascending (Floyd's algorithm; Bentley, Floyd 1987). */
function drawDistinct(total: number, count: number, random: Random): number[] {
  const drawn = new Set<number>();
  for (let last = total - count; last < total; last++) {
    const candidate = random.below(last + 1);
    drawn.add(drawn.has(candidate) ? last : candidate);
  }
  return [...drawn].sort((a, b) => a - b);
}
