/** Single files on node's file system, read and written piece by piece. */
import { open, rename, rm, stat } from 'node:fs/promises';
import type { ByteSource } from '../core/formats/byte-source.ts';
import { t } from '../core/words.ts';
import { CodedError } from './channel.ts';
import { storageError } from './node-storage.ts';
import type { FileSink } from './run-archives.ts';

/** Rejects with the codes `not-found` or `unreadable`. */
export async function openNodeFile(path: string): Promise<ByteSource> {
  try {
    // Before it is opened: opening a pipe would wait for its other end.
    if (!(await stat(path)).isFile()) throw new CodedError('unreadable', t('{0} is not a file.', path));
    const handle = await open(path, 'r');
    const { size } = await handle.stat();
    return {
      size,
      read: async (start, end) => {
        const bytes = new Uint8Array(end - start);
        for (let at = 0; at < bytes.length; ) {
          const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
          if (bytesRead === 0) throw new CodedError('changed', t('{0} has become shorter while it was read.', path));
          at += bytesRead;
        }
        return bytes;
      },
      close: () => handle.close(),
    };
  } catch (error) {
    if (error instanceof CodedError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new CodedError('not-found', t('{0} does not exist. Was it moved or deleted?', path));
    throw new CodedError('unreadable', t('{0} cannot be read: {1}.', path, message));
  }
}

/** Writes beside the file that is meant, and takes its place at the end. Rejects with StorageErrors. */
export async function createNodeFile(path: string): Promise<FileSink> {
  const draft = `${path}.part`;
  const attempt = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      throw storageError(path, error);
    }
  };
  const handle = await attempt(() => open(draft, 'w'));
  return {
    write: (bytes) =>
      attempt(async () => {
        for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
      }),
    finish: () =>
      attempt(async () => {
        await handle.sync();
        await handle.close();
        await rename(draft, path);
      }),
    discard: async () => {
      await handle.close().catch(() => {});
      await rm(draft, { force: true });
    },
  };
}
