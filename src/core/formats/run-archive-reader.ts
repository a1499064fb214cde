/**
 * Exported runs are read only as a whole: what is not exactly an archive that run-archive.ts writes is refused. Sizes are
 * looked at before anything is read, names before anything is written.
 */
import * as v from 'valibot';
import type { ModelSpec } from '../model/spec.ts';
import { t } from '../words.ts';
import type { ByteSource } from './byte-source.ts';
import { cellsFile, parseCellsFile } from './cells-file.ts';
import { describeIssues } from './checkpoint.ts';
import { sha256OfBytes } from './digest.ts';
import { inertText } from './inert-text.ts';
import { parseInertJson } from './json.ts';
import type { RunManifest } from './manifest.ts';
import { encodeManifest } from './manifest-file.ts';
import {
  type ArchiveList,
  corpusFile,
  knownFiles,
  listFile,
  listSchema,
  MB,
  mostBytes,
  mostFiles,
  RunArchiveError,
  type Step,
  userFile,
} from './run-archive.ts';
import { RunFolder } from './run-folder.ts';
import { type Storage, StorageError } from './storage.ts';
import { blockSize, padding, readTarHeader, type TarEntry, TarError } from './tar.ts';

/** What makes an imported run one of this machine's. */
export interface NewHome {
  id: string;
  /** Ids of the runs that are there already: a second copy says so in its name. */
  others: readonly string[];
  step: Step;
}

/**
 * Unpacks an archive into an empty folder that nobody looks at yet, and checks all of it: places, sizes, hashes, and that
 * the files are the run that its manifest says. Throws RunArchiveError, RunFileError or ModelFileError; what the folder
 * holds then is to be thrown away.
 */
export async function readRunArchive(source: ByteSource, folder: Storage, home: NewHome): Promise<RunManifest> {
  const entries = await readEntries(source);
  const list = await readList(source, entries);
  const weight = list.files.reduce((sum, { bytes }) => sum + bytes, 0) || 1;
  let done = 0;
  for (const [k, { name, bytes, sha256 }] of list.files.entries()) {
    home.step((0.8 * done) / weight);
    const { start } = entries[k]!;
    const content = await source.read(start, start + bytes);
    if ((await sha256OfBytes(content)) !== sha256)
      throw new RunArchiveError('damaged', t('The archive is damaged: {0} is not what was written.', name));
    await folder.write(name, content);
    done += bytes;
  }
  return settle(folder, list, home);
}

interface PlacedEntry extends TarEntry {
  start: number;
}

/** The archive's entries in order. Their names are among the known ones, none twice, and they fill the file exactly. */
async function readEntries(source: ByteSource): Promise<PlacedEntry[]> {
  const { size } = source;
  if (size > mostBytes)
    throw new RunArchiveError('too-large', t('The archive has {0} bytes; up to {1} are read.', size, mostBytes));
  const entries: PlacedEntry[] = [];
  const seen = new Set<string>();
  for (let at = 0; ; ) {
    if (at + blockSize > size) throw truncated();
    const entry = header(await source.read(at, at + blockSize), at);
    at += blockSize;
    if (!entry) {
      const rest = await source.read(at, Math.min(size, at + blockSize));
      if (rest.length < blockSize) throw truncated();
      if (rest.some((byte) => byte !== 0) || at + blockSize !== size)
        throw new RunArchiveError('damaged', t('The archive goes on after its end: it is damaged.'));
      return entries;
    }
    checkEntry(entry, seen);
    if (entries.length === mostFiles) throw new RunArchiveError('too-large', t('It holds over {0} files.', mostFiles));
    entries.push({ ...entry, start: at });
    at += entry.size + padding(entry.size);
    if (at > size) throw truncated();
  }
}

function header(block: Uint8Array, at: number): TarEntry | null {
  try {
    return readTarHeader(block);
  } catch (error) {
    if (!(error instanceof TarError)) throw error;
    if (at === 0) throw new RunArchiveError('not-archive', t('This is not an exported run. {0}', error.message));
    throw new RunArchiveError('damaged', t('The archive cannot be read. {0}', error.message));
  }
}

function checkEntry({ name, size }: TarEntry, seen: Set<string>): void {
  const kind = name === listFile ? { most: 4 * MB } : knownFiles.find((each) => each.name.test(name));
  if (!kind)
    throw new RunArchiveError('unexpected', t('The archive holds “{0}”, which is no file of a run.', inertText(name)));
  if (seen.has(name)) throw new RunArchiveError('unexpected', t('The archive holds {0} twice.', name));
  seen.add(name);
  if (size > kind.most)
    throw new RunArchiveError(
      'too-large',
      t('{0} has {1} bytes in the archive; up to {2} are read.', name, size, kind.most),
    );
}

/** The list at the archive's end; it names exactly the entries before it. */
async function readList(source: ByteSource, entries: readonly PlacedEntry[]): Promise<ArchiveList> {
  const last = entries.at(-1);
  if (last?.name !== listFile)
    throw new RunArchiveError('not-archive', t('This is not an exported run: it does not end with {0}.', listFile));
  let value: unknown;
  try {
    const bytes = await source.read(last.start, last.start + last.size);
    value = parseInertJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new RunArchiveError('damaged', t("The archive's {0} is not valid JSON.", listFile));
  }
  if (typeof value === 'object' && value !== null && 'formatVersion' in value && value.formatVersion !== 1)
    throw new RunArchiveError(
      'version-unknown',
      t(
        'This run was exported by a later Cellscope (format version {0}). Update Cellscope.',
        inertText(JSON.stringify(value.formatVersion), 20),
      ),
    );
  const parsed = v.safeParse(listSchema, value, { abortEarly: true });
  if (!parsed.success)
    throw new RunArchiveError(
      'damaged',
      t("The archive's {0} is damaged: {1}.", listFile, describeIssues(parsed.issues)),
    );
  const listed = parsed.output.files;
  const same =
    listed.length === entries.length - 1 &&
    listed.every(({ name, bytes }, k) => entries[k]!.name === name && entries[k]!.size === bytes);
  if (!same) throw new RunArchiveError('damaged', t('The archive does not hold the files that it lists.'));
  return parsed.output;
}

/** Checks the unpacked run and makes it this machine's: its id, its name, its state. */
async function settle(folder: Storage, { files }: ArchiveList, { id, others, step }: NewHome): Promise<RunManifest> {
  const names = new Set(files.map(({ name }) => name));
  const run = await RunFolder.open(folder);
  const { manifest } = run;
  const kept = new Set(manifest.generations.map(({ number }) => number));
  for (const name of names) {
    const number = /^checkpoints\/(\d+)\//.exec(name)?.[1];
    if (number !== undefined && !kept.has(Number(number)))
      throw new RunArchiveError(
        'unexpected',
        t('The archive holds {0}, a checkpoint that its run does not know.', name),
      );
  }
  for (const pointed of [manifest.current, manifest.best]) {
    if (pointed !== null && !kept.has(pointed))
      throw new RunArchiveError('damaged', t('The archive lacks checkpoint {0}, which its run points at.', pointed));
  }
  for (const [done, number] of [...kept].entries()) {
    step(0.8 + (0.2 * done) / kept.size);
    const { spec } = await run.readModel(number);
    if (!sameJson(shapeOf(spec), shapeOf(manifest.spec)))
      throw new RunArchiveError('damaged', t('Checkpoint {0} is of another network than the run.', number));
  }
  if (manifest.current !== null && names.has(`checkpoints/${manifest.current}/state.safetensors`))
    await run.loadGeneration();
  if (names.has(corpusFile) && !sameJson((await run.readCorpus()).vocabulary, manifest.spec.vocabulary))
    throw new RunArchiveError('damaged', t('The text of the archive has another vocabulary than its network.'));
  if (names.has(cellsFile)) await dropWhereUnreadable(folder);
  const called = (await givenName(folder, names)) || manifest.name;
  await folder.remove(userFile);
  const live = manifest.state === 'running' || manifest.state === 'paused';
  const settled: RunManifest = {
    ...manifest,
    id,
    name: inertText(others.includes(manifest.id) ? `${called} (copy)` : called),
    state: live ? 'interrupted' : manifest.state,
  };
  await folder.write('run.json', encodeManifest(settled));
  step(1);
  return settled;
}

/** The cells that were found can be found again: a damaged report is no reason to refuse a run. */
async function dropWhereUnreadable(folder: Storage): Promise<void> {
  try {
    parseCellsFile(await folder.read(cellsFile));
  } catch (error) {
    if (error instanceof StorageError) throw error;
    await folder.remove(cellsFile);
  }
}

/** The name that a person gave the run, or nothing. */
async function givenName(folder: Storage, names: ReadonlySet<string>): Promise<string> {
  if (!names.has(userFile)) return '';
  try {
    const value = parseInertJson(new TextDecoder().decode(await folder.read(userFile)));
    const name = (value as { name?: unknown } | null)?.name;
    return typeof name === 'string' ? name.trim() : '';
  } catch (error) {
    if (error instanceof StorageError) throw error;
    return '';
  }
}

const shapeOf = ({ layers, connections, vocabulary }: ModelSpec) => ({ layers, connections, vocabulary });

/** Whether two values read from JSON are the same, whatever the order of their keys. */
function sameJson(a: unknown, b: unknown): boolean {
  if (
    Array.isArray(a) ||
    Array.isArray(b) ||
    typeof a !== 'object' ||
    typeof b !== 'object' ||
    a === null ||
    b === null
  ) {
    if (!(Array.isArray(a) && Array.isArray(b))) return a === b;
    return a.length === b.length && a.every((item, k) => sameJson(item, b[k]));
  }
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(x);
  return (
    keys.length === Object.keys(y).length && keys.every((key) => Object.hasOwn(y, key) && sameJson(x[key], y[key]))
  );
}

function truncated(): RunArchiveError {
  return new RunArchiveError('truncated', t('The archive is truncated: it ends before its last file. Copy it again.'));
}
