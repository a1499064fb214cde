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
  unit: 'trainings',
  full: 5,
  quick: 1,
  async run({ count, scratch, distribution, seed }) {
    const jumping = path.join(scratch, 'distribution');
    cpSync(distribution, jumping, { recursive: true });
    const real = path.join(jumping, 'training-worker-real.cjs');
    renameSync(path.join(jumping, 'training-worker.cjs'), real);
    writeFileSync(
      path.join(jumping, 'training-worker.cjs'),
      `const { now } = Date;\nconst wrong = ${wrong};\nDate.now = () => wrong(now.call(Date));\nrequire(${JSON.stringify(real)});\n`,
    );
    const run = await beginRun(distribution, scratch, { budget: { kind: 'chars', amount: 600_000 } });
    const random = new Random(seed);
    let silence = 0;
    let attempts = 0;
    for (let k = 0; k < count; k++) {
      const folder = path.join(scratch, `run${k}`);
      cpSync(run.begun, folder, { recursive: true });
      const result = await trainBesideAnother(jumping, folder, random);
      silence = Math.max(silence, result.silence);
      attempts += result.attempts;
      assert.ok(weightsOf(folder).equals(run.weights), 'other weights than by a steady clock');
    }
    assert.ok(attempts > 0, 'no attempt');
    return `${attempts} attempts refused, longest silence ${(silence / 1000).toFixed(1)} s, the same weights`;
  },
};

/** Resumes a run while another window tries to, again and again. Longest time without a word of progress, milliseconds. */
async function trainBesideAnother(
  distribution: string,
  folder: string,
  random: Random,
): Promise<{ attempts: number; silence: number }> {
  const { worker, remote } = startTraining(distribution);
  const other = {
    owner: { token: 'another window' },
    now: () => wrongTime(Date.now()),
    isGone: hasEnded,
  };
  let silence = 0;
  let last = performance.now();
  let ended = false;
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const training = remote
    .call(
      'resume',
      { folder },
      {
        onProgress: () => {
          begin();
          silence = Math.max(silence, performance.now() - last);
          last = performance.now();
        },
      },
    )
    .finally(() => {
      ended = true;
      begin();
    });
  training.catch(() => undefined); // awaited below
  let attempts = 0;
  try {
    await begun;
    while (!ended) {
      await assert.rejects(RunLock.acquire(nodeStorage(folder), other), (error: Error) => {
        if (!ended) assert.match(error.message, /is being trained elsewhere/);
        return true;
      });
      attempts++;
      await wait(random.next() * 100);
    }
  } catch (error) {
    if (!ended) throw error; // it ended while the other tried, which then has the lock
  } finally {
    if (!ended) await training.catch(() => undefined);
    await worker.terminate();
  }
  assert.equal((await training).state, 'finished');
  return { attempts, silence };
}
