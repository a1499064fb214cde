/** What a trainer needs of the command line: a clock, turns for signals, a lock that names this process. */
import { randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { TrainerHost, TrainerProgress } from '../core/training/index.ts';
import { exitCodes } from './command.ts';

export function trainerHost(onProgress: (progress: TrainerProgress) => void): TrainerHost {
  return {
    now: () => performance.now(),
    letMessagesIn: () => new Promise((resolve) => setImmediate(resolve)),
    onProgress,
    lock: {
      owner: { token: randomUUID(), place: `${hostname()} ${process.pid}` },
      now: () => Date.now(),
      isGone: ({ place }) => isGone(place),
    },
  };
}

/** True where the place names a process of this machine that has ended. */
function isGone(place: string | undefined): boolean {
  const [machine, pid] = place?.split(' ') ?? [];
  if (machine !== hostname() || !/^\d+$/.test(pid ?? '')) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
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
