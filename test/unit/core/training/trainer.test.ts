import { beforeAll, describe, expect, it } from 'vitest';
import type { Corpus } from '../../../../src/core/corpus/corpus.ts';
import { EngineStopped } from '../../../../src/core/engine/engine.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { messageOf, type RunManifest } from '../../../../src/core/formats/manifest.ts';
import { RunFolder } from '../../../../src/core/formats/run-folder.ts';
import { readLock } from '../../../../src/core/formats/run-lock.ts';
import { Random } from '../../../../src/core/random.ts';
import { evaluateStreams } from '../../../../src/core/training/evaluate.ts';
import { resumeTraining, startTraining } from '../../../../src/core/training/run.ts';
import type { Trainer } from '../../../../src/core/training/trainer.ts';
import { sentence, setWords } from '../../../../src/core/words.ts';
import { Killed, MemoryStorage } from '../formats/memory-storage.ts';
import { hookedEngine, smallCorpus, smallOptions, startSmall, TestHost } from './trainer-fixtures.ts';

let corpus: Corpus;
/** An uninterrupted run of 40 steps. */
let whole: RunFolder;
beforeAll(async () => {
  corpus = await smallCorpus();
  const trainer = await startSmall(new MemoryStorage(), corpus);
  await trainer.run();
  whole = trainer.folder;
});

/** What a training decides: everything in run.json but times, and the last generation's whole state. */
async function result(folder: RunFolder): Promise<unknown> {
  const { trainingSeconds: _, generations, best, current, ...rest } = (await RunFolder.open(folder.storage)).manifest;
  const { session, trainedChars } = await folder.loadGeneration();
  const nats = (manifest: Pick<RunManifest, 'generations' | 'best'>) =>
    manifest.generations.find((kept) => kept.number === manifest.best)?.validationNats;
  expect(current).not.toBeNull();
  return { ...rest, bestNats: nats({ generations, best }), session, trainedChars };
}

/** A training whose every step takes three seconds: a generation is saved every eight or nine steps. */
async function startSlow(storage: MemoryStorage): Promise<Trainer> {
  const host = new TestHost();
  const engine = hookedEngine(() => {
    host.time += 3000;
    return undefined;
  });
  return startSmall(storage, corpus, { host, engine });
}

async function resume(storage: MemoryStorage, host = new TestHost('two')): Promise<Trainer> {
  return resumeTraining({ storage, engine: referenceEngine() }, host);
}

describe('a training', () => {
  it('learns, finishes, and says how well it did on the test files', async () => {
    const { manifest } = whole;
    expect(manifest.state).toBe('finished');
    expect(manifest.trainedChars).toBeGreaterThanOrEqual(40 * 256 * 0.9);
    const losses = manifest.generations.map((kept) => kept.validationNats!);
    expect(losses[0]).toBeCloseTo(Math.log(manifest.spec.vocabulary.length), 0);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! - 0.5);
    const { spec, parameters } = await whole.readModel('best');
    const session = await referenceEngine().open(spec, { kind: 'parameters', parameters }, { maxTime: 0, maxBatch: 0 });
    const test = (await evaluateStreams(session, corpus.streams('test')))!;
    expect(test.predictions).toBe([...corpus.streams('test')].reduce((n, s) => n + s.inputs.length - 1, 0));
    expect(manifest.heldOut!.nats).toBe(test.totalNats / test.predictions);
    expect(manifest.heldOut!.perplexity).toBeCloseTo(2 ** manifest.heldOut!.bits, 10);
    expect(await readLock(whole.storage, 0)).toBeNull();
  });

  it('is the same on every repetition, and another with another seed', async () => {
    const again = await startSmall(new MemoryStorage(), corpus);
    await again.run();
    expect(await result(again.folder)).toEqual(await result(whole));
    const other = await startSmall(new MemoryStorage(), corpus, { options: { ...smallOptions, seed: 6 } });
    await other.run();
    expect((await other.folder.loadGeneration()).session).not.toEqual((await whole.loadGeneration()).session);
  });

  it('tells metrics, samples, generations and progress', async () => {
    const host = new TestHost();
    const engine = hookedEngine(() => {
      host.time += 250;
    });
    const trainer = await startSmall(new MemoryStorage(), corpus, { host, engine });
    const outcome = await trainer.run();
    const points = host.messages.flatMap((message) => message.points);
    expect(points.length).toBeGreaterThan(35);
    expect(await trainer.folder.readMetrics()).toEqual(points);
    expect(points.filter((point) => point.validationNats !== undefined).map((point) => point.chars)).toEqual(
      trainer.folder.manifest.generations.map((kept) => kept.trainedChars),
    );
    const withNorms = points.filter((point) => point.norms);
    expect(Object.keys(withNorms[0]!.norms!)).toContain('rnn.weight_hh_l1');
    expect(points.every((point) => point.chars === 0 || point.gradientNorm > 0)).toBe(true);
    expect(host.messages.some((message) => (message.sample?.length ?? 0) > 100)).toBe(true);
    expect(host.messages.flatMap((message) => message.generation ?? [])).toEqual(
      trainer.folder.manifest.generations.map((kept) => kept.number),
    );
    const fractions = host.messages.map((message) => message.fraction);
    expect(fractions.every((fraction, k) => k === 0 || fraction >= fractions[k - 1]!)).toBe(true);
    expect(fractions.at(-1)).toBe(1);
    expect(host.messages.at(-1)!.state).toBe('finished');
    expect(outcome.seconds).toBeGreaterThanOrEqual(40 * 0.25);
    expect(outcome.charsPerSecond).toBeCloseTo(outcome.trainedChars / outcome.seconds, 6);
    const middle = host.messages[Math.floor(host.messages.length / 2)]!;
    expect(middle.secondsLeft).toBeGreaterThan(1);
    expect(middle.secondsLeft).toBeLessThan(40);
  });

  it('tells live metrics about five times a second: no more, no less', async () => {
    const options = { ...smallOptions, budget: { kind: 'chars' as const, amount: 300 * 256 } };
    const host = new TestHost();
    const engine = hookedEngine(() => {
      host.time += 30;
    });
    let last: number | null = null;
    const gaps: { plain: boolean; milliseconds: number }[] = [];
    const onProgress = host.onProgress.bind(host);
    host.onProgress = (progress) => {
      const { state, phase, sample, generation, ngram } = progress;
      // Those that say something else may come at any time.
      const plain = phase === 'training' && !sample && generation === undefined && !ngram;
      if (last !== null && state === 'running') gaps.push({ plain, milliseconds: host.time - last });
      last = host.time;
      onProgress(progress);
    };
    const trainer = await startSmall(new MemoryStorage(), corpus, { host, engine, options });
    await trainer.run();
    const plain = gaps.filter((gap) => gap.plain).map(({ milliseconds }) => milliseconds);
    expect(plain.length).toBeGreaterThan(30);
    expect(Math.min(...plain)).toBeGreaterThanOrEqual(200);
    // A step, and the looks at the clock.
    expect(Math.max(...gaps.map(({ milliseconds }) => milliseconds))).toBeLessThan(200 + 50);
    const points = host.messages.flatMap((message) => message.points);
    expect(points.length).toBeGreaterThanOrEqual(plain.length);
  });

  it('saves at least every 30 seconds and renews its lock', async () => {
    const host = new TestHost();
    const seconds: number[] = [];
    const storage = new MemoryStorage();
    const silences: number[] = [];
    const engine = hookedEngine(() => {
      silences.push(host.time - JSON.parse(new TextDecoder().decode(storage.files.get('lock.json'))).heartbeat);
      host.time += 3000;
    });
    const onProgress = host.onProgress.bind(host);
    host.onProgress = (progress) => {
      if (progress.generation !== undefined) seconds.push(host.time / 1000);
      onProgress(progress);
    };
    await (await startSmall(storage, corpus, { host, engine })).run();
    expect(seconds.length).toBeGreaterThan(4);
    for (let k = 1; k < seconds.length; k++) expect(seconds[k]! - seconds[k - 1]!).toBeLessThan(30);
    expect(Math.max(...silences)).toBeLessThan(10_000);
  });

  it('stops early after `patience` evaluations without improvement, and keeps the best', async () => {
    const options = { ...smallOptions, learningRate: 0, patience: 1, budget: { kind: 'chars' as const, amount: 1e6 } };
    const trainer = await startSmall(new MemoryStorage(), corpus, { options });
    const outcome = await trainer.run();
    expect(outcome.state).toBe('finished');
    expect(outcome.message).toMatch(/no improvement in 1 evaluation/);
    expect(outcome.trainedChars).toBeGreaterThanOrEqual(10_000);
    expect(outcome.trainedChars).toBeLessThan(11_000);
    expect(trainer.folder.manifest.best).toBe(1);
  });

  it('keeps to budgets in epochs and seconds', async () => {
    const options = { ...smallOptions, budget: { kind: 'epochs' as const, amount: 0.5 } };
    const half = await (await startSmall(new MemoryStorage(), corpus, { options })).run();
    expect(Math.abs(half.trainedChars - corpus.chars('train') / 2)).toBeLessThan(300);
    const host = new TestHost();
    const engine = hookedEngine(() => {
      host.time += 500;
    });
    const seconds = { ...smallOptions, budget: { kind: 'seconds' as const, amount: 5 } };
    const started = host.time;
    const timed = await startSmall(new MemoryStorage(), corpus, { options: seconds, host, engine });
    const outcome = await timed.run();
    expect(outcome.state).toBe('finished');
    expect(outcome.seconds).toBeLessThanOrEqual(6);
    expect(host.time - started).toBeGreaterThan(5000);
  });
});

describe('a resume', () => {
  it('after 20 of 40 steps continues bit for bit', async () => {
    const storage = new MemoryStorage();
    let first: Trainer | null = null;
    const engine = hookedEngine((step) => {
      if (step === 20) first!.abort();
    });
    first = await startSmall(storage, corpus, { engine });
    const outcome = await first.run();
    expect(outcome).toMatchObject({ state: 'interrupted', heldOut: null });
    expect((await first.folder.loadGeneration()).session.steps).toBe(20);
    const second = await resume(storage.reborn());
    expect((await second.run()).state).toBe('finished');
    expect(await result(second.folder)).toEqual(await result(whole));
  });

  it('after a kill at any moment continues bit for bit', async () => {
    const random = new Random(2);
    const counted = new MemoryStorage();
    await (await startSlow(counted)).run();
    const operations = counted.operations;
    const wanted = await result(whole);
    let compared = 0;
    for (let trial = 0; trial < 12; trial++) {
      let storage = new MemoryStorage();
      let trainer = await startSlow(storage);
      storage.killAt(1 + random.below(operations - storage.operations - 1));
      await expect(trainer.run()).rejects.toBeInstanceOf(Killed);
      storage = storage.reborn();
      const reopened = await RunFolder.open(storage);
      if (reopened.manifest.generations.length === 0) continue; // killed before anything was trained
      // Once more in the middle of the second life.
      storage.killAt(1 + random.below(20));
      trainer = await resume(storage).catch(() => trainer);
      if (trainer.folder.storage === storage) await trainer.run().catch(() => undefined);
      trainer = await resume(storage.reborn(), new TestHost('three'));
      expect((await trainer.run()).state).toBe('finished');
      expect(await result(trainer.folder)).toEqual(wanted);
      compared++;
    }
    expect(compared).toBeGreaterThan(6);
  });

  it('is refused while the run is trained elsewhere, and tells where the engine is another', async () => {
    const storage = new MemoryStorage();
    let first: Trainer | null = null;
    const engine = hookedEngine((step) => {
      if (step === 3) first!.abort();
    });
    const host = new TestHost();
    first = await startSmall(storage, corpus, { engine, host });
    const second = new TestHost('two');
    second.lock.isGone = () => false;
    await expect(resume(storage, second)).rejects.toMatchObject({ code: 'locked' });
    await first.run();
    const renamed = { ...referenceEngine(), name: 'other' };
    const third = new TestHost('three');
    const trainer = await resumeTraining({ storage, engine: renamed }, third);
    trainer.stop();
    await trainer.run();
    expect(third.messages.some((message) => /will not be those/.test(message.message ?? ''))).toBe(true);
    expect(trainer.folder.manifest.engine.name).toBe('other');
  });

  it('goes on from what a training left that ended while the lock was asked for', async () => {
    const storage = new MemoryStorage();
    const options = { ...smallOptions, budget: { kind: 'chars' as const, amount: 60 * 256 } };
    const host = new TestHost();
    let first: Trainer | null = null;
    const engine = hookedEngine((step) => {
      if (step === 10) first!.abort();
    });
    const about = { id: 'r', name: 'R', created: '2030-01-01', keptGenerations: 2 };
    first = await startTraining({ storage, corpus, engine, options, ...about }, host);
    await first.run();
    let others = 0;
    storage.create = async (...file) => {
      if (others++ === 0) await (await resume(storage, new TestHost('faster'))).run();
      return MemoryStorage.prototype.create.apply(storage, file);
    };
    const trainer = await resume(storage, new TestHost('slower'));
    expect(trainer.folder.manifest.state).toBe('finished');
    const outcome = await trainer.run();
    expect(outcome.state).toBe('finished');
    expect(outcome.trainedChars).toBeGreaterThanOrEqual(60 * 256 * 0.9);
  });

  it('of a finished run trains longer', async () => {
    const storage = (whole.storage as MemoryStorage).reborn();
    const host = new TestHost('two');
    const trainer = await resumeTraining({ storage, engine: referenceEngine(), moreChars: 5000 }, host);
    const outcome = await trainer.run();
    expect(outcome.state).toBe('finished');
    expect(outcome.trainedChars).toBeGreaterThanOrEqual(whole.manifest.trainedChars + 5000);
    expect(outcome.trainedChars).toBeLessThan(whole.manifest.trainedChars + 5600);
    expect(trainer.folder.manifest.heldOut!.nats).toBeLessThan(whole.manifest.heldOut!.nats);
  });
});

describe('pause and stop', () => {
  it('a pause saves, waits and goes on to the same weights', async () => {
    const host = new TestHost();
    let trainer: Trainer | null = null;
    const states: string[] = [];
    const onProgress = host.onProgress.bind(host);
    host.onProgress = (progress) => {
      if (progress.state !== states.at(-1)) states.push(progress.state);
      if (progress.state === 'paused') {
        void RunFolder.open((trainer!.folder.storage as MemoryStorage).reborn())
          .then((folder) => folder.loadGeneration())
          .then((generation) => states.push(`saved ${generation.session.steps}`))
          .then(() => trainer!.unpause());
      }
      onProgress(progress);
    };
    const engine = hookedEngine((step) => {
      if (step === 7) trainer!.pause();
    });
    trainer = await startSmall(new MemoryStorage(), corpus, { engine, host });
    await trainer.run();
    expect(states).toEqual(['running', 'paused', 'saved 7', 'running', 'finished']);
    expect(await result(trainer.folder)).toEqual(await result(whole));
  });

  it('makes way for others by waiting, at most a tenth of a second, and comes to the same weights', async () => {
    const waited: number[] = [];
    const real = globalThis.setTimeout;
    const timers = globalThis as unknown as { setTimeout: (callback: () => void, milliseconds?: number) => unknown };
    timers.setTimeout = (callback, milliseconds = 0) => {
      waited.push(milliseconds);
      return real(callback, 0);
    };
    try {
      let trainer: Trainer | null = null;
      const asked = new Map([
        [7, 40],
        [9, 60_000],
      ]);
      const engine = hookedEngine((step) => {
        const milliseconds = asked.get(step);
        if (milliseconds !== undefined) trainer!.makeWay(milliseconds);
      });
      trainer = await startSmall(new MemoryStorage(), corpus, { engine });
      await trainer.run();
      expect(Math.max(...waited)).toBeLessThanOrEqual(100);
      expect(waited.some((milliseconds) => milliseconds > 60)).toBe(true);
      expect(await result(trainer.folder)).toEqual(await result(whole));
    } finally {
      timers.setTimeout = real;
    }
  });

  it('a stop evaluates and finishes; an abort while paused leaves a run that can be resumed', async () => {
    let trainer: Trainer | null = null;
    const engine = hookedEngine((step) => {
      if (step === 7) trainer!.stop();
    });
    trainer = await startSmall(new MemoryStorage(), corpus, { engine });
    const outcome = await trainer.run();
    expect(outcome.state).toBe('finished');
    expect(outcome.heldOut!.nats).toBeGreaterThan(0);
    expect((await trainer.folder.loadGeneration()).session.steps).toBe(7);

    const host = new TestHost();
    host.onProgress = (progress) => {
      if (progress.state === 'paused') trainer!.abort();
    };
    trainer = await startSmall(new MemoryStorage(), corpus, { host });
    trainer.pause();
    expect((await trainer.run()).state).toBe('interrupted');
    const second = await resume(trainer.folder.storage as MemoryStorage);
    await second.run();
    expect(await result(second.folder)).toEqual(await result(whole));
  });
});

describe('faults', () => {
  it('NaN stops the run, names the tensor and keeps the last good generation', async () => {
    const engine = hookedEngine((step, report) => (step === 9 ? { ...report, nonFinite: 'rnn.weight_hh_l1' } : report));
    const trainer = await startSmall(new MemoryStorage(), corpus, { engine });
    const outcome = await trainer.run();
    expect(outcome.state).toBe('failed');
    expect(outcome.message).toMatch(/“rnn.weight_hh_l1” became NaN or infinite after \d+ characters/);
    const after = await RunFolder.open((trainer.folder.storage as MemoryStorage).reborn());
    expect(after.manifest).toMatchObject({ state: 'failed', message: outcome.message });
    expect((await after.loadGeneration()).session.steps).toBe(0);
  });

  it('a rate that blows up is caught by the engine itself', async () => {
    const options = {
      ...smallOptions,
      architecture: 'relu' as const,
      optimizer: 'sgd' as const,
      learningRate: 1e30,
      clipNorm: 0,
      warmup: 0,
    };
    const outcome = await (await startSmall(new MemoryStorage(), corpus, { options })).run();
    expect(outcome.state).toBe('failed');
    expect(outcome.message).toMatch(/became NaN or infinite/);
  });

  it('a full disk fails the run with a message, and it resumes to the same weights when there is room', async () => {
    const sizes = new MemoryStorage();
    await (await startSlow(sizes)).run();
    const written = [...sizes.files.values()].reduce((sum, file) => sum + file.length, 0);
    const random = new Random(9);
    let failed = 0;
    for (let trial = 0; trial < 6; trial++) {
      const storage = new MemoryStorage();
      const trainer = await startSlow(storage);
      storage.failAfter(Math.floor(written * (0.1 + 0.6 * random.next())));
      const outcome = await trainer.run();
      if (outcome.state !== 'failed') continue;
      failed++;
      expect(outcome.message).toMatch(/^Saving failed: The disk is full.*Free some space, then resume the run\.$/);
      const after = storage.reborn();
      if ((await RunFolder.open(after)).manifest.generations.length === 0) continue;
      const second = await resume(after);
      expect((await second.run()).state).toBe('finished');
      expect(await result(second.folder)).toEqual(await result(whole));
    }
    expect(failed).toBeGreaterThan(0);
  });

  it('a disk that is full before the first step: nothing stays of a new run, an old one stays as it was, and both say what to do', async () => {
    const text = (whole.storage as MemoryStorage).files.get('corpus.jsonl')!.length;
    for (const room of [0, 60, text / 2, text + 500]) {
      const storage = new MemoryStorage();
      storage.failAfter(room);
      await expect(startSmall(storage, corpus)).rejects.toMatchObject({
        fault: 'no-space',
        message: expect.stringMatching(
          /^The disk is full: \S+ could not be written\. The run was not created\. Free some space, then train again\.$/,
        ),
      });
      expect([...storage.files.keys()].filter((file) => !file.startsWith('lock.json'))).toEqual([]);
    }
    const storage = (whole.storage as MemoryStorage).reborn();
    const before = (await RunFolder.open(storage)).manifest;
    storage.failAfter(100);
    await expect(resume(storage)).rejects.toThrow(
      /^The disk is full: \S+ could not be written\. The run is as it was\. Free some space, then resume it\.$/,
    );
    const after = storage.reborn();
    expect((await RunFolder.open(after)).manifest).toEqual(before);
    expect((await (await resume(after)).run()).state).toBe('finished');
  });

  it('what a run keeps of its failure is English, and is read in the language that is set then', async () => {
    const german = { 'Nothing was saved yet.': 'Es wurde noch nichts gespeichert.', 'Resume the run.': 'Fortsetzen.' };
    const engine = hookedEngine((step) => {
      if (step === 2) throw new EngineStopped(sentence('Thread {0} ended.', 3));
    });
    const trainer = await startSmall(new MemoryStorage(), corpus, { engine });
    setWords({ ...german, 'Thread {0} ended.': 'Thread {0} ist zu Ende.' });
    const { message } = await trainer.run().finally(() => setWords(undefined));
    expect(message).toMatch(/^Thread 3 ist zu Ende\..*Fortsetzen\.$/);
    const { manifest } = await RunFolder.open((trainer.folder.storage as MemoryStorage).reborn());
    expect(manifest.message).toMatch(/^Thread 3 ended\..*Resume the run\.$/);
    expect(messageOf(manifest)).toBe(manifest.message);
    setWords(german);
    expect(messageOf(manifest)).toMatch(/^Thread 3 ended\..*Fortsetzen\.$/);
    setWords(undefined);
    await trainer.folder.setState('running');
    expect(messageOf(trainer.folder.manifest)).toBeUndefined();
  });

  it('an unforeseen error marks the run as failed and rejects', async () => {
    const engine = hookedEngine((step) => {
      if (step === 2) throw new Error('A kernel thread died.');
    });
    const trainer = await startSmall(new MemoryStorage(), corpus, { engine });
    await expect(trainer.run()).rejects.toThrow('A kernel thread died.');
    expect(trainer.folder.manifest).toMatchObject({ state: 'failed', message: 'A kernel thread died.' });
    expect(await readLock(trainer.folder.storage, 0)).toBeNull();
  });
});
