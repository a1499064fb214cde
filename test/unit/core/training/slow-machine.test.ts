/** Where steps, evaluations and the disk are slow: little is lost by a kill, and a living training is not taken for dead. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Corpus } from '../../../../src/core/corpus/corpus.ts';
import type { Engine } from '../../../../src/core/engine/engine.ts';
import { RunFolder } from '../../../../src/core/formats/run-folder.ts';
import { readLock } from '../../../../src/core/formats/run-lock.ts';
import { KeptEvaluation } from '../../../../src/core/training/kept-evaluation.ts';
import { resumeTraining } from '../../../../src/core/training/run.ts';
import { Killed, MemoryStorage } from '../formats/memory-storage.ts';
import { hookedEngine, sampleFiles, startSmall, TestHost } from './trainer-fixtures.ts';

let corpus: Corpus;
beforeAll(async () => {
  corpus = await Corpus.build(sampleFiles(48), { seed: 1, minCount: 1 });
});

interface Slowness {
  /** Milliseconds of a training step. */
  step: number;
  /** Of each character that is read for an evaluation, a look at the gates or a sample. */
  reading: number;
  /** Of each file that is written. */
  file: number;
}

/** A training on a virtual clock with what it tells of itself at each moment. */
async function slow({ step, reading, file }: Slowness) {
  const host = new TestHost();
  const storage = new MemoryStorage();
  const seen = { loss: 0, silent: 0, evaluation: 0, generations: 0 };
  /** When the state was taken that is safe on disk by now. */
  let safe = Number.POSITIVE_INFINITY;
  let taken = 0;
  const look = async (): Promise<void> => {
    seen.loss = Math.max(seen.loss, host.time - safe);
    if (!(await readLock(storage, host.time))) seen.silent++;
  };
  const { write } = storage;
  storage.write = async (path, bytes) => {
    if (/^checkpoints\/\d/.test(path)) await host.wait(file);
    await write.call(storage, path, bytes);
    if (storage.files.has('lock.json')) await look();
  };
  const hooked = hookedEngine(
    () => {
      host.time += step;
    },
    (chars, { losses }) => {
      host.time += chars * reading;
      if (losses) seen.evaluation += chars * reading;
    },
  );
  const engine: Engine = {
    ...hooked,
    async open(...given) {
      const session = await hooked.open(...given);
      const { save, run, trainStep } = session;
      session.save = () => {
        taken = host.time;
        return save.call(session);
      };
      session.run = async (...asked) => {
        const captured = await run.call(session, ...asked);
        await look();
        return captured;
      };
      session.trainStep = async (...asked) => {
        const report = await trainStep.call(session, ...asked);
        await look();
        return report;
      };
      return session;
    },
  };
  const onProgress = host.onProgress.bind(host);
  host.onProgress = (progress) => {
    if (progress.generation !== undefined) {
      safe = taken;
      seen.generations++;
    }
    if (progress.state === 'finished') safe = Number.POSITIVE_INFINITY;
    onProgress(progress);
  };
  const trainer = await startSmall(storage, corpus, { host, engine });
  await trainer.run();
  return { ...seen, messages: host.messages };
}

/** Whatever became of the file, the run goes on: it is read as far as it fits, and else as if there were none. */
async function damaged(kept: MemoryStorage): Promise<void> {
  const text = new TextDecoder().decode(kept.files.get('evaluation.json'));
  const json = JSON.parse(text);
  const wrong = [
    text.slice(0, text.length / 2),
    '{}',
    '\u0000',
    JSON.stringify({ ...json, at: -1 }),
    JSON.stringify({ ...json, state: [] }),
    JSON.stringify({
      ...json,
      state: [
        { h: [1], c: [1] },
        { h: [1], c: null },
      ],
    }),
    JSON.stringify({ ...json, of: 'another' }),
  ];
  for (const content of wrong) {
    const storage = kept.reborn();
    storage.files.set('evaluation.json', new TextEncoder().encode(content));
    const found: unknown[] = [];
    const keeper = new KeptEvaluation(storage, (await RunFolder.open(storage)).manifest.spec.layers, () => 0);
    await keeper.follow(
      () => json.of,
      async () => true,
      async (_, from) => {
        found.push(from);
        return null;
      },
    );
    expect(found, content).toEqual([undefined]);
  }
}

describe('on a slow machine', () => {
  it.each([2000, 3000, 3700, 5300])(
    'a kill loses at most 30 s, with steps of %i ms, evaluations and saves',
    async (step) => {
      const seen = await slow({ step, reading: 8, file: 900 });
      expect(seen.generations).toBeGreaterThan(4);
      expect(seen.evaluation).toBeGreaterThan(30_000);
      expect(seen.loss).toBeGreaterThan(20_000);
      expect(seen.loss).toBeLessThan(30_000);
      expect(seen.silent).toBe(0);
    },
  );

  it('a training whose every step takes longer than a lock usually lives is not taken for dead, and says what may be lost', async () => {
    const seen = await slow({ step: 40_000, reading: 20, file: 3000 });
    expect(seen.silent).toBe(0);
    // A step, the save after it and what came between.
    expect(seen.loss).toBeLessThan(2 * 40_000);
    const told = seen.messages.flatMap(({ message }) => message ?? []);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^One step of this training takes 40 s on this machine/);
  });

  it('a long evaluation that is killed goes on where it was, and ends with the same numbers', async () => {
    const whole = await startSmall(new MemoryStorage(), corpus);
    await whole.run();
    const { heldOut } = whole.folder.manifest;
    for (const side of ['validation', 'test'] as const) {
      const chars = [...corpus.streams(side)].reduce((sum, { inputs }) => sum + inputs.length, 0);
      /** Characters read by evaluations since the last step, of one life of the run. */
      let read = 0;
      const reads = (host: TestHost, atEachChunk: () => void) =>
        hookedEngine(
          () => {
            host.time += 1000;
            read = 0;
            return undefined;
          },
          (length, { losses }) => {
            if (!losses) return;
            read += length;
            host.time += 20 * length;
            atEachChunk();
          },
        );
      const storage = new MemoryStorage();
      const first = new TestHost();
      // Killed in the last evaluation of that side, two thirds through it. The one on the test texts comes after the other.
      const at = (side === 'validation' ? 0 : corpus.chars('validation')) + (2 / 3) * chars;
      const last = { steps: 0 };
      const engine = reads(first, () => {
        if (last.steps === 40 && read > at) storage.killAt(1);
      });
      const counted: Engine = {
        ...engine,
        async open(...given) {
          const session = await engine.open(...given);
          const { trainStep } = session;
          session.trainStep = (...asked) => {
            last.steps++;
            return trainStep.call(session, ...asked);
          };
          return session;
        },
      };
      await expect((await startSmall(storage, corpus, { host: first, engine: counted })).run()).rejects.toThrow(Killed);
      const kept = storage.reborn();
      expect(kept.files.has('evaluation.json'), side).toBe(true);
      await damaged(kept);

      read = 0;
      const second = new TestHost('two');
      const resumed = await resumeTraining({ storage: kept, engine: reads(second, () => {}) }, second);
      expect((await resumed.run()).state).toBe('finished');
      const { generations, trainedChars } = resumed.folder.manifest;
      expect(resumed.folder.manifest.heldOut).toEqual(heldOut);
      expect(generations.at(-1)!.validationNats).toBe(whole.folder.manifest.generations.at(-1)!.validationNats);
      expect(trainedChars).toBe(whole.folder.manifest.trainedChars);
      // Not all over again, but no less than what was left.
      const rest = side === 'validation' ? corpus.chars('test') : 0;
      expect(read - rest, side).toBeLessThan(0.7 * chars);
      expect(read - rest, side).toBeGreaterThan(0.3 * chars);
      expect(kept.files.has('evaluation.json')).toBe(false);
    }
  });
});
