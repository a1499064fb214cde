/** Which of several programs for the same work is the fastest here, although each becomes faster while it runs. */

export interface Racer {
  /** The same work every time. */
  step(): Promise<void>;
}

/** The race ends when nobody's best step has become shorter for so long: the optimising compiler comes late on a busy machine. */
const settledMs = 80;
const longestRaceMs = 600;
/**
 * Steps of each before anything is said. On a busy machine a few steps can take all of the time above: then what is compared is the
 * code of the first compiler, whose order is another one.
 */
const fewestRounds = 20;
/** Over so much slower than the fastest means not optimised yet: the first compiler's code takes about twice as long, the builds differ less. */
const coldFactor = 1.5;
/** Steps are so slow that the first rounds alone take this long: whoever waits for the winner has waited enough. */
const patienceMs = 1500;

/**
 * Lets all of them step in turn, so that a busy moment of the machine hits all alike, until the shortest step of each has settled.
 * Gives the index of the one whose shortest step is the shortest; `now` in milliseconds.
 */
export async function fastestOf(
  racers: readonly Racer[],
  now: () => number = () => performance.now(),
): Promise<number> {
  const shortest = racers.map(() => Number.POSITIVE_INFINITY);
  const begin = now();
  let improved = begin;
  for (let round = 1, at = begin; at - begin < patienceMs; round++) {
    for (const [k, racer] of racers.entries()) {
      const before = at;
      await racer.step();
      at = now();
      if (at - before < 0.95 * shortest[k]!) improved = at;
      shortest[k] = Math.min(shortest[k]!, at - before);
    }
    if (round < fewestRounds) continue;
    const oneIsCold = Math.max(...shortest) > coldFactor * Math.min(...shortest);
    if (at - begin >= longestRaceMs || (at - improved >= settledMs && !oneIsCold)) break;
  }
  return shortest.indexOf(Math.min(...shortest));
}
