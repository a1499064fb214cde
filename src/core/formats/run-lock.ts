/** `lock.json`: who trains a run, with a heartbeat. A lock whose heart has stopped belongs to a training that died. */

import { sentence, t } from '../words.ts';
import { parseInertJson } from './json.ts';
import { RunFileError } from './manifest-file.ts';
import { type Storage, StorageError } from './storage.ts';

export const lockFile = 'lock.json';
/** A heartbeat older than this is stale: the run reads as interrupted. */
export const staleAfterMs = 30_000;
/** Nor may a lock ask for more patience than this, whatever its file says. */
const mostPatienceMs = 15 * 60_000;
/** How often a training should beat. */
export const beatEveryMs = 5_000;
/** How often it looks whether it still holds the lock. */
const lookEveryMs = 1_000;
/** A living holder beats within this after a clock has jumped, also while it pauses. */
const settleMs = 3_000;

/** Who holds a lock. `token` is unique to one training; `place` lets a host find out early that the holder is dead. */
export interface LockOwner {
  token: string;
  /** E.g. machine and process; compared and interpreted by the host alone. */
  place?: string;
}

export interface LockState extends LockOwner {
  /** Milliseconds since 1970. */
  heartbeat: number;
  /** Milliseconds without a heartbeat that mean nothing: the holder computes steps that long. */
  patience?: number;
}

export interface LockHost {
  owner: LockOwner;
  /** Milliseconds since 1970. */
  now(): number;
  /** True where the host knows that the holder no longer runs (its process is gone). */
  isGone?(owner: LockState): boolean;
  /** Resolves after so many milliseconds; default: by a timer. */
  wait?(ms: number): Promise<void>;
  /** Calls again and again until what it returns is called; default: by a timer. */
  every?(ms: number, call: () => void): () => void;
}

/** The lock in force, or null: none, stale, unreadable, or its holder gone. */
export async function readLock(storage: Storage, now: number, isGone?: LockHost['isGone']): Promise<LockState | null> {
  const lock = await readHolder(storage);
  if (!lock || Math.abs(now - lock.heartbeat) > patienceWith(lock)) return null;
  return isGone?.(lock) ? null : lock;
}

/** Who the file names, dead or alive; null where there is none or it is damaged. */
export async function readHolder(storage: Storage): Promise<LockState | null> {
  let value: unknown;
  try {
    value = parseInertJson(new TextDecoder().decode(await storage.read(lockFile)));
  } catch (error) {
    if (error instanceof StorageError && error.fault !== 'not-found') throw error;
    return null;
  }
  const { token, place, heartbeat, patience } = (value ?? {}) as Record<string, unknown>;
  if (typeof token !== 'string' || typeof heartbeat !== 'number') return null;
  return {
    token,
    heartbeat,
    ...(typeof place === 'string' ? { place } : {}),
    ...(typeof patience === 'number' ? { patience } : {}),
  };
}

/** Milliseconds after which this lock is stale. */
function patienceWith({ patience = 0 }: LockState): number {
  return Math.max(staleAfterMs, Math.min(patience, mostPatienceMs));
}

/**
 * A held lock: beat it at least every `beatEveryMs`, release it at the end. The file is created exclusively and renewed
 * by renaming, so that nobody reads half of it; who took it over a dead holder at the same moment as another, or was
 * taken for dead (a clock that jumped, a machine that slept), finds the other's name there and must not write any more.
 */
export class RunLock {
  private readonly storage: Storage;
  private readonly host: LockHost;
  private lastBeat = Number.NEGATIVE_INFINITY;
  private lastLook = Number.NEGATIVE_INFINITY;
  private patience = 0;
  /** What the file says. */
  private toldPatience = 0;

  private constructor(storage: Storage, host: LockHost) {
    this.storage = storage;
    this.host = host;
  }

  /** Throws RunFileError `locked` while another training holds the run. */
  static async acquire(storage: Storage, host: LockHost): Promise<RunLock> {
    const lock = new RunLock(storage, host);
    await lock.refuseOthers();
    await lock.awaitSilence();
    if (await storage.create(lockFile, lock.mark())) return lock;
    await lock.refuseOthers(); // somebody may have come meanwhile
    await storage.remove(lockFile);
    if (!(await storage.create(lockFile, lock.mark()))) await lock.refuseOthers();
    await lock.verify();
    return lock;
  }

  /**
   * Renews the heartbeat and looks whether the lock is still held, both where they are due by a clock that may jump. A
   * failed write is no reason to stop a training: the next one is tried in time. Throws as `verify` does.
   */
  async beat(): Promise<void> {
    const now = this.host.now();
    const due = Math.abs(now - this.lastBeat) >= beatEveryMs;
    if (due || Math.abs(now - this.lastLook) >= lookEveryMs) await this.verify();
    if (due) await this.renew();
  }

  /**
   * To be called before work that lets no heartbeat through, with the milliseconds that it may take: who looks meanwhile
   * takes the holder for dead three times as late. Throws as `verify` does.
   */
  async expectSilence(milliseconds: number): Promise<void> {
    // It falls by halves: one short piece of work among long ones says little.
    this.patience = Math.max(Math.ceil(3 * milliseconds), Math.floor(this.patience / 2));
    const asked = Math.max(staleAfterMs, this.patience);
    const told = Math.max(staleAfterMs, this.toldPatience);
    const isNews = asked > told || (asked === staleAfterMs && told > staleAfterMs);
    if (!isNews) return;
    await this.verify();
    await this.renew();
  }

  /** Keeps the heart beating while one waits for a disk. Who has lost the lock learns it from the next `beat` or `verify`. */
  async during<T>(work: Promise<T>): Promise<T> {
    const { every = byTimer } = this.host;
    let beat = Promise.resolve();
    const stop = every(lookEveryMs, () => {
      beat = beat.then(() => this.beat()).catch(() => undefined);
    });
    try {
      return await work;
    } finally {
      stop();
      await beat;
    }
  }

  private async renew(): Promise<void> {
    try {
      const draft = `${lockFile}.tmp`;
      await this.storage.write(draft, this.mark());
      await this.storage.rename(draft, lockFile);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
    }
  }

  /**
   * Throws RunFileError `locked` where another training has taken the run over, StorageError `not-found` where the run is
   * gone. To be called before the run's files are changed.
   */
  async verify(): Promise<void> {
    this.lastLook = this.host.now();
    const holder = await readHolder(this.storage);
    if (holder && holder.token !== this.host.owner.token)
      throw new RunFileError(
        'locked',
        t('This run has been taken over by another window, which took this training for dead. It goes on there.'),
      );
    if (!holder && (await this.storage.list('')).length === 0)
      throw new StorageError('not-found', sentence("The run's folder does not exist any more."));
  }

  /** Leaves the lock of somebody else alone. */
  async release(): Promise<void> {
    const holder = await readHolder(this.storage);
    if (!holder || holder.token === this.host.owner.token) await this.storage.remove(lockFile);
  }

  /** A heartbeat of another time is that of a dead holder, or of a living one whose clock has jumped: that one beats again. */
  private async awaitSilence(): Promise<void> {
    const { owner, isGone, wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms)) } = this.host;
    const left = await readHolder(this.storage);
    if (!left || left.token === owner.token || isGone?.(left)) return;
    await wait(settleMs);
    const holder = await readHolder(this.storage);
    if (holder && holder.token !== owner.token && holder.heartbeat !== left.heartbeat) throw this.heldBy(holder);
  }

  private async refuseOthers(): Promise<void> {
    const { host } = this;
    const held = await readLock(this.storage, host.now(), host.isGone);
    if (held && held.token !== host.owner.token) throw this.heldBy(held);
  }

  private heldBy(held: LockState): RunFileError {
    const { host } = this;
    const staleSeconds = Math.ceil(patienceWith(held) / 1000);
    const ago = Math.min(staleSeconds, Math.max(0, Math.round((host.now() - held.heartbeat) / 1000)));
    return new RunFileError(
      'locked',
      t(
        'This run is being trained elsewhere (last sign of life {0} s ago). Stop it there, or try again in {1} s if that window is gone.',
        ago,
        staleSeconds - ago,
      ),
    );
  }

  /** The file's content as of now. */
  private mark(): Uint8Array {
    this.lastBeat = this.host.now();
    this.toldPatience = this.patience;
    const patient = this.patience > staleAfterMs ? { patience: this.patience } : {};
    const state: LockState = { ...this.host.owner, heartbeat: this.lastBeat, ...patient };
    return new TextEncoder().encode(JSON.stringify(state));
  }
}

function byTimer(milliseconds: number, call: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (): void => {
    timer = setTimeout(() => {
      call();
      wait();
    }, milliseconds);
  };
  wait();
  return () => clearTimeout(timer);
}
