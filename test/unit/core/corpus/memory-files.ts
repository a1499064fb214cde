import type { FileSystem, FolderEntry } from '../../../../src/core/corpus/file-system.ts';

export type MemoryEntry =
  | string
  | Uint8Array
  | { fails: string; size?: number }
  | { link: 'file' | 'folder' | 'other' };

/** A FileSystem over a record of paths, with a log of the files that were read. */
export class MemoryFiles implements FileSystem {
  readonly log: string[] = [];
  private readonly entries: Map<string, MemoryEntry>;

  constructor(entries: Record<string, MemoryEntry>) {
    this.entries = new Map(Object.entries(entries));
  }

  async size(path: string): Promise<number> {
    const entry = this.entries.get(path);
    if (entry === undefined || (typeof entry === 'object' && 'link' in entry)) throw new Error(`${path} is not there`);
    if (typeof entry === 'string') return new TextEncoder().encode(entry).length;
    if (entry instanceof Uint8Array) return entry.length;
    return entry.size ?? 10;
  }

  async list(folder: string): Promise<FolderEntry[]> {
    const prefix = folder === '' ? '' : `${folder}/`;
    const found = new Map<string, FolderEntry>();
    for (const [path, entry] of this.entries) {
      if (!path.startsWith(prefix)) continue;
      const [name, ...rest] = path.slice(prefix.length).split('/') as [string, ...string[]];
      const link = rest.length === 0 && typeof entry === 'object' && 'link' in entry ? entry.link : null;
      found.set(name, { name, type: link ?? (rest.length > 0 ? 'folder' : 'file'), symbolicLink: link !== null });
    }
    return [...found.values()];
  }

  async read(path: string): Promise<Uint8Array> {
    this.log.push(path);
    const entry = this.entries.get(path);
    if (typeof entry === 'string') return new TextEncoder().encode(entry);
    if (entry instanceof Uint8Array) return entry;
    throw new Error(entry && 'fails' in entry ? entry.fails : `${path} is not there`);
  }
}
