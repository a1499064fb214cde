/**
 * A run as one file, `*.cellscope-run`: a tar archive (see tar.ts) of the run's files, and at its end
 * `cellscope-run.json`, which lists them with their sizes and hashes. Nothing in it is compressed: it cannot grow when it is
 * read. Reading is in run-archive-reader.ts.
 */
import * as v from 'valibot';
import { t } from '../words.ts';
import { cellsFile } from './cells-file.ts';
import { sha256OfBytes } from './digest.ts';
import { RunFolder } from './run-folder.ts';
import { type Storage, StorageError } from './storage.ts';
import { padding, tarEnd, writeTarHeader } from './tar.ts';

export type RunArchiveFault = 'not-archive' | 'truncated' | 'damaged' | 'unexpected' | 'too-large' | 'version-unknown';

/** An archive that is refused: `code` says why in one word, the message in full. */
export class RunArchiveError extends Error {
  readonly code: RunArchiveFault;
  constructor(code: RunArchiveFault, message: string) {
    super(message);
    this.name = 'RunArchiveError';
    this.code = code;
  }
}

/** Called between files with the share that is done, 0…1; throwing ends the work. */
export type Step = (fraction: number) => void;

export const MB = 2 ** 20;
export const listFile = 'cellscope-run.json';
export const corpusFile = 'corpus.jsonl';
export const userFile = 'user.json';

/** What a run consists of, and how large each file may be. Nothing else is written or taken. */
export const knownFiles: readonly { name: RegExp; most: number }[] = [
  { name: /^run\.json$/, most: 64 * MB },
  { name: /^user\.json$/, most: MB },
  { name: /^cells\.json$/, most: 256 * MB },
  { name: /^metrics\.jsonl$/, most: 1024 * MB },
  { name: /^corpus\.jsonl$/, most: 1024 * MB },
  { name: /^checkpoints\/current\.json$/, most: MB },
  { name: /^checkpoints\/[1-9]\d{0,8}\/state\.json$/, most: 16 * MB },
  { name: /^checkpoints\/[1-9]\d{0,8}\/(model|state)\.safetensors$/, most: 1024 * MB },
];
export const mostFiles = 4096;
export const mostBytes = 16 * 1024 * MB;

export const listSchema = v.object({
  formatVersion: v.literal(1),
  files: v.pipe(v.array(v.object({ name: v.string(), bytes: v.number(), sha256: v.string() })), v.maxLength(mostFiles)),
});
export type ArchiveList = v.InferOutput<typeof listSchema>;

/**
 * Writes the run of a folder piece by piece. Nobody may train it meanwhile.
 *
 * @param text false leaves out what it was trained on, and what only a resume needs: the run can be looked at, not trained
 * on. The names of its files stay in run.json.
 */
export async function writeRunArchive(
  storage: Storage,
  write: (bytes: Uint8Array) => Promise<void>,
  { text, now, step }: { text: boolean; now: number; step: Step },
): Promise<void> {
  const { manifest } = await RunFolder.open(storage);
  const names = ['run.json', userFile, 'metrics.jsonl', cellsFile, 'checkpoints/current.json'];
  if (text) names.push(corpusFile);
  for (const { number } of manifest.generations) {
    const folder = `checkpoints/${number}`;
    names.push(`${folder}/state.json`, `${folder}/model.safetensors`);
    if (text) names.push(`${folder}/state.safetensors`);
  }
  const list: ArchiveList = { formatVersion: 1, files: [] };
  const add = async (name: string, bytes: Uint8Array): Promise<void> => {
    await write(writeTarHeader({ name, size: bytes.length }, now / 1000));
    await write(bytes);
    await write(new Uint8Array(padding(bytes.length)));
  };
  for (const [done, name] of names.entries()) {
    step(done / names.length);
    const bytes = await readIfThere(storage, name);
    if (bytes) {
      list.files.push({ name, bytes: bytes.length, sha256: await sha256OfBytes(bytes) });
      await add(name, bytes);
    } else if (/\/(state\.json|model\.safetensors)$/.test(name))
      throw new RunArchiveError('damaged', t('This run is not whole: it lacks {0}, so it cannot be exported.', name));
  }
  await add(listFile, new TextEncoder().encode(JSON.stringify(list)));
  await write(tarEnd());
  step(1);
}

async function readIfThere(storage: Storage, name: string): Promise<Uint8Array | null> {
  try {
    return await storage.read(name);
  } catch (error) {
    if (error instanceof StorageError && error.fault === 'not-found') return null;
    throw error;
  }
}
