import { type Storage, StorageError } from '../../../../src/core/formats/storage.ts';

/** Thrown by a storage whose process "was killed": nothing after it happens. */
export class Killed extends Error {}

/**
 * A storage in memory with faults: a disk that is full after so many bytes, and a process that dies in the middle of its
 * n-th operation (a write then leaves half of its bytes).
 */
export class MemoryStorage implements Storage {
  readonly files: Map<string, Uint8Array>;
  /** Operations so far: each changes the disk once. */
  operations = 0;
  private capacity = Number.POSITIVE_INFINITY;
  private killOperation = Number.POSITIVE_INFINITY;
  private killed = false;

  constructor(files = new Map<string, Uint8Array>()) {
    this.files = files;
  }

  /** Writes fail as on a full disk once `bytes` more were written; what fits is written. */
  failAfter(bytes: number): void {
    this.capacity = bytes;
  }

  /** The n-th operation from now (1-based) is cut in its middle, and everything after it throws. */
  killAt(operation: number): void {
    this.killOperation = this.operations + operation;
  }

  /** What the next process finds. */
  reborn(): MemoryStorage {
    return new MemoryStorage(new Map(this.files));
  }

  async read(path: string): Promise<Uint8Array> {
    if (this.killed) throw new Killed();
    const bytes = this.files.get(path);
    if (!bytes) throw new StorageError('not-found', `${path} does not exist.`);
    return bytes.slice();
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    this.put(path, new Uint8Array(0), bytes);
  }

  async create(path: string, bytes: Uint8Array): Promise<boolean> {
    if (this.files.has(path)) return false;
    await this.write(path, bytes);
    return true;
  }

  async append(path: string, bytes: Uint8Array): Promise<void> {
    this.put(path, this.files.get(path) ?? new Uint8Array(0), bytes);
  }

  async rename(from: string, to: string): Promise<void> {
    if (this.step()) throw new Killed();
    const bytes = this.files.get(from);
    if (!bytes) throw new StorageError('not-found', `${from} does not exist.`);
    this.files.delete(from);
    this.files.set(to, bytes);
  }

  /** A kill in the middle of a recursive removal leaves every second file. */
  async remove(path: string): Promise<void> {
    const half = this.step();
    let k = 0;
    for (const file of [...this.files.keys()]) {
      if (file !== path && !file.startsWith(`${path}/`)) continue;
      if (!half || k++ % 2 === 0) this.files.delete(file);
    }
    if (half) throw new Killed();
  }

  async list(path: string): Promise<string[]> {
    if (this.killed) throw new Killed();
    const prefix = path === '' ? '' : `${path}/`;
    const names = new Set<string>();
    for (const file of this.files.keys())
      if (file.startsWith(prefix)) names.add(file.slice(prefix.length).split('/')[0]!);
    return [...names].sort();
  }

  private put(path: string, before: Uint8Array, bytes: Uint8Array): void {
    const half = this.step();
    const fits = half ? Math.floor(bytes.length / 2) : Math.min(bytes.length, this.capacity);
    this.capacity -= fits;
    const after = new Uint8Array(before.length + fits);
    after.set(before);
    after.set(bytes.subarray(0, fits), before.length);
    this.files.set(path, after);
    if (half) throw new Killed();
    if (fits < bytes.length) throw new StorageError('no-space', `The disk is full: ${path} could not be written.`);
  }

  /** Counts one operation; true where the process dies in it. */
  private step(): boolean {
    if (this.killed) throw new Killed();
    this.killed = ++this.operations === this.killOperation;
    return this.killed;
  }
}
