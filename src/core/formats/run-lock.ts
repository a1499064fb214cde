/** `lock.json`: who trains a run, with a heartbeat. A lock whose heart has stopped belongs to a training that died. */
import { parseInertJson } from './json.ts';
import { RunFileError } from './manifest-file.ts';
import { type Storage, StorageError } from './storage.ts';

export const lockFile = 'lock.json';
/** A heartbeat older than this is stale: the run reads as interrupted. */
export const staleAfterMs = 30_000;
/** How often a training should beat. */
export const beatEveryMs = 5_000;

/** Who holds a lock. `token` is unique to one training; `place` lets a host find out early that the holder is dead. */
export interface LockOwner {
  token: string;
  /** E.g. machine and process; compared and interpreted by the host alone. */
  place?: string;
}

export interface LockState extends LockOwner {
  /** Milliseconds since 1970. */
  heartbeat: number;
}

export interface LockHost {
  owner: LockOwner;
  /** Milliseconds since 1970. */
  now(): number;
  /** True where the host knows that the holder no longer runs (its process is gone). */
  isGone?(owner: LockState): boolean;
}

/** The lock in force, or null: none, stale, unreadable, or its holder gone. */
export async function readLock(storage: Storage, now: number, isGone?: LockHost['isGone']): Promise<LockState | null> {
  let value: unknown;
  try {
    value = parseInertJson(new TextDecoder().decode(await storage.read(lockFile)));
  } catch (error) {
    if (error instanceof StorageError && error.fault !== 'not-found') throw error;
    return null;
  }
  const { token, place, heartbeat } = (value ?? {}) as Record<string, unknown>;
  if (typeof token !== 'string' || typeof heartbeat !== 'number') return null;
  if (Math.abs(now - heartbeat) > staleAfterMs) return null;
  const lock: LockState = { token, heartbeat, ...(typeof place === 'string' ? { place } : {}) };
  return isGone?.(lock) ? null : lock;
}

/** A held lock: beat it at least every `beatEveryMs`, release it at the end. */
export class RunLock {
  private readonly storage: Storage;
  private readonly host: LockHost;
  private last = Number.NEGATIVE_INFINITY;

  private constructor(storage: Storage, host: LockHost) {
    this.storage = storage;
    this.host = host;
  }

  /** Throws RunFileError `locked` while another training holds the run. */
  static async acquire(storage: Storage, host: LockHost): Promise<RunLock> {
    const held = await readLock(storage, host.now(), host.isGone);
    if (held && held.token !== host.owner.token) {
      const ago = Math.max(0, Math.round((host.now() - held.heartbeat) / 1000));
      throw new RunFileError(
        'locked',
        `This run is being trained elsewhere (last sign of life ${ago} s ago). Stop it there, or try again in ${Math.ceil(staleAfterMs / 1000) - ago} s if that window is gone.`,
      );
    }
    const lock = new RunLock(storage, host);
    await lock.write();
    return lock;
  }

  /** Renews the heartbeat where it is due. A failed write is no reason to stop a training: the next one is tried in time. */
  async beat(): Promise<void> {
    if (this.host.now() - this.last < beatEveryMs) return;
    try {
      await this.write();
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
    }
  }

  private async write(): Promise<void> {
    this.last = this.host.now();
    const state: LockState = { ...this.host.owner, heartbeat: this.last };
    await this.storage.write(lockFile, new TextEncoder().encode(JSON.stringify(state)));
  }

  async release(): Promise<void> {
    await this.storage.remove(lockFile);
  }
}
