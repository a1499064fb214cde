/** A wall clock that jumps by hours and days while a run trains. */
import assert from 'node:assert/strict';
import { cpSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RunLock } from '../../../src/core/formats/run-lock.ts';
import { Random } from '../../../src/core/random.ts';
import { hasEnded } from '../../../src/worker/node-lock.ts';
import { nodeStorage } from '../../../src/worker/node-storage.ts';
import type { AbuseCase } from '../case.ts';
import { beginRun, startTraining, wait, weightsOf } from '../runs.ts';

/** Every process here sees the same wrong time: it jumps three times a second. In seconds. */
const jumps = [0, -86_400, 86_400, -3600, 0, 4, -4, 3600];
const jumpEvery = 330;
const wrong = `(real) => real + 1000 * ${JSON.stringify(jumps)}[Math.floor(real / ${jumpEvery}) % ${jumps.length}]`;
const wrongTime = (real: number): number => real + 1000 * jumps[Math.floor(real / jumpEvery) % jumps.length]!;

export const jumpingClock: AbuseCase = {
  name: 'jumping-clock',
  what: 'a clock that jumps by seconds, hours and days three times a second, and another window that tries to resume',
  unit: 'attempts',
  full: 50,
  quick: 4,
  async run({ count, scratch, distribution, seed }) {
    const jumping = path.join(scratch, 'distribution');
    cpSync(distribution, jumping, { recursive: true });
    const real = path.join(jumping, 'training-worker-real.cjs');
    renameSync(path.join(jumping, 'training-worker.cjs'), real);
    writeFileSync(
      path.join(jumping, 'training-worker.cjs'),
      `const { now } = Date;\nconst wrong = ${wrong};\nDate.now = () => wrong(now.call(Date));\nrequire(${JSON.stringify(real)});\n`,
    );
    const amount = 300_000 + count * 40_000;
    const run = await beginRun(distribution, scratch, { budget: { kind: 'chars', amount } });
    const { worker, remote } = startTraining(jumping);
    const random = new Random(seed);
    const other = {
      owner: { token: 'another window' },
      now: () => wrongTime(Date.now()),
      isGone: hasEnded,
    };
    let silence = 0;
    let last = performance.now();
    let ended = false;
    const training = remote
      .call(
        'resume',
        { folder: run.begun },
        {
          onProgress: () => {
            silence = Math.max(silence, performance.now() - last);
            last = performance.now();
          },
        },
      )
      .finally(() => {
        ended = true;
      });
    let attempts = 0;
    try {
      await wait(500);
      while (!ended) {
        await assert.rejects(RunLock.acquire(nodeStorage(run.begun), other), (error: Error) => {
          if (!ended) assert.match(error.message, /is being trained elsewhere/);
          return true;
        });
        attempts++;
        await wait(random.next() * 100);
      }
    } catch (error) {
      if (!ended) throw error; // it ended while the other tried, which then has the lock
    }
    assert.equal((await training).state, 'finished');
    await worker.terminate();
    assert.ok(weightsOf(run.begun).equals(run.weights), 'other weights than by a steady clock');
    assert.ok(attempts >= Math.min(3, count), `only ${attempts} attempts`);
    return `${attempts} attempts refused, longest silence ${(silence / 1000).toFixed(1)} s, the same weights`;
  },
};
