/** From sizes along a text to runs of equal strength in the editor: few decoration types, few ranges. */
import type { CharacterPlace } from '../../protocol/gradients-service.ts';

/** Steps of strength, each its own decoration type. */
export const REACH_STEPS = 7;
/** Sizes count by their logarithm, over so many decades under the largest. */
const DECADES = 3;

/** Columns of a line in UTF-16 units that share one step, 1…REACH_STEPS. */
export interface ReachRun {
  line: number;
  start: number;
  end: number;
  step: number;
}

/** 0 (nothing) … REACH_STEPS. */
export function reachStep(size: number, largest: number): number {
  if (!(size > 0 && largest > 0)) return 0;
  const strength = 1 + Math.log10(size / largest) / DECADES;
  return Math.max(0, Math.ceil(strength * REACH_STEPS));
}

/**
 * Runs over the characters (code points, a newline is the last of its line) from `start` on, in order. A newline has no
 * place in the editor. Null where the text does not have so many characters: it was edited since.
 */
export function reachRuns(
  sizes: ArrayLike<number>,
  start: CharacterPlace,
  lineText: (line: number) => string | undefined,
): ReachRun[] | null {
  let largest = 0;
  for (let i = 0; i < sizes.length; i++) largest = Math.max(largest, sizes[i]!);
  const runs: ReachRun[] = [];
  let at = 0;
  for (let { line, character } = start; at < sizes.length; line++, character = 0) {
    const text = lineText(line);
    if (text === undefined) return null;
    const points = [...text];
    if (character > points.length) return null;
    let column = points.slice(0, character).join('').length;
    let run = null as ReachRun | null;
    for (; character < points.length && at < sizes.length; character++, at++) {
      const units = points[character]!.length;
      const step = reachStep(sizes[at]!, largest);
      if (run?.step === step) run.end = column + units;
      else {
        run = { line, start: column, end: column + units, step };
        if (step > 0) runs.push(run);
      }
      column += units;
    }
    at++; // the newline
  }
  return runs;
}
