/** A run's folder deleted while it trains: the training ends with a clear message and brings nothing of it back. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { AbuseCase } from '../case.ts';
import { inLanes } from '../lanes.ts';
import { beginRun, startTraining } from '../runs.ts';

export const deletedRun: AbuseCase = {
  name: 'deleted-run',
  what: "a run's folder deleted while it trains, half of the times in a save",
  unit: 'folders',
  full: 50,
  quick: 2,
  async run({ count, scratch, distribution, seed, progress }) {
    const { begun, duration } = await beginRun(distribution, scratch);
    let deleted = 0;
    await inLanes(count, seed, async (k, random) => {
      progress(`${k} of ${count}`);
      const folder = path.join(scratch, `run${k}`);
      cpSync(begun, folder, { recursive: true });
      const { worker, remote } = startTraining(distribution);
      const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 5 });
      let saves = 1 + random.below(3);
      const timer = k % 2 === 0 ? setTimeout(remove, random.next() * duration) : undefined;
      const outcome = await remote
        .call(
          'resume',
          { folder },
          {
            onProgress: ({ phase }) => {
              if (k % 2 === 1 && phase === 'saving' && --saves === 0) setTimeout(remove, random.next() * 20);
            },
          },
        )
        .catch((error: Error) => error);
      clearTimeout(timer);
      await worker.terminate();
      if (!(outcome instanceof Error) && outcome.state === 'finished' && existsSync(folder)) return; // came too late
      deleted++;
      if (outcome instanceof Error || outcome.state === 'failed')
        assert.match(outcome.message!, /folder was deleted or moved|holds no run|does not exist/);
      assert.equal(existsSync(folder), false, 'something of the run came back');
    });
    assert.ok(deleted > 0, 'no folder was deleted in time');
    return `${deleted} in time: each training said so, nothing came back`;
  },
};
