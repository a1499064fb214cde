/**
 * What a worker without a file system (in a browser) asks of its host over the same port that it serves: files of run
 * folders, model files, and files of the extension's own dist/. Failures are CodedErrors whose code is a StorageFault.
 */
import type { CallContext } from '../worker/channel.ts';

export interface FilesService {
  /** A whole file, given by its path or URI as the host named it. */
  readFile(request: { path: string }, context: CallContext): Promise<Uint8Array>;
  /** A file of dist/, by name (kernels). */
  readAsset(request: { name: string }, context: CallContext): Promise<Uint8Array>;
  /** The rest is a Storage rooted at `folder`. */
  read(request: { folder: string; path: string }, context: CallContext): Promise<Uint8Array>;
  write(request: { folder: string; path: string; bytes: Uint8Array }, context: CallContext): Promise<void>;
  create(request: { folder: string; path: string; bytes: Uint8Array }, context: CallContext): Promise<boolean>;
  append(request: { folder: string; path: string; bytes: Uint8Array }, context: CallContext): Promise<void>;
  rename(request: { folder: string; from: string; to: string }, context: CallContext): Promise<void>;
  remove(request: { folder: string; path: string }, context: CallContext): Promise<void>;
  list(request: { folder: string; path: string }, context: CallContext): Promise<string[]>;
}
