import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from '../../../src/core/formats/checkpoint.ts';
import { RunFolder } from '../../../src/core/formats/run-folder.ts';
import { StorageError, type StorageFault } from '../../../src/core/formats/storage.ts';
import { nodeStorage } from '../../../src/worker/node-storage.ts';
import { escapes, strangeNames } from '../core/formats/escaping-paths.ts';
import { someGeneration, someState, tinyCorpus, tinyManifest, tinySpec } from '../core/formats/run-fixtures.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'cellscope-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function faultOf(promise: Promise<unknown>): Promise<StorageFault | 'none'> {
  try {
    await promise;
  } catch (error) {
    expect(error).toBeInstanceOf(StorageError);
    return (error as StorageError).fault;
  }
  return 'none';
}

describe('node storage', () => {
  it('writes, appends, renames over, lists sorted, and removes whole folders', async () => {
    const storage = nodeStorage(path.join(root, 'not/yet/there'));
    expect(await storage.list('')).toEqual([]);
    await storage.write('b/x', Uint8Array.of(1, 2));
    await storage.append('b/x', Uint8Array.of(3));
    await storage.append('a', Uint8Array.of(9));
    expect([...(await storage.read('b/x'))]).toEqual([1, 2, 3]);
    expect(await storage.list('')).toEqual(['a', 'b']);
    await storage.rename('b/x', 'a');
    expect([...(await storage.read('a'))]).toEqual([1, 2, 3]);
    await storage.remove('b');
    await storage.remove('b');
    expect(await storage.list('')).toEqual(['a']);
  });

  it('creates a file only where there is none, whole, for one of many who try', async () => {
    const storage = nodeStorage(path.join(root, 'a'));
    const contents = Array.from({ length: 20 }, (_, k) => new Uint8Array(1000).fill(k));
    const made = await Promise.all(contents.map((bytes) => storage.create('b/lock', bytes)));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await storage.read('b/lock')).toEqual(contents[made.indexOf(true)]);
    expect(await storage.list('b')).toEqual(['lock']);
  });

  it('does not bring a deleted root back', async () => {
    const folder = path.join(root, 'run');
    const storage = nodeStorage(folder);
    await storage.write('checkpoints/1/x', Uint8Array.of(1));
    rmSync(folder, { recursive: true });
    expect(await faultOf(storage.write('checkpoints/2/x', Uint8Array.of(1)))).toBe('not-found');
    expect(await faultOf(storage.write('run.json', Uint8Array.of(1)))).toBe('not-found');
    expect(await faultOf(storage.append('metrics.jsonl', Uint8Array.of(1)))).toBe('not-found');
    expect(await faultOf(storage.create('lock.json', Uint8Array.of(1)))).toBe('not-found');
    await storage.remove('lock.json');
    expect(existsSync(folder)).toBe(false);
  });

  it('names what went wrong', async () => {
    const storage = nodeStorage(root);
    expect(await faultOf(storage.read('none'))).toBe('not-found');
    expect(await faultOf(storage.rename('none', 'other'))).toBe('not-found');
    mkdirSync(path.join(root, 'folder'));
    expect(await faultOf(storage.read('folder'))).toBe('other');
  });

  it('refuses every path that leads out of the folder on some system, and takes strange names as they are', async () => {
    const inside = path.join(root, 'store/run');
    const storage = nodeStorage(inside);
    expect(await escapes(storage)).toEqual([]);
    expect(await storage.list('')).toEqual(['inside']);
    expect(readdirSync(path.join(root, 'store'))).toEqual(['run']);
    expect(readdirSync(root)).toEqual(['store']);
    for (const name of strangeNames) await storage.write(`${name}/${name}`, Uint8Array.of(1));
    expect(readdirSync(inside)).toEqual([...strangeNames, 'inside'].sort());
  });

  it.skipIf(!existsSync('/dev/full'))('a full device is “no-space”', async () => {
    await expect(nodeStorage('/dev').append('full', Uint8Array.of(1))).rejects.toMatchObject({ fault: 'no-space' });
  });

  it.skipIf(process.platform === 'win32')('does not follow links out of the root', async () => {
    const outside = path.join(root, 'outside');
    const storage = nodeStorage(path.join(root, 'run'));
    await storage.write('run.json', Uint8Array.of(1));
    mkdirSync(path.join(outside, '7'), { recursive: true });
    writeFileSync(path.join(outside, 'file'), 'untouched');
    symlinkSync(outside, path.join(root, 'run/checkpoints'));
    symlinkSync(path.join(outside, 'file'), path.join(root, 'run/metrics.jsonl'));
    for (const attempt of [
      () => storage.write('checkpoints/new', Uint8Array.of(1)),
      () => storage.write('metrics.jsonl', Uint8Array.of(1)),
      () => storage.append('metrics.jsonl', Uint8Array.of(1)),
      () => storage.read('metrics.jsonl'),
      () => storage.read('checkpoints/file'),
      () => storage.remove('checkpoints/7'),
    ])
      expect(await faultOf(attempt())).toBe('denied');
    expect(readFileSync(path.join(outside, 'file'), 'utf8')).toBe('untouched');
    await storage.remove('checkpoints');
    expect(readdirSync(outside).sort()).toEqual(['7', 'file']);
  });

  it.skipIf(process.getuid?.() === 0)('a folder without permission is “denied”', async () => {
    chmodSync(root, 0o500);
    expect(await faultOf(nodeStorage(root).write('x', Uint8Array.of(1)))).toBe('denied');
    chmodSync(root, 0o700);
  });
});

describe('a run on disk', () => {
  it('comes back whole', async () => {
    const run = await RunFolder.create(nodeStorage(root), tinyManifest(), tinyCorpus);
    await run.saveGeneration(someGeneration(1));
    await run.saveGeneration({ ...someGeneration(2), session: someState(2, true) });
    const again = await RunFolder.open(nodeStorage(root));
    expect((await again.loadGeneration()).session).toEqual(someState(2, true));
    expect(await again.readCorpus()).toEqual(tinyCorpus);
    expect(JSON.parse(readFileSync(path.join(root, 'checkpoints/current.json'), 'utf8'))).toEqual({ generation: 2 });
  });

  it('its weights open from a Buffer, which shares its memory', () => {
    const { parameters } = someState(3);
    const pooled = Buffer.concat([Buffer.from('xyz'), encodeCheckpoint(tinySpec, parameters)]).subarray(3);
    const back = decodeCheckpoint(pooled);
    pooled.fill(0);
    expect([...back.parameters]).toEqual([...parameters]);
  });

  it('a save that meets a file where its folder should be leaves the last good generation', async () => {
    const run = await RunFolder.create(nodeStorage(root), tinyManifest(), tinyCorpus);
    await run.saveGeneration(someGeneration(1));
    const storage = nodeStorage(root);
    const { write } = storage;
    const blocked = await RunFolder.open({
      ...storage,
      write: async (file, bytes) => {
        if (file.endsWith('state.safetensors'))
          writeFileSync(path.join(root, 'checkpoints/2/state.safetensors'), 'half');
        if (file.endsWith('state.json')) throw new StorageError('no-space', 'The disk is full.');
        await write(file, bytes);
      },
    });
    await expect(blocked.saveGeneration(someGeneration(2))).rejects.toMatchObject({ fault: 'no-space' });
    expect(await storage.list('checkpoints')).toEqual(['1', 'current.json']);
    expect((await (await RunFolder.open(storage)).loadGeneration()).session).toEqual(someState(1));
  });
});
