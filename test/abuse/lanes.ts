import { Random } from '../../src/core/random.ts';

/** At a time: most of what is done to a run waits for one thread of a worker. */
const lanes = 2;

/** Does something `count` times, some at a time, each lane with random numbers of its own. Rejects on the first fault, when all lanes have ended. */
export async function inLanes(
  count: number,
  seed: number,
  act: (k: number, random: Random) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (n: number): Promise<void> => {
    const random = new Random(seed + n);
    while (next < count) {
      try {
        await act(next++, random);
      } catch (error) {
        next = count;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(lanes, count) }, (_, n) => lane(n)));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}
