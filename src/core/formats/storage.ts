import { type Sentence, sentence, ToldError, verbatim } from '../words.ts';
import { inertText } from './inert-text.ts';

/**
 * A folder tree handed to the core by its host: node's file system in a worker or the command line, vscode.workspace.fs
 * behind a channel in the browser, a Map in tests. Paths are relative to the storage's root, `/` separated; those that
 * could lead out of it, on whatever system, are refused as `denied`. The root itself, `''`, can only be listed.
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
  constructor(fault: StorageFault, ...told: (string | Sentence)[]) {
    super(...told.map((each) => (typeof each === 'string' ? verbatim(each) : each)));
    this.name = 'StorageError';
    this.fault = fault;
  }
}

/**
 * Refuses what could lead out of a storage's root: names come from the core, but some of them were read from files.
 * A backslash separates folders on Windows, a colon names a drive or a stream there.
 * @throws StorageError `denied`
 */
export function checkPath(path: string): void {
  const isInside = path.split('/').every((name) => !['', '.', '..'].includes(name) && !/[\\:\0]/.test(name));
  if (!isInside) throw new StorageError('denied', sentence("{0} lies outside the run's folder.", inertText(path)));
}
