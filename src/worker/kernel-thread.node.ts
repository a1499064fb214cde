/** Entry point of one kernel thread of the WebAssembly engine. */
import { parentPort } from 'node:worker_threads';
import { serveKernelThread } from '../core/engine/wasm/team.ts';

const port = parentPort!;
serveKernelThread({
  post: (message) => port.postMessage(message),
  onMessage: (listener) => port.on('message', listener),
});
