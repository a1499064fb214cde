/** Single files on node's file system, read piece by piece. */
import { open, stat } from 'node:fs/promises';
import type { ByteSource } from '../core/formats/byte-source.ts';
import { CodedError } from './channel.ts';

/** Rejects with the codes `not-found` or `unreadable`. */
export async function openNodeFile(path: string): Promise<ByteSource> {
  try {
    // Before it is opened: opening a pipe would wait for its other end.
    if (!(await stat(path)).isFile()) throw new CodedError('unreadable', `${path} is not a file.`);
    const handle = await open(path, 'r');
    const { size } = await handle.stat();
    return {
      size,
      read: async (start, end) => {
        const bytes = new Uint8Array(end - start);
        for (let at = 0; at < bytes.length; ) {
          const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
          if (bytesRead === 0) throw new CodedError('changed', `${path} has become shorter while it was read.`);
          at += bytesRead;
        }
        return bytes;
      },
      close: () => handle.close(),
    };
  } catch (error) {
    if (error instanceof CodedError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new CodedError('not-found', `${path} does not exist. Was it moved or deleted?`);
    throw new CodedError('unreadable', `${path} cannot be read: ${message}.`);
  }
}
