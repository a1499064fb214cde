import { type Sentence, ToldError, verbatim } from '../words.ts';

/**
 * A folder tree handed to the core by its host: node's file system in a worker or the command line, vscode.workspace.fs
 * behind a channel in the browser, a Map in tests. Paths are relative to the storage's root, `/` separated.
 */
export interface Storage {
  /** Throws a StorageError `not-found` where there is no such file. */
  read(path: string): Promise<Uint8Array>;
  /**
   * Writes the whole file and syncs it to disk. Creates parent folders, the root among them only for the first write: a
   * root that is deleted later stays so, and the write fails with `not-found`.
   */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Writes a file where there is none, whole or not at all; false where there is one. Exclusive where the host can. */
  create(path: string, bytes: Uint8Array): Promise<boolean>;
  append(path: string, bytes: Uint8Array): Promise<void>;
  /** Replaces the file `to` atomically where the host can; makes its folder. */
  rename(from: string, to: string): Promise<void>;
  /** Recursive; a missing path is no error. */
  remove(path: string): Promise<void>;
  /** Names in a folder, sorted; empty where it is missing. */
  list(path: string): Promise<string[]>;
}

export type StorageFault = 'not-found' | 'no-space' | 'denied' | 'other';

export class StorageError extends ToldError {
  readonly fault: StorageFault;
  constructor(fault: StorageFault, told: string | Sentence) {
    super(typeof told === 'string' ? verbatim(told) : told);
    this.name = 'StorageError';
    this.fault = fault;
  }
}
