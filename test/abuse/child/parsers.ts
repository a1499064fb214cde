/**
 * Feeds mutated files to every reader of the formats, in a process of its own with a small heap: a reader that asks for far
 * more than the file holds ends it. Sends its parent `{ done }` now and then and `{ result }` at the end.
 */

import { bytesInMemory } from '../../../src/core/formats/byte-source.ts';
import { parseCellsFile } from '../../../src/core/formats/cells-file.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../../src/core/formats/checkpoint.ts';
import { encodeCorpus, parseCorpus } from '../../../src/core/formats/corpus-file.ts';
import { sha256OfBytes } from '../../../src/core/formats/digest.ts';
import { readGeneration } from '../../../src/core/formats/generation.ts';
import { encodeManifest, parseManifest, RunFileError } from '../../../src/core/formats/manifest-file.ts';
import { encodeMetrics, parseMetrics } from '../../../src/core/formats/metrics-file.ts';
import { describeModel } from '../../../src/core/formats/model-description.ts';
import { ModelFileError } from '../../../src/core/formats/model-file-error.ts';
import { RunArchiveError, writeRunArchive } from '../../../src/core/formats/run-archive.ts';
import { readRunArchive } from '../../../src/core/formats/run-archive-reader.ts';
import { RunFolder } from '../../../src/core/formats/run-folder.ts';
import { readLock } from '../../../src/core/formats/run-lock.ts';
import { readSafetensors, writeSafetensors } from '../../../src/core/formats/safetensors.ts';
import { readSafetensorsHeader } from '../../../src/core/formats/safetensors-header.ts';
import { StorageError } from '../../../src/core/formats/storage.ts';
import { parameterLayout } from '../../../src/core/model/layout.ts';
import { Random } from '../../../src/core/random.ts';
import { MemoryStorage } from '../../unit/core/formats/memory-storage.ts';
import { someGeneration, someState, tinyCorpus, tinyManifest, tinySpec } from '../../unit/core/formats/run-fixtures.ts';
import { join, mutateBytes, mutateJson } from '../mutate.ts';

export interface ParserOrder {
  count: number;
  seed: number;
}
export interface ParserResult {
  refused: number;
  /** Largest growth of heap and array buffers while one file was read, beyond the file's own size. Bytes. */
  growth: number;
  /** Milliseconds. */
  slowest: number;
}

const { count, seed } = JSON.parse(process.argv[2]!) as ParserOrder;
const random = new Random(seed);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (json: string): Uint8Array => new TextEncoder().encode(json);

const point = { chars: 1, seconds: 1, trainNats: 1, gradientNorm: 1, clipScale: 1, learningRate: 1, validationNats: 2 };
const own = encodeCheckpoint(tinySpec, someState(1).parameters);
const foreign = writeSafetensors(
  new Map([...someState(2).parameters].map(([name, tensor]) => [name.replace('rnn.', 'encoder.lstm.'), tensor])),
  new Map([['vocab', JSON.stringify(tinySpec.vocabulary)]]),
);
const halves = (() => {
  const shape = [parameterLayout(tinySpec)[0]!.shape[0]!, 3];
  const size = shape[0]! * 3 * 2;
  const header = JSON.stringify({ w: { dtype: 'F16', shape, data_offsets: [0, size] } }).padEnd(96);
  return join(lengthPrefix(header.length), bytes(header), new Uint8Array(size));
})();

function lengthPrefix(length: number): Uint8Array {
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(length), true);
  return prefix;
}

/** A safetensors file whose header alone was mutated, with a length that is right: the rules behind the first are reached. */
function mutateHeader(file: Uint8Array): Uint8Array {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = bytes(mutateJson(text(file.subarray(8, 8 + length)).trimEnd(), random));
  return join(lengthPrefix(header.length), header, file.subarray(8 + length));
}

const safetensors = (): Uint8Array => {
  const file = [own, foreign, halves][random.below(3)]!;
  return random.below(2) === 0 ? mutateHeader(file) : mutateBytes(file, random);
};
const lines = (file: Uint8Array): Uint8Array => {
  const all = text(file).trimEnd().split('\n');
  const at = random.below(all.length);
  all[at] = mutateJson(all[at]!, random);
  return random.below(4) === 0 ? mutateBytes(bytes(all.join('\n')), random) : bytes(all.join('\n'));
};
const json = (file: Uint8Array): Uint8Array =>
  random.below(3) === 0 ? mutateBytes(file, random) : bytes(mutateJson(text(file), random));

const manifestBytes = encodeManifest({
  ...tinyManifest(),
  generations: [{ number: 1, trainedChars: 9, validationNats: 1 }],
});
const corpusBytes = join(...encodeCorpus(tinyCorpus));
const metricsBytes = encodeMetrics([point, point, point]);
const cellsBytes = bytes('{"formatVersion":1}');

/** A whole run with one mutated file, read as a window and as a resume read it. */
const disk = new MemoryStorage();
const run = await RunFolder.create(disk, tinyManifest(), tinyCorpus);
await run.saveGeneration(someGeneration(1));
await run.saveGeneration(someGeneration(2));
await run.appendMetrics([point, point]);
await disk.write('lock.json', bytes('{"token":"t","place":"p 1","heartbeat":1}'));

async function readRun(file: string, content: Uint8Array): Promise<void> {
  const storage = new MemoryStorage(new Map(disk.files).set(file, content));
  await readLock(storage, 2);
  const opened = await RunFolder.open(storage);
  await opened.readMetrics();
  for (const read of [() => opened.readCorpus(), () => opened.readModel('current'), () => opened.loadGeneration()])
    await read().catch((error: unknown) => {
      if (!isForeseen(error)) throw error;
    });
}

/** A generation whose mutated state comes with the right size and hash: what only its author can make. */
async function readSigned(content: Uint8Array): Promise<void> {
  const storage = new MemoryStorage(new Map(disk.files));
  const info = JSON.parse(text(await storage.read('checkpoints/2/state.json')));
  const which = random.below(2) === 0 ? 'model' : 'state';
  info.files[which] = { bytes: content.length, sha256: await sha256OfBytes(content) };
  await storage.write(`checkpoints/2/${which}.safetensors`, content);
  await storage.write('checkpoints/2/state.json', bytes(JSON.stringify(info)));
  await readGeneration(storage, 2);
}

/** The run as one file, its parts as they are or one of them mutated under a right hash. */
async function archiveOf(storage: MemoryStorage): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const write = async (piece: Uint8Array): Promise<void> => void pieces.push(piece);
  await writeRunArchive(storage, write, { text: true, now: 0, step: () => {} });
  return join(...pieces);
}
const archive = await archiveOf(disk);

async function readArchive(content: Uint8Array): Promise<void> {
  const folder = new MemoryStorage();
  await readRunArchive(bytesInMemory(content), folder, { id: 'imported', others: [], step: () => {} });
  for (const name of folder.files.keys())
    if (name.startsWith('/') || /(^|[/\\])\.\.([/\\]|$)/.test(name)) throw new Error(`The archive wrote ${name}.`);
}

const files = [...disk.files.keys()];
const readers: (() => { file: Uint8Array; read: () => unknown })[] = [
  () => of(safetensors(), decodeCheckpoint),
  () => of(safetensors(), readSafetensors),
  () => of(safetensors(), (file) => describeModel(readSafetensorsHeader(file, file.length))),
  () => of(safetensors(), decodeCheckpoint),
  () => of(json(manifestBytes), parseManifest),
  () => of(lines(metricsBytes), parseMetrics),
  () => of(lines(corpusBytes), parseCorpus),
  () => of(json(cellsBytes), parseCellsFile),
  () => of(safetensors(), readSigned),
  () => of(mutateBytes(archive, random), readArchive),
  () => {
    const name = files[random.below(files.length)]!;
    const before = disk.files.get(name)!;
    const after = name.endsWith('.jsonl')
      ? lines(before)
      : name.endsWith('.json')
        ? json(before)
        : mutateBytes(before, random);
    const storage = new MemoryStorage(new Map(disk.files).set(name, after));
    return { file: archive, read: async () => readArchive(await archiveOf(storage)) };
  },
  () => {
    const file = files[random.below(files.length)]!;
    const before = disk.files.get(file)!;
    const after = file.endsWith('.json')
      ? json(before)
      : file.endsWith('.jsonl')
        ? lines(before)
        : mutateBytes(before, random);
    return of(after, (content) => readRun(file, content));
  },
];
function of(file: Uint8Array, read: (file: Uint8Array) => unknown): { file: Uint8Array; read: () => unknown } {
  return { file, read: () => read(file) };
}

function isForeseen(error: unknown): boolean {
  if (error instanceof Error && /^cells\.json is /.test(error.message)) return true;
  return (
    error instanceof ModelFileError ||
    error instanceof RunFileError ||
    error instanceof RunArchiveError ||
    error instanceof StorageError
  );
}

const memory = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
const result: ParserResult = { refused: 0, growth: 0, slowest: 0 };
for (let k = 0; k < count; k++) {
  const { file, read } = readers[k % readers.length]!();
  if (k % 500 === 0) {
    globalThis.gc!();
    process.send!({ done: k });
  }
  const before = memory();
  const start = performance.now();
  try {
    await read();
  } catch (error) {
    if (!isForeseen(error)) throw new Error(`Mutation ${k} of seed ${seed} was not foreseen.`, { cause: error });
    result.refused++;
  }
  result.slowest = Math.max(result.slowest, performance.now() - start);
  result.growth = Math.max(result.growth, memory() - before - file.length);
}
if (({} as { polluted?: unknown }).polluted !== undefined) throw new Error('A prototype was polluted.');
process.send!({ result });
