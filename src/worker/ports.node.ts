/** Ports over node's worker threads. */
import path from 'node:path';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { t } from '../core/words.ts';
import { stepBack } from './background.node.ts';
import type { Port } from './channel.ts';
import { PortListeners, type WorkerHandle } from './ports.ts';
import { hearWords } from './words.ts';

interface WorkerData {
  distribution: string;
  background: boolean;
}

/** In a worker: the folder with the built kernels. */
export function distributionFolder(): string {
  return (workerData as WorkerData).distribution;
}

/** The worker's end, which also hears which language the host speaks. A worker in the background steps back here, before it starts threads of its own. */
export function parent(): Port {
  if ((workerData as WorkerData | null)?.background) stepBack();
  const port = parentPort;
  if (!port) throw new Error('This file runs in a worker thread only.');
  const listeners = new PortListeners();
  port.on('message', (message) => listeners.tell(message));
  port.on('close', () => listeners.end(new Error('The host is gone.')));
  return hearWords({
    post: (message, transfer) => port.postMessage(message, transfer ? [...transfer] : []),
    onMessage: (listener) => listeners.onMessage(listener),
    onClose: (listener) => listeners.onClose(listener),
  });
}

/**
 * The host's end: starts a worker from a file (a bundle of dist/). Its port closes when the worker ends, with the error
 * that killed it where there was one.
 *
 * @param background the editor and the other workers come first
 * @param distribution where the worker finds the built kernels; default: the file's folder
 */
export function startNodeWorker(file: string, background = false, distribution = path.dirname(file)): WorkerHandle {
  const worker = new Worker(file, { workerData: { distribution, background } satisfies WorkerData });
  const listeners = new PortListeners();
  worker.on('message', (message) => listeners.tell(message));
  worker.on('error', (error) =>
    listeners.end(
      new Error(t('The worker failed: {0}', error instanceof Error ? error.message : String(error)), { cause: error }),
    ),
  );
  worker.on('exit', (code) => listeners.end(new Error(t('The worker ended unexpectedly (code {0}).', code))));
  return {
    port: {
      post: (message, transfer) => worker.postMessage(message, transfer ? [...transfer] : []),
      onMessage: (listener) => listeners.onMessage(listener),
      onClose: (listener) => listeners.onClose(listener),
    },
    terminate: async () => {
      await worker.terminate();
    },
  };
}
