/** Serves export and import of runs over the platform's files. */
import { type ByteSource, bytesInMemory } from '../core/formats/byte-source.ts';
import { RunArchiveError, writeRunArchive } from '../core/formats/run-archive.ts';
import { type NewHome, readRunArchive } from '../core/formats/run-archive-reader.ts';
import type { Storage } from '../core/formats/storage.ts';
import { t } from '../core/words.ts';
import type { RunArchiveService } from '../protocol/run-archive-service.ts';
import { type CallContext, cancelled, withTransfer } from './channel.ts';

/** A file that is written from its beginning to its end. */
export interface FileSink {
  write(bytes: Uint8Array): Promise<void>;
  /** Makes it a file of the name that was asked for. */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

export interface ArchivePlatform {
  storage(folder: string): Storage;
  openFile(path: string): Promise<ByteSource>;
  createFile(path: string): Promise<FileSink>;
}

/** Largest archive that is put together in memory, where there is no file to write to. */
const largestInMemory = 2 ** 30;

type Request<M extends keyof RunArchiveService> = Parameters<RunArchiveService[M]>[0];

export class RunArchives implements RunArchiveService {
  private readonly platform: ArchivePlatform;

  constructor(platform: ArchivePlatform) {
    this.platform = platform;
  }

  async exportRun({ folder, target, text }: Request<'exportRun'>, context: CallContext<{ fraction: number }>) {
    const parts: Uint8Array[] = [];
    const sink = target === null ? memorySink(parts) : await this.platform.createFile(target);
    let size = 0;
    const write = (bytes: Uint8Array): Promise<void> => {
      size += bytes.length;
      return sink.write(bytes);
    };
    try {
      await writeRunArchive(this.platform.storage(folder), write, { text, now: Date.now(), step: stepOf(context) });
      await sink.finish();
    } catch (error) {
      await sink.discard();
      throw error;
    }
    if (target !== null) return { bytes: null, size };
    const bytes = joined(parts, size);
    return withTransfer({ bytes, size }, [bytes.buffer as ArrayBuffer]);
  }

  async importRun({ source, folder, id, others }: Request<'importRun'>, context: CallContext<{ fraction: number }>) {
    return this.unpack(source, this.platform.storage(folder), { id, others, step: stepOf(context) });
  }

  async installRun(request: Request<'installRun'>, context: CallContext<{ fraction: number }>) {
    const { source, root, staging, place, id } = request;
    const storage = this.platform.storage(root);
    await storage.remove(staging);
    const installed = await this.unpack(source, folderOf(storage, staging), { id, others: [], step: stepOf(context) });
    await storage.remove(place);
    await storage.rename(staging, place);
    return installed;
  }

  private async unpack(source: string | Uint8Array, folder: Storage, home: NewHome) {
    const file = typeof source === 'string' ? await this.platform.openFile(source) : bytesInMemory(source);
    try {
      const { name, generations } = await readRunArchive(file, folder, home);
      return { name, checkpoints: generations.length };
    } finally {
      await file.close();
    }
  }
}

function stepOf({ signal, progress }: CallContext<{ fraction: number }>): (fraction: number) => void {
  return (fraction) => {
    if (signal.aborted) throw cancelled();
    progress({ fraction });
  };
}

/** A folder below a storage's root as a storage of its own. */
function folderOf(storage: Storage, folder: string): Storage {
  const below = (path: string): string => (path === '' ? folder : `${folder}/${path}`);
  return {
    read: (path) => storage.read(below(path)),
    write: (path, bytes) => storage.write(below(path), bytes),
    create: (path, bytes) => storage.create(below(path), bytes),
    append: (path, bytes) => storage.append(below(path), bytes),
    rename: (from, to) => storage.rename(below(from), below(to)),
    remove: (path) => storage.remove(below(path)),
    list: (path) => storage.list(below(path)),
  };
}

function memorySink(parts: Uint8Array[]): FileSink {
  let size = 0;
  return {
    write: async (bytes) => {
      size += bytes.length;
      if (size > largestInMemory)
        throw new RunArchiveError('too-large', t('The run has over 1 GB: export it to a file of this machine.'));
      parts.push(bytes);
    },
    finish: async () => {},
    discard: async () => {},
  };
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
