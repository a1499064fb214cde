/** Ports over browser workers. The few globals are declared here: this folder compiles without the DOM's types. */

import { t } from '../core/words.ts';
import type { Port } from './channel.ts';
import { PortListeners, type WorkerHandle } from './ports.ts';
import { hearWords } from './words.ts';

interface MessageTarget {
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
  addEventListener(type: 'message' | 'messageerror', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'error', listener: (event: { message?: string }) => void): void;
}
interface BrowserWorker extends MessageTarget {
  terminate(): void;
}
declare const self: MessageTarget & { readonly name: string };
declare const MessageChannel: new () => {
  port1: { onmessage: (() => void) | null; close(): void };
  port2: { postMessage(message: null): void };
};
declare const Worker: new (url: string, options?: { name?: string }) => BrowserWorker;

/** Tells the workers of this host from those of other windows. */
const hostId = crypto.randomUUID();

/** In a worker: what names its host. */
export function hostName(): string {
  return self.name;
}

/** The worker's end, which also hears which language the host speaks. A browser worker is not told when its host goes: it ends with it. */
export function parent(): Port {
  const listeners = new PortListeners();
  self.addEventListener('message', ({ data }) => listeners.tell(data));
  return hearWords({
    post: (message, transfer) => self.postMessage(message, transfer ? [...transfer] : []),
    onMessage: (listener) => listeners.onMessage(listener),
    onClose: (listener) => listeners.onClose(listener),
  });
}

/** The host's end: starts a worker from the text of a bundle (a blob: the page's own origin cannot be assumed). */
export function startBrowserWorker(source: Uint8Array | string): WorkerHandle {
  const part = typeof source === 'string' ? source : new TextDecoder().decode(source);
  const url = URL.createObjectURL(new Blob([part], { type: 'text/javascript' }));
  const worker = new Worker(url, { name: hostId });
  const listeners = new PortListeners();
  worker.addEventListener('message', ({ data }) => listeners.tell(data));
  worker.addEventListener('error', ({ message }) => {
    worker.terminate();
    listeners.end(new Error(message ? t('The worker failed: {0}', message) : t('The worker failed.')));
  });
  return {
    port: {
      post: (message, transfer) => worker.postMessage(message, transfer ? [...transfer] : []),
      onMessage: (listener) => listeners.onMessage(listener),
      onClose: (listener) => listeners.onClose(listener),
    },
    terminate: async () => {
      worker.terminate();
      URL.revokeObjectURL(url);
      listeners.end(new Error(t('The worker was ended.')));
    },
  };
}

/** Resolves after messages that have arrived were delivered. A message to oneself is not slowed down as timers are. */
export function letMessagesIn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
