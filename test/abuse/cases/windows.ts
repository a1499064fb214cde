/** Two windows on one run: one trains, the other sees it, is refused, reads on undisturbed, and takes over when it dies. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseManifest } from '../../../src/core/formats/manifest-file.ts';
import { readLock } from '../../../src/core/formats/run-lock.ts';
import { hasEnded } from '../../../src/worker/node-lock.ts';
import { nodeStorage } from '../../../src/worker/node-storage.ts';
import type { AbuseCase } from '../case.ts';
import type { HostOrder } from '../child/host.ts';
import { type HostProcess, startHost } from '../hosts.ts';
import { inLanes } from '../lanes.ts';
import { assertReadable, beginRun, resume, wait, weightsOf } from '../runs.ts';

const lockOf = (folder: string) => readLock(nodeStorage(folder), Date.now(), hasEnded);

export const twoWindows: AbuseCase = {
  name: 'two-windows',
  what: 'a second window that resumes, reads and takes over a run that a first one trains',
  unit: 'rounds',
  full: 30,
  quick: 1,
  async run({ count, scratch, distribution, seed, progress }) {
    const run = await beginRun(distribution, scratch);
    let reads = 0;
    await inLanes(count, seed, async (k, random) => {
      progress(`${k} of ${count}`);
      const folder = path.join(scratch, `run${k}`);
      cpSync(run.begun, folder, { recursive: true });
      let training = (): void => {};
      const trains = new Promise<void>((resolve) => {
        training = resolve;
      });
      const first = startHost(
        { distribution, folder, action: 'resume' },
        ({ kind }) => kind === 'progress' && training(),
      );
      await Promise.race([trains, first.ended]);
      // It stands still while the second window asks: on a busy machine it would have ended by then.
      first.process.kill('SIGSTOP');
      // The second window sees that it is trained, is refused, and reads whole checkpoints all the while.
      assert.equal(parseManifest(readFileSync(path.join(folder, 'run.json'))).state, 'running');
      assert.notEqual(await lockOf(folder), null);
      await assert.rejects(resume(distribution, folder), /is being trained elsewhere/);
      first.process.kill('SIGCONT');
      for (const end = performance.now() + random.next() * run.duration * 0.5; performance.now() < end; reads++) {
        await assertReadable(folder);
        await wait(random.next() * 20);
      }
      first.process.kill('SIGKILL');
      const word = await first.ended;
      if (word === null) assert.equal(await lockOf(folder), null);
      assert.equal((await resume(distribution, folder)).state, 'finished');
      assert.ok(weightsOf(folder).equals(run.weights), 'other weights than in one window');
      rmSync(folder, { recursive: true });
    });
    return `refused each time, ${reads} readings of all checkpoints meanwhile, taken over at once after a kill with the same weights`;
  },
};

export const sameInstant: AbuseCase = {
  name: 'same-instant',
  what: 'three windows that resume one run at the same instant',
  unit: 'rounds',
  full: 20,
  quick: 1,
  async run({ count, scratch, distribution, progress }) {
    const run = await beginRun(distribution, scratch);
    let refusals = 0;
    for (let k = 0; k < count; k++) {
      progress(`${k} of ${count}`);
      const folder = path.join(scratch, `run${k}`);
      cpSync(run.begun, folder, { recursive: true });
      const order: HostOrder = { distribution, folder, action: 'resume', together: true };
      let ready = 0;
      /** By window, the numbers of characters that it said it had trained on. */
      const trained = [1, 2, 3].map(() => new Set<number>());
      const windows: HostProcess[] = trained.map((chars) =>
        startHost(order, (word) => {
          if (word.kind === 'ready' && ++ready === 3) for (const window of windows) window.process.send('go');
          if (word.kind === 'progress' && word.phase === 'training') chars.add(word.trainedChars);
        }),
      );
      const words = await Promise.all(windows.map(({ ended }) => ended));
      // On a busy machine a window may come when the run is finished: it says so, too, and has trained nothing.
      const finished = words.filter((word) => word?.kind === 'outcome' && word.state === 'finished');
      const refused = words.filter((word) => word?.kind === 'error' && word.code === 'locked');
      const trainers = trained.filter((chars) => chars.size > 1);
      assert.deepEqual([trainers.length, finished.length + refused.length], [1, 3], JSON.stringify(words));
      refusals += refused.length;
      assert.ok(weightsOf(folder).equals(run.weights), 'other weights than in one window');
      rmSync(folder, { recursive: true });
    }
    assert.ok(refusals > 0, 'no window came while another one trained');
    return `one trains, the others are told so (${refusals}) or find it finished (${2 * count - refusals}); the same weights`;
  },
};
