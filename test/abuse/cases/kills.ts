/** Workers, threads and whole processes killed at random instants: no run is lost, and each goes on to the same weights. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Random } from '../../../src/core/random.ts';
import type { TrainingProgress } from '../../../src/protocol/training-service.ts';
import { type AbuseCase, type AbuseSetting, milliseconds } from '../case.ts';
import { startHost } from '../hosts.ts';
import { inLanes } from '../lanes.ts';
import {
  assertReadable,
  type BegunRun,
  beginRun,
  resume,
  startInspector,
  startTraining,
  wait,
  weightsOf,
} from '../runs.ts';

/** Every other instant is inside a save: counted from its announcement. A save of a small model takes some tens of milliseconds. */
const saveSpan = 40;

/**
 * Kills a resumed run again and again, each time from the same beginning, and looks at what is left.
 *
 * @param attempt resumes the run in `folder` and kills it; resolves when it is dead, with true where it was killed before its end
 */
async function killAtInstants(
  setting: AbuseSetting,
  attempt: (folder: string, random: Random, run: BegunRun, inSave: boolean) => Promise<boolean>,
): Promise<string> {
  const { count, scratch, distribution, seed, progress } = setting;
  const run = await beginRun(distribution, scratch);
  let inSaves = 0;
  let between = 0;
  await inLanes(count, seed, async (k, random) => {
    const inSave = k % 2 === 1;
    let killed = false;
    // An attempt that comes after the end of its training does not count.
    for (let n = 0; !killed; n++) {
      progress(`${inSaves + between} of ${count}`);
      assert.ok(n < 8, 'no kill came before the end of a training');
      const folder = path.join(scratch, `killed${k}-${n}`);
      cpSync(run.begun, folder, { recursive: true });
      killed = await attempt(folder, random, run, inSave);
      await assertReadable(folder);
      assert.equal((await resume(distribution, folder)).state, 'finished');
      assert.ok(weightsOf(folder).equals(run.weights), `instant ${k}: other weights than without the kill`);
      rmSync(folder, { recursive: true });
    }
    inSave ? inSaves++ : between++;
  });
  return `${between} in a training, ${inSaves} in a save; all resumed to the same weights`;
}

export const killedWorker: AbuseCase = {
  name: 'killed-worker',
  what: 'training worker ended at random instants of a training and of a save',
  unit: 'kills',
  full: 50,
  quick: 2,
  run: (setting) =>
    killAtInstants(setting, async (folder, random, { duration }, inSave) => {
      const { worker, remote } = startTraining(setting.distribution);
      let timer: ReturnType<typeof setTimeout> | undefined;
      let saves = 1 + random.below(4);
      const killAfter = (ms: number): void => {
        timer ??= setTimeout(() => void worker.terminate(), ms);
      };
      const onProgress = ({ phase }: TrainingProgress): void => {
        if (inSave && phase === 'saving' && --saves === 0) killAfter(random.next() * saveSpan);
      };
      if (!inSave) killAfter(random.next() * duration);
      const killed = await remote.call('resume', { folder }, { onProgress }).then(
        () => false,
        () => true,
      );
      clearTimeout(timer);
      await worker.terminate();
      return killed;
    }),
};

export const killedHost: AbuseCase = {
  name: 'killed-host',
  what: 'the whole process killed (SIGKILL) at random instants of a training and of a save',
  unit: 'kills',
  full: 50,
  quick: 2,
  run: (setting) =>
    killAtInstants(setting, async (folder, random, { duration }, inSave) => {
      let saves = 1 + random.below(4);
      const host = startHost({ distribution: setting.distribution, folder, action: 'resume' }, (word) => {
        if (word.kind !== 'progress') return;
        if (inSave && word.phase === 'saving' && --saves === 0)
          setTimeout(() => host.process.kill('SIGKILL'), random.next() * saveSpan);
        if (!inSave && !begun) {
          begun = true;
          setTimeout(() => host.process.kill('SIGKILL'), random.next() * duration);
        }
      });
      let begun = false;
      return (await host.ended) === null;
    }),
};

export const killedBirth: AbuseCase = {
  name: 'killed-birth',
  what: 'the whole process killed while a run is created',
  unit: 'kills',
  full: 20,
  quick: 1,
  async run({ count, scratch, distribution, seed, progress }) {
    const random = new Random(seed);
    let born = 0;
    for (let k = 0; k < count; k++) {
      progress(`${k} of ${count}`);
      const folder = path.join(scratch, `born${k}`);
      const host = startHost({ distribution, folder, action: 'train' });
      while (!existsSync(folder) && host.process.exitCode === null) await wait(1);
      await wait(random.next() * 120);
      host.process.kill('SIGKILL');
      await host.ended;
      await assertReadable(folder);
      if (!existsSync(path.join(folder, 'run.json'))) continue;
      const result = await resume(distribution, folder).catch((error: Error & { code?: string }) => error);
      if (result instanceof Error) assert.equal(result.code, 'no-generation', result.message);
      else {
        born++;
        assert.equal(result.state, 'finished');
      }
    }
    return `${born} had a checkpoint and were resumed to their end, ${count - born} had none yet and say so`;
  },
};

export const killedInspector: AbuseCase = {
  name: 'killed-inspector',
  what: 'inspector ended at random instants of reading a text',
  unit: 'kills',
  full: 50,
  quick: 1,
  async run({ count, scratch, distribution, seed }) {
    const { begun } = await beginRun(distribution, scratch);
    const random = new Random(seed);
    const text = 'a = ((a))\nb = (b)\n'.repeat(4000);
    const read = async (killAfter: number | null): Promise<Float32Array | null> => {
      const { worker, remote } = startInspector(distribution);
      if (killAfter !== null) setTimeout(() => void worker.terminate(), killAfter);
      try {
        await remote.call('openModel', { key: 'm', kind: 'run', folder: begun, generation: null });
        await remote.call('openDocument', { document: 'd', version: 1, text });
        const cells = [{ layer: 0, cell: 3, quantity: 'c' as const }];
        const [page] = await remote.call('page', {
          model: 'm',
          document: 'd',
          cells,
          startLine: 7000,
          endLine: 8000,
        });
        return page!.values;
      } catch (error) {
        assert.match(String(error), /ended unexpectedly/);
        return null;
      } finally {
        await worker.terminate();
      }
    };
    const start = performance.now();
    const whole = await read(null);
    const duration = performance.now() - start;
    let killed = 0;
    for (let k = 0; k < count; k++) {
      if ((await read((k === 0 ? 1 / 3 : random.next()) * duration)) === null) killed++;
      const again = await read(null);
      // Another build of the kernels may have won the race this time: equal but for the rounding of float32.
      const difference = again!.reduce((largest, value, i) => Math.max(largest, Math.abs(value - whole![i]!)), 0);
      assert.equal(again!.length, whole!.length);
      assert.ok(difference < 1e-5, `values differ by ${difference}`);
    }
    await assertReadable(begun);
    assert.ok(killed > 0, 'no inspector was ended before it had answered');
    return `${killed} before the answer; the next inspector gives the same values`;
  },
};

/** A kernel thread that ends at its n-th arrival at a barrier, where it writes down when. */
const dyingThread = (real: string, order: string): string => `
const { readFileSync, writeFileSync } = require('node:fs');
let left = Number(readFileSync(${JSON.stringify(order)}, 'utf8'));
const { add } = Atomics;
Atomics.add = (...request) => {
  if (--left === 0) {
    writeFileSync(${JSON.stringify(`${order}.died`)}, String(Date.now()));
    process.exit(9);
  }
  return add.apply(Atomics, request);
};
require(${JSON.stringify(real)});
`;

export const killedThread: AbuseCase = {
  name: 'killed-thread',
  what: 'a kernel thread ended in the middle of a step',
  unit: 'kills',
  full: 25,
  quick: 1,
  async run({ count, scratch, distribution, seed, progress }) {
    const dying = path.join(scratch, 'distribution');
    const order = path.join(scratch, 'order');
    // What other cases keep there stays there.
    const shipped = (file: string): boolean => file === distribution || /[.]cjs$|kernels/.test(file);
    cpSync(distribution, dying, { recursive: true, filter: shipped });
    const real = path.join(dying, 'kernel-thread-real.cjs');
    renameSync(path.join(dying, 'kernel-thread.cjs'), real);
    writeFileSync(path.join(dying, 'kernel-thread.cjs'), dyingThread(real, order));
    // Large enough that steps are shared; each shared one has some tens of barriers.
    const run = await beginRun(distribution, scratch, { hiddenSize: 64, batch: 16, sequence: 32, threads: 2 });
    const random = new Random(seed);
    let slowest = 0;
    for (let k = 0; k < count; k++) {
      progress(`${k} of ${count}`);
      const folder = path.join(scratch, `killed${k}`);
      cpSync(run.begun, folder, { recursive: true });
      writeFileSync(order, String(1 + random.below(250)));
      const outcome = await resume(dying, folder);
      slowest = Math.max(slowest, Date.now() - Number(readFileSync(`${order}.died`, 'utf8')));
      assert.equal(outcome.state, 'failed');
      assert.match(
        outcome.message!,
        /thread of the computation ended.*keeps its last good checkpoint.*Resume the run\./,
      );
      await assertReadable(folder);
      assert.equal((await resume(distribution, folder)).state, 'finished');
      assert.ok(weightsOf(folder).equals(run.weights), 'other weights than without the kill');
      rmSync(folder, { recursive: true });
    }
    assert.ok(slowest < 10_000, `noticed after ${slowest} ms`);
    return `noticed and saved within ${milliseconds(slowest)}; all resumed to the same weights`;
  },
};
