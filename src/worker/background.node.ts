/** Work in the background, as the system's scheduler understands it. */
import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** Niceness that background work adds: the editor, its extension host and the inspector come first, an idle machine is used whole. */
const NICENESS = 5;

/**
 * Lowers the priority of the calling thread, and so of the threads it starts, where threads have priorities of their own
 * (Linux: setpriority takes a thread's number). Elsewhere nothing happens: `/proc/thread-self` does not exist.
 */
export function stepBack(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    if (thread !== process.pid) setPriority(thread, Math.min(19, getPriority(thread) + NICENESS));
  } catch {
    // No such system, or none that lets itself be asked: the training yields on request all the same.
  }
}
