import { beforeAll, describe, expect, it } from 'vitest';
import { bytesInMemory } from '../../../../src/core/formats/byte-source.ts';
import { sha256OfBytes } from '../../../../src/core/formats/digest.ts';
import { type RunFileError, RunFolder } from '../../../../src/core/formats/index.ts';
import { writeRunArchive } from '../../../../src/core/formats/run-archive.ts';
import { readRunArchive } from '../../../../src/core/formats/run-archive-reader.ts';
import { blockSize, padding, readTarHeader, tarEnd, writeTarHeader } from '../../../../src/core/formats/tar.ts';
import { Random } from '../../../../src/core/random.ts';
import { MemoryStorage } from './memory-storage.ts';
import { someGeneration, tinyCorpus, tinyManifest } from './run-fixtures.ts';

const encode = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

async function someRun(): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  const folder = await RunFolder.create(storage, tinyManifest(), tinyCorpus);
  for (const seed of [1, 2, 3]) await folder.saveGeneration(someGeneration(seed), { best: 2 });
  await folder.appendMetrics([
    { chars: 1, seconds: 1, trainNats: 2, gradientNorm: 1, clipScale: 1, learningRate: 0.1 },
  ]);
  await storage.write('user.json', encode({ name: 'Mine' }));
  await storage.write('lock.json', encode({ token: 'x', heartbeat: 1 }));
  return storage;
}

async function exported(storage: MemoryStorage, text = true): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const write = async (bytes: Uint8Array): Promise<void> => void parts.push(bytes.slice());
  await writeRunArchive(storage, write, { text, now: 0, step: () => {} });
  return joined(parts);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

async function imported(archive: Uint8Array, storage = new MemoryStorage(), others: string[] = []) {
  const manifest = await readRunArchive(bytesInMemory(archive), storage, { id: 'new', others, step: () => {} });
  return { manifest, storage };
}

/** An archive of these files, with a list that fits, however hostile they are. */
async function archiveOf(files: readonly [string, Uint8Array][], name = writeName): Promise<Uint8Array> {
  const list = await Promise.all(
    files.map(async ([file, bytes]) => ({ name: file, bytes: bytes.length, sha256: await sha256OfBytes(bytes) })),
  );
  const all: [string, Uint8Array][] = [...files, ['cellscope-run.json', encode({ formatVersion: 1, files: list })]];
  return joined([
    ...all.flatMap(([file, bytes]) => [name(file, bytes.length), bytes, new Uint8Array(padding(bytes.length))]),
    tarEnd(),
  ]);
}

/** A header with any name, its checksum mended. */
function writeName(name: string, size: number): Uint8Array {
  const block = writeTarHeader({ name: 'x', size }, 0);
  block.set(encode(name).subarray(0, 100));
  return mended(block);
}

function mended(block: Uint8Array): Uint8Array {
  block.fill(0x20, 148, 156);
  const sum = block.reduce((a, b) => a + b, 0);
  block.set(encode(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  return block;
}

async function faultOf(archive: Uint8Array, storage = new MemoryStorage()): Promise<string> {
  try {
    await imported(archive, storage);
  } catch (error) {
    return (error as RunFileError).code ?? `${error}`;
  }
  return 'none';
}

describe('an exported run', () => {
  let run: MemoryStorage;
  let archive: Uint8Array;
  let files: [string, Uint8Array][];
  beforeAll(async () => {
    run = await someRun();
    archive = await exported(run);
    files = entries(archive).slice(0, -1);
  });

  /** Names and bytes of an archive's entries. */
  function entries(bytes: Uint8Array): [string, Uint8Array][] {
    const found: [string, Uint8Array][] = [];
    for (let at = 0; ; ) {
      const entry = readTarHeader(bytes.subarray(at, at + blockSize));
      if (!entry) return found;
      at += blockSize;
      found.push([entry.name, bytes.slice(at, at + entry.size)]);
      at += entry.size + padding(entry.size);
    }
  }

  it('comes back as it was, with an id of its own', async () => {
    const { manifest, storage } = await imported(archive);
    expect(manifest).toMatchObject({ id: 'new', name: 'Mine', state: 'interrupted', current: 3, best: 2 });
    for (const [name, bytes] of run.files) {
      if (['run.json', 'user.json', 'lock.json'].includes(name)) continue;
      expect(storage.files.get(name), name).toEqual(bytes);
    }
    expect([...storage.files.keys()].sort()).toEqual(
      [...run.files.keys()].filter((name) => name !== 'user.json' && name !== 'lock.json').sort(),
    );
    const folder = await RunFolder.open(storage);
    expect(await folder.loadGeneration()).toEqual(await (await RunFolder.open(run)).loadGeneration());
    expect(await folder.readCorpus()).toEqual(tinyCorpus);
    expect(await folder.readMetrics()).toHaveLength(1);
    const { id: _, name: __, state: ___, ...rest } = folder.manifest;
    expect(rest).toEqual(expect.objectContaining({ spec: tinyManifest().spec, options: tinyManifest().options }));
  });

  it('is a copy where the run is there already', async () => {
    const { manifest } = await imported(archive, new MemoryStorage(), ['other', 'tiny']);
    expect(manifest.name).toBe('Mine (copy)');
  });

  it('may leave its text out: it is looked at, not trained longer', async () => {
    const without = await exported(run, false);
    expect(new TextDecoder('latin1').decode(without)).not.toContain('a.ts');
    const { storage } = await imported(without);
    const folder = await RunFolder.open(storage);
    expect((await folder.readModel('best')).generation).toBe(2);
    await expect(folder.readCorpus()).rejects.toMatchObject({ code: 'no-text' });
  });

  it('is the same bytes for the same run and time', async () => {
    expect(await exported(run)).toEqual(archive);
  });

  it('is refused wherever it is cut off, before anything is written', async () => {
    for (let length = 0; length < archive.length; length += 257) {
      const storage = new MemoryStorage();
      expect(await faultOf(archive.subarray(0, length), storage), `${length}`).toMatch(/^(truncated|not-archive)$/);
      expect(storage.files.size).toBe(0);
    }
  });

  it('is refused with anything after its end', async () => {
    expect(await faultOf(joined([archive, new Uint8Array(512)]))).toBe('damaged');
    expect(await faultOf(joined([archive, archive]))).toBe('damaged');
  });

  const places = [
    '../run.json',
    '/etc/passwd',
    'checkpoints/../../run.json',
    'checkpoints/1/../../../x',
    'C:\\run.json',
    'C:/run.json',
    'checkpoints\\1\\model.safetensors',
    'checkpoints/01/model.safetensors',
    'checkpoints/1/model.safetensors/',
    './run.json',
    '__proto__',
    'constructor',
    'lock.json',
    'run.json\u202e',
    'RUN.JSON',
    'node_modules/x/package.json',
  ];
  for (const place of places)
    it(`is refused with a file at ${JSON.stringify(place)}, before anything is written`, async () => {
      const storage = new MemoryStorage();
      const hostile = await archiveOf([...files, [place, encode('x')]]);
      expect(await faultOf(hostile, storage)).toMatch(/^(unexpected|damaged)$/);
      expect(storage.files.size).toBe(0);
    });

  it('is refused with a file twice', async () => {
    expect(await faultOf(await archiveOf([...files, files[0]!]))).toBe('unexpected');
  });

  it('is refused with a link, a folder, a long name or a checkpoint that nobody knows', async () => {
    for (const [at, byte] of [
      [156, 0x31],
      [156, 0x32],
      [156, 0x35],
      [156, 0x4c],
      [157, 0x61],
      [345, 0x61],
    ] as const) {
      const hostile = archive.slice();
      hostile[at] = byte;
      hostile.set(mended(hostile.slice(0, blockSize)));
      expect(await faultOf(hostile), `${at} ${byte}`).toBe('not-archive');
    }
    const stray: [string, Uint8Array] = ['checkpoints/9/state.json', encode('{}')];
    expect(await faultOf(await archiveOf([...files, stray]))).toBe('unexpected');
  });

  it('is refused by its claimed sizes, without room being made for them', async () => {
    const huge = writeTarHeader({ name: 'run.json', size: 8 ** 11 - 1 }, 0);
    expect(await faultOf(joined([huge, new Uint8Array(1024)]))).toBe('too-large');
    const long = writeTarHeader({ name: 'corpus.jsonl', size: 2 ** 29 }, 0);
    expect(await faultOf(joined([long, new Uint8Array(1024)]))).toBe('truncated');
  });

  it('is refused where a file is another than was listed, or belongs to another run', async () => {
    const other = await exported(await someRun());
    expect(other).toEqual(archive);
    const changed = (name: string, bytes: Uint8Array) =>
      archiveOf(files.map(([file, content]) => [file, file === name ? bytes : content]));
    const model = files.find(([file]) => file === 'checkpoints/2/model.safetensors')![1].slice();
    model[model.length - 1]! ^= 1;
    expect(await faultOf(await changed('checkpoints/2/model.safetensors', model))).toBe('invalid');
    const manifest = JSON.parse(new TextDecoder().decode(files[0]![1]));
    const narrower = { ...manifest, spec: { ...manifest.spec, vocabulary: ['<unk>', 'b', '\n'] } };
    expect(await faultOf(await changed('run.json', encode(narrower)))).toBe('damaged');
    expect(await faultOf(await changed('run.json', encode({ ...manifest, best: 77 })))).toBe('damaged');
    expect(await faultOf(await changed('run.json', encode('{')))).toBe('invalid');
    expect(await faultOf(await archiveOf(files.filter(([file]) => file !== 'run.json')))).toBe('missing');
    expect(await faultOf(await archiveOf(files.filter(([file]) => !/3.model/.test(file))))).toBe('invalid');
    expect(await faultOf(await archiveOf(files.filter(([file]) => file !== 'user.json')))).toBe('none');
  });

  it('is refused after any change of a byte that counts, or comes back whole', async () => {
    const random = new Random(5);
    let refused = 0;
    for (let round = 0; round < 400; round++) {
      const mutated = archive.slice();
      const at = random.below(mutated.length);
      mutated[at]! ^= 1 << random.below(8);
      const storage = new MemoryStorage();
      const fault = await faultOf(mutated, storage);
      // Bits of the filling between files and of fields that are not read may differ.
      if (fault === 'none') expect((await RunFolder.open(storage)).manifest.current).toBe(3);
      else refused++;
      expect(fault).toMatch(/^[a-z-]+$/);
    }
    expect(refused).toBeGreaterThan(150);
  });

  it('names nothing that a file says as it stands', async () => {
    const names = { name: `<b>x</b>\u001b[31m\u202e${'y'.repeat(5000)}` };
    const hostile = await archiveOf(files.map(([file, bytes]) => [file, file === 'user.json' ? encode(names) : bytes]));
    const { manifest } = await imported(hostile);
    expect(manifest.name.length).toBeLessThan(250);
    for (const hidden of ['\u001b', '\u202e']) expect(manifest.name).not.toContain(hidden);
  });

  it('drops a report of cells that cannot be read, and keeps the run', async () => {
    const { storage } = await imported(await archiveOf([...files, ['cells.json', encode('{"formatVersion":1}')]]));
    expect(storage.files.has('cells.json')).toBe(false);
  });

  it('that is not whole cannot be exported', async () => {
    const broken = run.reborn();
    broken.files.delete('checkpoints/2/model.safetensors');
    await expect(exported(broken)).rejects.toMatchObject({ code: 'damaged' });
  });

  it('is stopped between two files', async () => {
    let steps = 0;
    const step = (): void => {
      if (++steps === 4) throw new Error('stop');
    };
    const home = { id: 'new', others: [], step };
    await expect(readRunArchive(bytesInMemory(archive), new MemoryStorage(), home)).rejects.toThrow('stop');
  });
});
