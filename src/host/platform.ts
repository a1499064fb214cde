/** What differs between the node and the browser extension host, handed in by the entry points. */
import type { Port } from '../worker/channel.ts';

export type WorkerName = 'training-worker' | 'inspector-worker';

export interface WorkerHandle {
  readonly port: Port;
  terminate(): Promise<void>;
}

export interface HostPlatform {
  readonly kind: 'node' | 'browser';
  /** Starts a bundled worker of dist/. */
  startWorker(name: WorkerName): Promise<WorkerHandle>;
}
