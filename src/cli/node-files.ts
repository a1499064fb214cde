import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { EntryType, FileSystem, FolderEntry } from '../core/corpus/file-system.ts';

/** A folder on disk. */
export class NodeFiles implements FileSystem {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async size(file: string): Promise<number> {
    return (await this.words(stat(this.at(file)))).size;
  }

  async list(folder: string): Promise<FolderEntry[]> {
    const entries = await this.words(readdir(this.at(folder), { withFileTypes: true }));
    return Promise.all(
      entries.map(async (entry): Promise<FolderEntry> => {
        const symbolicLink = entry.isSymbolicLink();
        const found = symbolicLink ? await stat(path.join(this.at(folder), entry.name)).catch(() => null) : entry;
        const type: EntryType = found?.isDirectory() ? 'folder' : found?.isFile() ? 'file' : 'other';
        return { name: entry.name, type, symbolicLink };
      }),
    );
  }

  async read(file: string): Promise<Uint8Array> {
    return this.words(readFile(this.at(file)));
  }

  private at(relative: string): string {
    return path.join(this.folder, relative);
  }

  /** Replaces node's messages, which repeat the path, by words. */
  private async words<T>(action: Promise<T>): Promise<T> {
    try {
      return await action;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      throw new Error(wordsOf[code ?? ''] ?? (error as Error).message, { cause: error });
    }
  }
}

const wordsOf: Record<string, string> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  ENOENT: 'vanished',
  ELOOP: 'too many links',
  EISDIR: 'a folder now',
};
