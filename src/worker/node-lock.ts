import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { LockHost, LockOwner } from '../core/formats/run-lock.ts';

/**
 * A lock that names this machine and process. Its holder counts as gone where its process has ended, and where it is a
 * thread of this very process: a host trains a run in one worker at a time, so an older one of its own was killed.
 */
export function nodeLock(): LockHost {
  const place = `${hostname()} ${process.pid}`;
  return {
    owner: { token: randomUUID(), place },
    now: () => Date.now(),
    isGone: (holder) => holder.place === place || hasEnded(holder),
  };
}

/** Whether the process of a lock's holder has ended; false where it ran on another machine. */
export function hasEnded({ place }: LockOwner): boolean {
  const match = /^(.*) (\d+)$/.exec(place ?? '');
  if (!match || match[1] !== hostname()) return false;
  try {
    process.kill(Number(match[2]), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
