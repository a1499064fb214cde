import { describe, expect, it } from 'vitest';
import { fastestOf, type Racer } from '../../../../src/core/engine/race.ts';

/** A machine of its own: steps take what `lasts` says, and nothing else takes time. */
function track(racers: ((step: number, at: number) => number)[]) {
  let time = 0;
  let steps = 0;
  const racing = racers.map((lasts): Racer => {
    let step = 0;
    return {
      step: async () => {
        steps++;
        time += lasts(step++, time);
      },
    };
  });
  return { winner: () => fastestOf(racing, () => time), time: () => time, steps: () => steps };
}

/** Code that takes 2.5 times as long until the optimising compiler has come to it. */
const optimised =
  (milliseconds: number, { after }: { after: number }) =>
  (_: number, at: number): number =>
    at < after ? 2.5 * milliseconds : milliseconds;

describe('the race between programs for the same work', () => {
  it('is won by the fastest, in a third of a second', async () => {
    const { winner, time } = track([
      optimised(1.16, { after: 40 }),
      optimised(1.2, { after: 60 }),
      optimised(1.04, { after: 90 }),
    ]);
    expect(await winner()).toBe(2);
    expect(time()).toBeLessThan(300);
  });

  it('is not over after the first steps of a machine that is busy with something else', async () => {
    // The first compiler's code of the winner is the slowest, and every now and then somebody else has the processor.
    const busy =
      (cold: number, warm: number) =>
      (step: number): number =>
        (step < 12 ? cold : warm) + (step % 3 === 1 ? 60 : 0);
    const { winner } = track([busy(2.2, 1.2), busy(2.1, 1.25), busy(2.8, 1)]);
    expect(await winner()).toBe(2);
  });

  it('waits for one that is not optimised yet when the others have long settled', async () => {
    const { winner, time } = track([
      optimised(1.16, { after: 10 }),
      optimised(1.2, { after: 10 }),
      optimised(1.04, { after: 300 }),
    ]);
    expect(await winner()).toBe(2);
    expect(time()).toBeLessThan(450);
  });

  it('does not wait for ever: neither for one that stays slow nor for slow steps', async () => {
    const slow = track([() => 1, () => 4]);
    expect(await slow.winner()).toBe(0);
    expect(slow.time()).toBeLessThan(700);
    const crawling = track([() => 120, () => 100]);
    expect(await crawling.winner()).toBe(1);
    expect(crawling.time()).toBeLessThan(2000);
  });

  it('is of steps in turn', async () => {
    const { winner, steps } = track([() => 2, () => 1, () => 2]);
    expect(await winner()).toBe(1);
    expect(steps() % 3).toBe(0);
  });
});
