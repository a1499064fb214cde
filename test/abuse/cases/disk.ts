/** A disk that is full at random instants: a clear message, the last good checkpoint kept, and a resume when there is room. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Corpus } from '../../../src/core/corpus/corpus.ts';
import { referenceEngine } from '../../../src/core/engine/reference/reference.ts';
import { RunFolder } from '../../../src/core/formats/run-folder.ts';
import { type Storage, StorageError } from '../../../src/core/formats/storage.ts';
import { Random } from '../../../src/core/random.ts';
import { resumeTraining, startTraining } from '../../../src/core/training/run.ts';
import type { TrainerHost, TrainerOutcome } from '../../../src/core/training/trainer-host.ts';
import { nodeLock } from '../../../src/worker/node-lock.ts';
import { nodeStorage } from '../../../src/worker/node-storage.ts';
import { sampleFiles } from '../../unit/core/training/trainer-fixtures.ts';
import type { AbuseCase } from '../case.ts';
import { assertReadable, beginRun, resume, smallOptions, weightsOf } from '../runs.ts';

const mount = (...args: string[]): boolean => spawnSync('mount', args, { stdio: 'ignore' }).status === 0;
const unmount = (folder: string): unknown => spawnSync('umount', [folder], { stdio: 'ignore' });

export const fullDisk: AbuseCase = {
  name: 'full-disk',
  what: 'a real disk (tmpfs) that fills up while a run trains',
  unit: 'disks',
  full: 20,
  quick: 1,
  skip: () =>
    process.platform === 'linux' && process.getuid?.() === 0 ? null : 'mounting a disk needs Linux and root',
  async run({ count, scratch, distribution, seed, progress }) {
    const run = await beginRun(distribution, scratch);
    const random = new Random(seed);
    const disk = path.join(scratch, 'disk');
    mkdirSync(disk);
    let failures = 0;
    for (let k = 0; k < count; k++) {
      progress(`${k} of ${count}`);
      if (!mount('-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk)) throw new Error('The disk could not be mounted.');
      try {
        const folder = path.join(disk, 'run');
        cpSync(run.begun, folder, { recursive: true });
        const { bavail, bsize } = statfsSync(disk);
        // From no room at all, to begin with, to about as much as the run will write.
        const room = k === 0 ? 0 : random.below(90_000);
        writeFileSync(path.join(disk, 'ballast'), new Uint8Array(Math.max(0, bavail * bsize - room)));
        const outcome = await resume(distribution, folder).catch((error: Error) => error);
        const message = outcome instanceof Error || outcome.state === 'failed' ? outcome.message! : null;
        if (message !== null) {
          failures++;
          assert.match(message, /The disk is full: .* could not be written/);
        }
        await assertReadable(folder);
        rmSync(path.join(disk, 'ballast'));
        if (message !== null) assert.equal((await resume(distribution, folder)).state, 'finished');
        assert.ok(weightsOf(folder).equals(run.weights), 'other weights than on an empty disk');
      } finally {
        unmount(disk);
      }
    }
    assert.ok(failures > 0, 'no disk was full');
    return `${failures} were full before the end: each said so, kept its checkpoint and resumed to the same weights`;
  },
};

/** A storage on disk whose n-th change, and every one after it, meets a full disk. Half of the bytes are written. */
function fullAfter(storage: Storage, changes: number): Storage {
  let left = changes;
  const refuse = async (file: string, write: (bytes: Uint8Array) => Promise<unknown>, bytes: Uint8Array) => {
    if (left-- > 0) return write(bytes);
    await write(bytes.subarray(0, bytes.length / 2)).catch(() => undefined);
    throw new StorageError('no-space', `The disk is full: ${file} could not be written.`);
  };
  return {
    ...storage,
    write: async (file, bytes) => void (await refuse(file, (part) => storage.write(file, part), bytes)),
    append: async (file, bytes) => void (await refuse(file, (part) => storage.append(file, part), bytes)),
    create: async (file, bytes) => (await refuse(file, (part) => storage.create(file, part), bytes)) === true,
  };
}

export const refusedWrites: AbuseCase = {
  name: 'refused-writes',
  what: 'every n-th write of a training refused for want of room',
  unit: 'instants',
  full: 24,
  quick: 10,
  async run({ count, scratch }) {
    const corpus = await Corpus.build(sampleFiles(8), { seed: 1, minCount: 1 });
    const engine = referenceEngine();
    const options = { ...smallOptions, hiddenSize: 3, budget: { kind: 'chars', amount: 12_000 } as const };
    const host = (): TrainerHost => ({
      now: () => performance.now(),
      letMessagesIn: () => new Promise((resolve) => setImmediate(resolve)),
      onProgress: () => {},
      lock: nodeLock(),
    });
    const begin = async (storage: Storage): Promise<TrainerOutcome> => {
      const created = new Date(0).toISOString();
      const run = { storage, corpus, engine, options, id: 'r', name: 'R', created };
      return (await startTraining(run, host())).run();
    };
    const whole = path.join(scratch, 'whole');
    await begin(nodeStorage(whole));
    let failed = 0;
    for (let n = 0; n < count; n++) {
      const folder = path.join(scratch, `full${n}`);
      const outcome = await begin(fullAfter(nodeStorage(folder), n)).catch((error: Error) => error);
      if (!(outcome instanceof Error) && outcome.state === 'finished') break;
      failed++;
      assert.match(outcome.message!, /The disk is full/);
      await assertReadable(folder);
      const { manifest } = await RunFolder.open(nodeStorage(folder)).catch(() => ({ manifest: null }));
      if (!manifest || manifest.generations.length === 0) continue; // refused before there was a checkpoint
      const resumed = await resumeTraining({ storage: nodeStorage(folder), engine }, host());
      assert.equal((await resumed.run()).state, 'finished');
      assert.ok(weightsOf(folder).equals(weightsOf(whole)), `write ${n}: other weights than on an empty disk`);
    }
    assert.ok(failed >= Math.min(count, 10), `only ${failed} instants`);
    return `${failed} instants: each said so, and every run with a checkpoint resumed to the same weights`;
  },
};
