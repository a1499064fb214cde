/** The storage of a run folder on node's file system: whole files are synced, with their folder, before a write resolves. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { appendFile, link, lstat, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { checkPath, type Storage, StorageError, type StorageFault } from '../core/formats/storage.ts';
import { type Sentence, sentence } from '../core/words.ts';

const faultOf: Record<string, StorageFault> = {
  ENOENT: 'not-found',
  ENOTDIR: 'not-found',
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
  EFBIG: 'no-space',
  EACCES: 'denied',
  ELOOP: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
};

/** Opening through a symbolic link fails, where the system can: a run that came from elsewhere must not lead to other files. */
const { O_APPEND, O_CREAT, O_NOFOLLOW = 0, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

/** @param root absolute path of the run's folder; it is created with the first write. */
export function nodeStorage(root: string): Storage {
  const top = path.resolve(root);
  let wasThere = false;
  /** Makes a folder below the root, and the root itself once: one that is deleted later must not come back half. */
  const makeFolder = async (folder: string): Promise<void> => {
    if (!wasThere) await mkdir(top, { recursive: true });
    wasThere = true;
    let at = top;
    for (const name of path.relative(top, folder).split(path.sep).filter(Boolean)) {
      at = path.join(at, name);
      await mkdir(at).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
    }
  };
  /** No folder on the way from the root may be a link. */
  const refuseLinks = async (folder: string): Promise<void> => {
    for (let at = folder; at.length > top.length; at = path.dirname(at)) {
      const found = await lstat(at).catch(() => null);
      if (found?.isSymbolicLink())
        throw new StorageError('denied', sentence("{0} is a link out of the run's folder.", at));
    }
  };
  const writeWhole = async (file: string, bytes: Uint8Array): Promise<void> => {
    await makeFolder(path.dirname(file));
    const handle = await open(file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  };
  const place = (relative: string): string => {
    checkPath(relative);
    return path.join(top, relative);
  };
  const attempt = async <T>(relative: string, action: (file: string) => Promise<T>): Promise<T> =>
    attemptAt(place(relative), action);
  const attemptAt = async <T>(file: string, action: (file: string) => Promise<T>): Promise<T> => {
    try {
      await refuseLinks(path.dirname(file));
      return await action(file);
    } catch (error) {
      throw storageError(file, error);
    }
  };
  return {
    read: (relative) =>
      attempt(relative, async (file) => {
        const { buffer, byteOffset, byteLength } = await readFile(file, { flag: O_RDONLY | O_NOFOLLOW });
        wasThere = true;
        return new Uint8Array(buffer, byteOffset, byteLength);
      }),
    write: (relative, bytes) =>
      attempt(relative, async (file) => {
        await writeWhole(file, bytes);
        await syncFolder(path.dirname(file));
      }),
    create: (relative, bytes) =>
      attempt(relative, async (file) => {
        const draft = `${file}.${randomUUID()}`;
        try {
          await writeWhole(draft, bytes);
          return await linkExclusively(draft, file, bytes);
        } finally {
          await rm(draft, { force: true });
          await syncFolder(path.dirname(file)).catch(() => undefined); // gone, where the write failed for that
        }
      }),
    append: (relative, bytes) =>
      attempt(relative, async (file) => {
        await makeFolder(path.dirname(file));
        await appendFile(file, bytes, { flag: O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW });
      }),
    rename: (from, to) =>
      attempt(to, async (file) => {
        await makeFolder(path.dirname(file));
        await rename(place(from), file);
        await syncFolder(path.dirname(file));
      }),
    remove: (relative) => attempt(relative, (file) => rm(file, { recursive: true, force: true })),
    list: async (relative) =>
      attemptAt(relative === '' ? top : place(relative), async (folder) => {
        try {
          return (await readdir(folder)).sort();
        } catch (error) {
          if (faultOfError(error) === 'not-found') return [];
          throw error;
        }
      }),
  };
}

/** Gives a written draft its name unless it is taken; where the file system has no hard links, writes it there anew. */
async function linkExclusively(draft: string, file: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EISDIR'].includes(code ?? '')) throw error;
  }
  try {
    await writeFile(file, bytes, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Makes new and renamed entries of a folder durable, where the system can (Windows and some network folders cannot). */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS'].includes(String((error as { code?: unknown }).code))) throw error;
  } finally {
    await handle.close();
  }
}

const messages: Record<StorageFault, (file: string, reason: string) => Sentence> = {
  'not-found': (file) => sentence('{0} does not exist.', file),
  'no-space': (file) => sentence('The disk is full: {0} could not be written.', file),
  denied: (file) => sentence('Permission denied: {0}.', file),
  other: (file, reason) => sentence('{0} cannot be used: {1}.', file, reason),
};

/** What went wrong with a file of the machine's, in words. */
export function storageError(file: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const fault = faultOfError(error);
  return new StorageError(fault, messages[fault](file, error instanceof Error ? error.message : String(error)));
}

function faultOfError(error: unknown): StorageFault {
  const code = (error as { code?: unknown } | null)?.code;
  return (typeof code === 'string' && Object.hasOwn(faultOf, code) && faultOf[code]) || 'other';
}
