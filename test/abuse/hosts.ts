/** Processes that stand in for extension hosts. */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { HostOrder, HostWord } from './child/host.ts';

export interface HostProcess {
  process: ChildProcess;
  words: HostWord[];
  /** Resolves with how it ended: what the product said last, or null where it was killed. */
  ended: Promise<HostWord | null>;
}

export function startHost(order: HostOrder, onWord: (word: HostWord) => void = () => {}): HostProcess {
  const child = fork(path.join(import.meta.dirname, 'child/host.ts'), [JSON.stringify(order)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const words: HostWord[] = [];
  child.on('message', (word: HostWord) => {
    words.push(word);
    onWord(word);
  });
  const ended = new Promise<HostWord | null>((resolve) => {
    child.on('close', () => resolve(words.findLast(({ kind }) => kind === 'outcome' || kind === 'error') ?? null));
  });
  return { process: child, words, ended };
}
