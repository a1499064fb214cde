/** What differs between the node and the browser extension host, handed in by the entry points. */
import type * as vscode from 'vscode';
import type { LockOwner } from '../core/formats/run-lock.ts';
import type { WorkerHandle } from '../worker/ports.ts';

export type { WorkerHandle };

export type WorkerName = 'training-worker' | 'inspector-worker' | 'file-worker';

/** Reading as `vscode.workspace.fs` has it. */
export type ReadableFiles = Pick<vscode.FileSystem, 'stat' | 'readFile' | 'readDirectory'>;

export interface HostPlatform {
  readonly kind: 'node' | 'browser';
  /** Reads what is the extension's own: from the machine's disk where there is one, else through VS Code. */
  readonly ownFiles: ReadableFiles;
  /** Starts a bundled worker of dist/ and tells it the language; one in the background leaves the processor to the editor first, where the system can do that. */
  startWorker(name: WorkerName, background?: boolean): Promise<WorkerHandle>;
  /** Whether the holder of a run's lock is known to be gone: its process on this machine has ended. */
  hasEnded(holder: LockOwner): boolean;
}

/** How a worker is told of a file or folder: a path where the disk is meant, else the URI. */
export function workerPath(uri: vscode.Uri): string {
  return uri.scheme === 'file' ? uri.fsPath : uri.toString();
}
