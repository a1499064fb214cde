/** The WebAssembly engine's platform in Node: kernels and thread entry from the built folder, V8's flags, worker threads. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import v8 from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { KernelPlatform, KernelThread } from '../core/engine/platform.ts';
import { sentence, ToldError, t } from '../core/words.ts';

export interface NodeKernelOptions {
  /** File of the thread's entry point; default `kernel-thread.cjs` in the built folder. */
  threadEntry?: string;
  /**
   * Whether V8 may merge 128-bit operations into 256-bit ones. The flag is experimental and process-wide: by default on in plain Node
   * from version 24 on (in 22 it gains nothing), off inside Electron.
   */
  revectorize?: boolean;
}

/** `folder`: where `kernels/*.wasm` and the thread's entry point were built. */
export function nodeKernelPlatform(folder: string, options: NodeKernelOptions = {}): KernelPlatform {
  const entry = options.threadEntry ?? path.join(folder, 'kernel-thread.cjs');
  const plainNode = process.versions.electron === undefined && Number(process.versions.node.split('.')[0]) >= 24;
  return {
    cores: availableParallelism(),
    async readKernel(build, shared) {
      const file = path.join(folder, 'kernels', `${build}${shared ? '.shared' : ''}.wasm`);
      try {
        return await readFile(file);
      } catch (cause) {
        throw new Error(
          t('The kernel {0} cannot be read. Run "npm run build", or install the extension again.', file),
          {
            cause,
          },
        );
      }
    },
    enableRevectorization() {
      if (!(options.revectorize ?? plainNode)) return false;
      try {
        v8.setFlagsFromString('--experimental-wasm-revectorize');
        return true;
      } catch {
        return false;
      }
    },
    startThread: typeof SharedArrayBuffer === 'undefined' ? null : () => startThread(entry),
  };
}

function startThread(entry: string): Promise<KernelThread> {
  const worker = new Worker(entry, { name: 'cellscope kernel' });
  const thread: KernelThread = {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.on('message', listener),
    onError: (listener) => {
      worker.on('error', listener);
      worker.on('exit', (code) => listener(new ToldError(sentence('It ended with code {0}.', code))));
    },
    // `threadId` and the events tell it from the event loop only. The idle time is asked of the thread itself, and is −1 of
    // one that has ended; it is 0 of one whose loop was not seen turning before, hence the first question below.
    hasEnded: () => worker.performance.eventLoopUtilization().idle < 0,
    async stop() {
      await worker.terminate();
    },
  };
  worker.once('message', () => thread.hasEnded());
  return new Promise((resolve, reject) => {
    worker.once('online', () => resolve(thread));
    worker.once('error', reject);
  });
}
