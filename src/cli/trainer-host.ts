/** What a trainer needs of the command line: a clock, turns for signals, a lock that names this process. */
import { randomBytes } from 'node:crypto';
import type { TrainerHost, TrainerProgress } from '../core/training/index.ts';
import { nodeLock } from '../worker/node-lock.ts';
import { exitCodes } from './command.ts';

export function trainerHost(onProgress: (progress: TrainerProgress) => void): TrainerHost {
  return {
    now: () => performance.now(),
    letMessagesIn: () => new Promise((resolve) => setImmediate(resolve)),
    onProgress,
    lock: nodeLock(),
  };
}

/** Sortable by time: `20261121-043012-7f3a`. */
export function newRunId(): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${randomBytes(2).toString('hex')}`;
}

/** Runs `action`; the first Ctrl-C (or SIGTERM) calls `onInterrupt`, the second leaves at once. */
export async function withInterrupt<T>(onInterrupt: () => void, action: () => Promise<T>): Promise<T> {
  let asked = false;
  const listener = (): void => {
    if (asked) process.exit(exitCodes.interrupted);
    asked = true;
    onInterrupt();
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  try {
    return await action();
  } finally {
    process.off('SIGINT', listener);
    process.off('SIGTERM', listener);
  }
}
