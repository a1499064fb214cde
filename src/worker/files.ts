/** Both ends of the FilesService: the host's, over its own storages, and the worker's, as storages again. */
import { type Storage, StorageError, type StorageFault } from '../core/formats/storage.ts';
import type { FilesService } from '../protocol/files-service.ts';
import { CodedError, type Remote } from './channel.ts';

/** What the host has. All may throw StorageErrors. */
export interface HostFiles {
  storage(folder: string): Storage;
  readFile(path: string): Promise<Uint8Array>;
  readAsset(name: string): Promise<Uint8Array>;
}

/** The host's end: serve it on the worker's port. */
export function filesService(host: HostFiles): FilesService {
  return {
    readFile: ({ path }) => coded(() => host.readFile(path)),
    readAsset: ({ name }) => coded(() => host.readAsset(name)),
    read: ({ folder, path }) => coded(() => host.storage(folder).read(path)),
    write: ({ folder, path, bytes }) => coded(() => host.storage(folder).write(path, bytes)),
    create: ({ folder, path, bytes }) => coded(() => host.storage(folder).create(path, bytes)),
    append: ({ folder, path, bytes }) => coded(() => host.storage(folder).append(path, bytes)),
    rename: ({ folder, from, to }) => coded(() => host.storage(folder).rename(from, to)),
    remove: ({ folder, path }) => coded(() => host.storage(folder).remove(path)),
    list: ({ folder, path }) => coded(() => host.storage(folder).list(path)),
  };
}

/** The worker's end of a run folder. */
export function remoteStorage(remote: Remote<FilesService>, folder: string): Storage {
  return {
    read: (path) => uncoded(remote.call('read', { folder, path })),
    write: (path, bytes) => uncoded(remote.call('write', { folder, path, bytes })),
    create: (path, bytes) => uncoded(remote.call('create', { folder, path, bytes })),
    append: (path, bytes) => uncoded(remote.call('append', { folder, path, bytes })),
    rename: (from, to) => uncoded(remote.call('rename', { folder, from, to })),
    remove: (path) => uncoded(remote.call('remove', { folder, path })),
    list: (path) => uncoded(remote.call('list', { folder, path })),
  };
}

/** The worker's end of single files. */
export async function readRemoteFile(remote: Remote<FilesService>, path: string): Promise<Uint8Array> {
  return uncoded(remote.call('readFile', { path }));
}

/** Only an error's code crosses the channel: a StorageError travels as a CodedError. */
async function coded<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof StorageError ? new CodedError(error.fault, error.message) : error;
  }
}

const faults: readonly string[] = ['not-found', 'no-space', 'denied', 'other'] satisfies StorageFault[];

async function uncoded<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof CodedError && faults.includes(error.code))
      throw new StorageError(error.code as StorageFault, error.message);
    throw error;
  }
}
