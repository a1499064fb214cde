import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunFolder } from '../../../src/core/formats/run-folder.ts';
import { Random } from '../../../src/core/random.ts';
import { defaultOptions, type TrainingOptions } from '../../../src/core/training/options.ts';
import type { TrainingProgress, TrainingService } from '../../../src/protocol/training-service.ts';
import { connect, type Remote } from '../../../src/worker/channel.ts';
import { nodeStorage } from '../../../src/worker/node-storage.ts';
import { startNodeWorker } from '../../../src/worker/ports.node.ts';
import type { WorkerHandle } from '../../../src/worker/ports.ts';
import { sampleFiles } from '../core/training/trainer-fixtures.ts';

const entry = path.resolve(import.meta.dirname, '../../../src/worker/training.node.ts');
const distribution = path.resolve(import.meta.dirname, '../../../dist');
const shippedBase = '../../../media/base/lstm-1x128.safetensors';
const options: TrainingOptions = {
  ...defaultOptions,
  hiddenSize: 6,
  sequence: 16,
  batch: 8,
  budget: { kind: 'chars', amount: 400 * 128 },
  warmup: 1000,
  engine: 'reference',
};

let root: string;
const workers: WorkerHandle[] = [];
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'cellscope-'));
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
  rmSync(root, { recursive: true, force: true });
});

function start(folder?: string): { worker: WorkerHandle; remote: Remote<TrainingService> } {
  const worker = startNodeWorker(entry, true, folder);
  workers.push(worker);
  return { worker, remote: connect<TrainingService>(worker.port) };
}

async function plan(remote: Remote<TrainingService>, changes: Partial<TrainingOptions> = {}) {
  await remote.call('begin', { options: { ...options, ...changes }, minimumCount: 1, keptCheckpoints: 8 });
  const files = sampleFiles(24);
  await remote.call('addFiles', { files: files.slice(0, 10) });
  await remote.call('addFiles', { files: files.slice(10) });
  return remote.call('plan', {});
}

/** Weights of the newest generation. */
async function weights(folder: string) {
  const run = await RunFolder.open(nodeStorage(folder));
  return (await run.loadGeneration()).session;
}

/** Niceness of this process's threads: the 19th field of their stat, after the name in parentheses. */
function nicenesses(): number[] {
  return readdirSync('/proc/self/task').map((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });
}

describe('the training worker', () => {
  it.skipIf(process.platform !== 'linux')('stands behind the editor where threads have priorities', async () => {
    const before = Math.max(...nicenesses());
    const { remote } = start();
    await plan(remote);
    expect(nicenesses().filter((niceness) => niceness >= Math.min(19, before + 5)).length).toBeGreaterThan(0);
    expect(nicenesses()).toContain(before); // not the whole process
  });

  it('plans, trains, reports, and leaves a finished run on disk', async () => {
    const { remote } = start();
    const planned = await plan(remote);
    expect(planned.corpus.files).toHaveLength(24);
    expect(planned.parameters).toBeGreaterThan(100);
    expect(planned.charsPerSecond).toBeGreaterThan(100);
    expect(planned.expectedSeconds).toBeCloseTo((1.15 * 51200) / planned.charsPerSecond, 6);
    expect(planned.memoryBytes).toBeGreaterThan(10_000);
    const messages: TrainingProgress[] = [];
    const folder = path.join(root, 'run');
    const outcome = await remote.call(
      'train',
      { folder, id: 'r', name: 'R' },
      { onProgress: (progress) => messages.push(progress) },
    );
    expect(outcome).toMatchObject({ state: 'finished', run: folder });
    expect(outcome.trainedChars).toBeGreaterThanOrEqual(51_200);
    expect(outcome.heldOut!.nats).toBeLessThan(2);
    expect(messages.at(-1)).toMatchObject({ state: 'finished', fraction: 1 });
    const { manifest } = await RunFolder.open(nodeStorage(folder));
    expect(manifest).toMatchObject({ state: 'finished', id: 'r', name: 'R', keptGenerations: 8 });
    expect(manifest.heldOut).toEqual(outcome.heldOut);
  });

  it('starts from the shipped base model where it fits, and says why where it does not', async () => {
    const bytes = new Uint8Array(readFileSync(path.resolve(import.meta.dirname, shippedBase)));
    const { remote } = start();
    const planned = async (changes: Partial<TrainingOptions>) => {
      const base = { name: 'shipped', bytes };
      await remote.call('begin', { options: { ...options, ...changes }, minimumCount: 1, base });
      await remote.call('addFiles', { files: sampleFiles(24) });
      return (await remote.call('plan', {})).start;
    };
    expect(await planned({})).toEqual({
      kind: 'fresh',
      reason: 'the base model is another network: lstm 128 instead of lstm 6',
    });
    expect(await planned({ hiddenSize: 128 })).toEqual({ kind: 'base', name: 'shipped' });
    const folder = path.join(root, 'run');
    const training = remote.call('train', { folder, id: 'warm', name: 'Warm' });
    await remote.call('stop', {});
    await training;
    const { start: origin } = (await RunFolder.open(nodeStorage(folder))).manifest;
    expect(origin).toMatchObject({ name: 'shipped', fresh: 0 });
    expect((await plan(remote)).start).toEqual({ kind: 'fresh', reason: null });
  });

  it('refuses calls out of order and corpora that are none, with codes', async () => {
    const { remote } = start();
    await expect(remote.call('addFiles', { files: [] })).rejects.toMatchObject({ code: 'not-begun' });
    await expect(remote.call('train', { folder: root, id: 'x', name: 'x' })).rejects.toMatchObject({
      code: 'not-planned',
    });
    await remote.call('begin', { options });
    await expect(remote.call('plan', {})).rejects.toMatchObject({ code: 'empty' });
    await expect(plan(remote, { layers: 9 })).rejects.toThrow(/layers/);
    await expect(remote.call('resume', { folder: root })).rejects.toMatchObject({ code: 'missing' });
  });

  it('killed at a random moment, resumes to the weights of an uninterrupted run', async () => {
    const whole = path.join(root, 'whole');
    const first = start();
    await plan(first.remote);
    await first.remote.call('train', { folder: whole, id: 'w', name: 'W' });
    const wanted = await weights(whole);
    const random = new Random(4);
    for (let trial = 0; trial < 3; trial++) {
      const folder = path.join(root, `killed${trial}`);
      const { worker, remote } = start();
      await plan(remote);
      const killAfter = 1500 + random.below(45_000);
      const training = remote.call(
        'train',
        { folder, id: 'k', name: 'K' },
        {
          onProgress: ({ trainedChars }) => {
            if (trainedChars >= killAfter) void worker.terminate();
          },
        },
      );
      await expect(training).rejects.toThrow(/ended unexpectedly/);
      expect(JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8')).state).toBe('running');
      expect((await RunFolder.open(nodeStorage(folder))).manifest.trainedChars).toBeLessThan(wanted.steps * 128);
      const outcome = await start().remote.call('resume', { folder });
      expect(outcome.state).toBe('finished');
      expect(await weights(folder)).toEqual(wanted);
    }
  });

  describe.skipIf(!existsSync(path.join(distribution, 'kernels', 'simd.wasm')))('on the kernels', () => {
    const changes = {
      engine: 'wasm' as const,
      threads: 2,
      hiddenSize: 20,
      budget: { kind: 'chars' as const, amount: 300_000 },
    };
    /** A distribution with one build of the kernels: no race decides which one computes. */
    const only = (build: 'simd' | 'relaxed'): string => {
      const folder = path.join(root, `only ${build}`);
      mkdirSync(path.join(folder, 'kernels'), { recursive: true });
      for (const file of [`kernels/${build}.wasm`, `kernels/${build}.shared.wasm`, 'kernel-thread.cjs'])
        cpSync(path.join(distribution, file), path.join(folder, file));
      return folder;
    };
    const kill = async (
      { remote, worker }: ReturnType<typeof start>,
      call: 'train' | 'resume',
      folder: string,
      after: number,
    ): Promise<void> => {
      const onProgress = ({ trainedChars }: TrainingProgress): void => {
        if (trainedChars >= after) void worker.terminate();
      };
      await expect(remote.call(call, { folder, id: 'k', name: 'K' }, { onProgress })).rejects.toThrow(/ended/);
    };
    const manifestOf = async (folder: string) => (await RunFolder.open(nodeStorage(folder))).manifest;

    it('killed twice with two threads, resumes among all builds with its own, to the weights of an uninterrupted run', async () => {
      for (const build of ['simd', 'relaxed'] as const) {
        const [whole, killed] = [path.join(root, `whole ${build}`), path.join(root, `killed ${build}`)];
        const first = start(only(build));
        expect((await plan(first.remote, changes)).engine.name).toBe(`wasm ${build} ×2`);
        await first.remote.call('train', { folder: whole, id: 'w', name: 'W' });

        const second = start(only(build));
        await plan(second.remote, changes);
        await kill(second, 'train', killed, 60_000);
        await kill(start(distribution), 'resume', killed, 210_000);
        const messages: string[] = [];
        const outcome = await start(distribution).remote.call(
          'resume',
          { folder: killed },
          { onProgress: ({ message }) => message !== undefined && messages.push(message) },
        );
        expect(outcome.state).toBe('finished');
        expect(messages).toEqual([]);
        expect(await weights(killed)).toEqual(await weights(whole));
        const [one, other] = [await manifestOf(killed), await manifestOf(whole)];
        expect(one.heldOut).toEqual(other.heldOut);
        expect(one.engine).toEqual(other.engine);
      }
    });

    it('says why where its own build cannot be used here', async () => {
      const folder = path.join(root, 'run');
      const first = start(only('simd'));
      await plan(first.remote, changes);
      await kill(first, 'train', folder, 60_000);
      const messages: string[] = [];
      await start(only('relaxed')).remote.call(
        'resume',
        { folder },
        { onProgress: ({ message }) => message !== undefined && messages.push(message) },
      );
      expect(messages).toHaveLength(1);
      expect(messages[0]).toMatch(
        /^This run was trained by “wasm simd ×2”, which cannot be used here \(.*simd.*\); it goes on with “wasm relaxed ×2”/s,
      );
      expect((await manifestOf(folder)).engine.name).toBe('wasm relaxed ×2');
    });
  });

  it('pauses, goes on, and is saved by a cancellation', async () => {
    const { remote } = start();
    await plan(remote, { budget: { kind: 'chars', amount: 10_000_000 } });
    const folder = path.join(root, 'run');
    const controller = new AbortController();
    const states: string[] = [];
    const outcome = await remote.call(
      'train',
      { folder, id: 'r', name: 'R' },
      {
        signal: controller.signal,
        onProgress: ({ state, trainedChars }) => {
          if (states.at(-1) === state) return;
          states.push(state);
          if (state === 'running' && states.length === 1) void remote.call('pause', {});
          if (state === 'paused') void remote.call('unpause', {});
          if (state === 'running' && states.length > 1 && trainedChars >= 0) controller.abort();
        },
      },
    );
    expect(states.slice(0, 3)).toEqual(['running', 'paused', 'running']);
    expect(outcome.state).toBe('interrupted');
    const { manifest } = await RunFolder.open(nodeStorage(folder));
    expect(manifest).toMatchObject({ state: 'interrupted', trainedChars: outcome.trainedChars });
    expect((await weights(folder)).steps).toBeGreaterThan(0);
    await expect(nodeStorage(folder).read('lock.json')).rejects.toMatchObject({ fault: 'not-found' });
  });

  it('hears what is asked for while the run is still being opened', async () => {
    const { remote } = start();
    await plan(remote, { budget: { kind: 'chars', amount: 10_000_000 } });
    const folder = path.join(root, 'run');
    const controller = new AbortController();
    let state = '';
    const training = remote.call(
      'train',
      { folder, id: 'r', name: 'R' },
      {
        signal: controller.signal,
        onProgress: (progress) => {
          state = progress.state;
          if (state === 'paused') controller.abort();
        },
      },
    );
    await remote.call('pause', {});
    expect(state).toBe(''); // nothing was trained yet
    const paused = await training;
    expect(paused).toMatchObject({ state: 'interrupted', trainedChars: 0 });

    const resumed = remote.call('resume', { folder });
    await expect(remote.call('resume', { folder })).rejects.toMatchObject({ code: 'busy' });
    await remote.call('stop', {});
    expect(await resumed).toMatchObject({ state: 'finished', trainedChars: 0 });
  });

  it('a stop finishes the run with its held-out loss', async () => {
    const { remote } = start();
    await plan(remote, { budget: { kind: 'epochs', amount: 10_000 } });
    const folder = path.join(root, 'run');
    const outcome = await remote.call(
      'train',
      { folder, id: 'r', name: 'R' },
      { onProgress: ({ trainedChars }) => trainedChars > 2000 && void remote.call('stop', {}) },
    );
    expect(outcome.state).toBe('finished');
    expect(outcome.heldOut!.nats).toBeGreaterThan(0);
  });
});
