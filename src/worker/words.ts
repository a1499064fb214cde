/** How a worker learns its host's language: by the first message on its port, before any call. */
import { setWords, type Words } from '../core/words.ts';
import type { Port } from './channel.ts';

/** The host's end. Without a translation nothing is said: a worker speaks English by itself. */
export function tellWords(port: Port, words: Words | undefined): void {
  if (words) port.post({ kind: 'words', words });
}

/** The worker's end. */
export function hearWords(port: Port): Port {
  port.onMessage((message) => {
    const { kind, words } = (message ?? {}) as { kind?: unknown; words?: unknown };
    if (kind === 'words') setWords(words);
  });
  return port;
}
