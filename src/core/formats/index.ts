/** What hosts, workers and the command line use of the formats. */

export * from './cells-file.ts';
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
export type { Generation } from './generation.ts';
export * from './manifest.ts';
export { encodeManifest, parseManifest, RunFileError, type RunFileFault } from './manifest-file.ts';
export { encodeMetrics, parseMetrics } from './metrics-file.ts';
export { ModelFileError, type ModelFileFault } from './model-file-error.ts';
export { RunFolder } from './run-folder.ts';
export { type LockHost, type LockOwner, lockFile, RunLock, readLock, staleAfterMs } from './run-lock.ts';
export { type Storage, StorageError, type StorageFault } from './storage.ts';
