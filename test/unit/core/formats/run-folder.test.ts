import { describe, expect, it } from 'vitest';
import { type RunFileError, RunFolder, StorageError } from '../../../../src/core/formats/index.ts';
import { encodeManifest, parseManifest } from '../../../../src/core/formats/manifest-file.ts';
import { encodeMetrics, parseMetrics } from '../../../../src/core/formats/metrics-file.ts';
import { generationsToRemove } from '../../../../src/core/formats/retention.ts';
import { Random } from '../../../../src/core/random.ts';
import { Killed, MemoryStorage } from './memory-storage.ts';
import { someGeneration, someState, tinyCorpus, tinyManifest } from './run-fixtures.ts';

const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

async function faultOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as RunFileError).code ?? (error as StorageError).fault;
  }
  return 'none';
}

describe('run.json', () => {
  it('keeps fields that this version does not know, at every level', () => {
    const source = {
      ...tinyManifest(),
      colour: 'green',
      options: { ...tinyManifest().options, momentumSchedule: [1, 2] },
      spec: { ...tinyManifest().spec, tokens: true },
    };
    const again = parseManifest(encodeManifest(parseManifest(text(source))));
    expect(again).toEqual(source);
  });

  it('is refused with a reason where it is damaged or newer', () => {
    const fault = (bytes: Uint8Array): string => {
      try {
        parseManifest(bytes);
      } catch (error) {
        return (error as RunFileError).code;
      }
      return 'none';
    };
    const good = tinyManifest();
    expect(fault(text(good))).toBe('none');
    expect(fault(text(good).subarray(0, 100))).toBe('invalid');
    expect(fault(Uint8Array.of(0xff, 0xfe))).toBe('invalid');
    expect(fault(text(null))).toBe('invalid');
    expect(fault(text({ ...good, formatVersion: 2 }))).toBe('version-unknown');
    expect(fault(text({ ...good, state: 'sleeping' }))).toBe('invalid');
    expect(fault(text({ ...good, options: { ...good.options, hiddenSize: -1 } }))).toBe('invalid');
    expect(fault(text({ ...good, generations: [{ number: '../..' }] }))).toBe('invalid');
  });

  it('cannot reach a prototype', () => {
    const hostile = JSON.stringify(tinyManifest()).replace(
      '{',
      '{"__proto__":{"polluted":1},"constructor":{"polluted":1},',
    );
    const manifest = parseManifest(new TextEncoder().encode(hostile));
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect((manifest as unknown as { polluted?: number }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(manifest)).toBe(Object.prototype);
  });
});

describe('metrics.jsonl', () => {
  const point = (chars: number) => ({
    chars,
    seconds: 1,
    trainNats: 2,
    gradientNorm: 1,
    clipScale: 1,
    learningRate: 0.1,
  });
  it('skips a torn line and what is no point', () => {
    const bytes = encodeMetrics([point(1), { ...point(2), validationNats: 1.5 }, point(3)]);
    expect(parseMetrics(bytes)).toHaveLength(3);
    expect(parseMetrics(bytes.subarray(0, bytes.length - 5)).map((p) => p.chars)).toEqual([1, 2]);
    const noise = new TextEncoder().encode(
      `null\n[]\n{"chars":"1"}\n{"__proto__":{"chars":1}}\n${JSON.stringify(point(9))}\n`,
    );
    expect(parseMetrics(noise).map((p) => p.chars)).toEqual([9]);
  });
});

describe('retention', () => {
  it('keeps the first, the best, the newest two and a spread that is dense early', () => {
    const all = Array.from({ length: 200 }, (_, k) => ({ number: k + 1, trainedChars: k * 30_000 }));
    const removed = generationsToRemove(all, 137, 20);
    const kept = all.filter(({ number }) => !removed.includes(number)).map(({ number }) => number);
    expect(kept).toHaveLength(20);
    expect(kept).toEqual(expect.arrayContaining([1, 137, 199, 200]));
    const early = kept.filter((number) => number <= 100).length;
    expect(early).toBeGreaterThan(10);
    const ratios = kept.slice(1).map((number, k) => (number + 1) / (kept[k]! + 1));
    expect(Math.max(...ratios.slice(2))).toBeLessThan(1.6);
    expect(generationsToRemove(all.slice(0, 20), null, 20)).toEqual([]);
  });
});

describe('run folder', () => {
  it('gives back corpus, generations and metrics as they were saved', async () => {
    const storage = new MemoryStorage();
    const run = await RunFolder.create(storage, tinyManifest(), tinyCorpus);
    await run.saveGeneration(someGeneration(1));
    const wide = { ...someGeneration(2), session: someState(2, true), validationNats: 1.25 };
    expect(await run.saveGeneration(wide, { best: 2 })).toBe(2);
    const again = await RunFolder.open(storage.reborn());
    expect(await again.readCorpus()).toEqual(tinyCorpus);
    expect(await again.loadGeneration()).toMatchObject({ ...wide, number: 2 });
    expect(again.manifest).toMatchObject({ current: 2, best: 2, trainedChars: 2000 });
    expect((await again.readModel(1)).parameters).toEqual(someState(1).parameters);
    expect((await again.readModel('best')).generation).toBe(2);
    expect(await faultOf(again.readModel(7))).toBe('no-generation');
  });

  it('refuses a folder that holds a run, none, or half a corpus', async () => {
    const storage = new MemoryStorage();
    expect(await faultOf(RunFolder.open(storage))).toBe('missing');
    await RunFolder.create(storage, tinyManifest(), tinyCorpus);
    expect(await faultOf(RunFolder.create(storage, tinyManifest(), tinyCorpus))).toBe('invalid');
    const bytes = storage.files.get('corpus.jsonl')!;
    const run = await RunFolder.open(storage);
    for (const length of [0, 10, bytes.indexOf(10) + 1, bytes.length - 3]) {
      storage.files.set('corpus.jsonl', bytes.subarray(0, length));
      expect(await faultOf(run.readCorpus())).toBe('invalid');
    }
  });

  it('stays within its cap, keeps state for two generations, and leaves no other folder', async () => {
    const storage = new MemoryStorage();
    const run = await RunFolder.create(storage, { ...tinyManifest(), keptGenerations: 6 }, tinyCorpus);
    for (let k = 1; k <= 15; k++) await run.saveGeneration(someGeneration(k), k === 5 ? { best: 5 } : {});
    const numbers = run.manifest.generations.map(({ number }) => String(number));
    expect(numbers).toHaveLength(6);
    expect(numbers).toEqual(expect.arrayContaining(['1', '5', '14', '15']));
    const folders = (await storage.list('checkpoints')).filter((name) => name !== 'current.json');
    expect(folders.sort()).toEqual([...numbers].sort());
    const states = [...storage.files.keys()].filter((file) => file.endsWith('state.safetensors'));
    expect(states).toEqual(['checkpoints/14/state.safetensors', 'checkpoints/15/state.safetensors']);
  });

  it('a kill at any operation of any save leaves the last good generation, and the run goes on', async () => {
    const whole = new MemoryStorage();
    const setUp = async (storage: MemoryStorage): Promise<RunFolder> => {
      const run = await RunFolder.create(storage, { ...tinyManifest(), keptGenerations: 4 }, tinyCorpus);
      for (let k = 1; k <= 5; k++) await run.saveGeneration(someGeneration(k), { best: 2 });
      return run;
    };
    const before = await setUp(whole);
    const start = whole.operations;
    await before.saveGeneration(someGeneration(6));
    const operations = whole.operations - start;
    expect(operations).toBeGreaterThan(6);
    let survived = 0;
    for (let operation = 1; operation <= operations; operation++) {
      const storage = new MemoryStorage();
      const run = await setUp(storage);
      storage.killAt(operation);
      await expect(run.saveGeneration(someGeneration(6))).rejects.toBeInstanceOf(Killed);
      const after = await RunFolder.open(storage.reborn());
      const generation = await after.loadGeneration();
      expect([5, 6]).toContain(generation.number);
      expect(after.manifest.current).toBe(generation.number);
      expect(generation.session).toEqual(someState(generation.number));
      if (generation.number === 6) survived++;
      await after.rewind(generation);
      expect(await after.saveGeneration(someGeneration(7))).toBe(generation.number + 1);
      expect((await (await RunFolder.open(after.storage)).loadGeneration()).session).toEqual(someState(7));
      const folders = (await after.storage.list('checkpoints')).filter((name) => /^\d+$/.test(name));
      expect(folders).toHaveLength(4);
    }
    expect(survived).toBeGreaterThan(0);
    expect(survived).toBeLessThan(operations);
  });

  it('a full disk at any byte of a save is named, leaves the last good generation, and no half one', async () => {
    const random = new Random(3);
    for (let trial = 0; trial < 60; trial++) {
      const storage = new MemoryStorage();
      const run = await RunFolder.create(storage, tinyManifest(), tinyCorpus);
      await run.saveGeneration(someGeneration(1));
      storage.failAfter(random.below(6000));
      let saved = 1;
      try {
        saved = await run.saveGeneration(someGeneration(2));
      } catch (error) {
        expect(error).toBeInstanceOf(StorageError);
        expect((error as StorageError).fault).toBe('no-space');
      }
      const after = await RunFolder.open(storage.reborn());
      const generation = await after.loadGeneration();
      expect(generation.number).toBeGreaterThanOrEqual(saved);
      expect(generation.session).toEqual(someState(generation.number));
      expect(await after.storage.list('checkpoints')).toHaveLength(1 + generation.number);
      storage.failAfter(Number.POSITIVE_INFINITY);
      const next = await run.saveGeneration(someGeneration(3));
      expect((await (await RunFolder.open(storage.reborn())).loadGeneration()).number).toBe(next);
    }
  });

  it('falls back by one generation where the newest is damaged, whatever byte', async () => {
    const files = ['model.safetensors', 'state.safetensors', 'state.json'];
    const random = new Random(5);
    for (let trial = 0; trial < 60; trial++) {
      const storage = new MemoryStorage();
      const run = await RunFolder.create(storage, tinyManifest(), tinyCorpus);
      await run.saveGeneration(someGeneration(1));
      await run.saveGeneration(someGeneration(2));
      const path = `checkpoints/2/${files[trial % 3]}`;
      const bytes = storage.files.get(path)!.slice();
      const at = random.below(bytes.length);
      if (trial < 30) storage.files.set(path, bytes.subarray(0, at));
      else if (files[trial % 3] !== 'state.json') bytes[at] = bytes[at]! ^ (1 << random.below(8));
      else bytes[at] = 0;
      if (trial >= 30) storage.files.set(path, bytes);
      const after = await RunFolder.open(storage);
      const generation = await after.loadGeneration();
      expect(generation).toMatchObject({ number: 1, session: someState(1) });
      await after.rewind(generation);
      expect((await RunFolder.open(storage)).manifest).toMatchObject({ current: 1, trainedChars: 1000 });
    }
  });

  it('says so where no generation is whole', async () => {
    const storage = new MemoryStorage();
    const run = await RunFolder.create(storage, tinyManifest(), tinyCorpus);
    expect(await faultOf(run.loadGeneration())).toBe('no-generation');
    expect(await faultOf(run.readModel('best'))).toBe('no-generation');
    await run.saveGeneration(someGeneration(1));
    await storage.remove('checkpoints/1/state.json');
    expect(await faultOf(run.loadGeneration())).toBe('no-generation');
  });

  it('rewinds metrics to the generation that training goes on from', async () => {
    const storage = new MemoryStorage();
    const run = await RunFolder.create(storage, tinyManifest(), tinyCorpus);
    const point = (chars: number) => ({
      chars,
      seconds: 1,
      trainNats: 2,
      gradientNorm: 1,
      clipScale: 1,
      learningRate: 0.1,
    });
    await run.appendMetrics([point(500), point(1000), point(1500)]);
    await run.saveGeneration(someGeneration(1));
    await storage.append('metrics.jsonl', new TextEncoder().encode('{"chars":20'));
    await run.rewind(await run.loadGeneration());
    await run.appendMetrics([point(1200)]);
    expect((await run.readMetrics()).map((p) => p.chars)).toEqual([500, 1000, 1200]);
  });
});
