import { describe, expect, it } from 'vitest';
import { type LockState, RunLock, readLock, staleAfterMs } from '../../../../src/core/formats/run-lock.ts';
import { MemoryStorage } from './memory-storage.ts';

describe('run lock', () => {
  const host = (token: string, clock: { now: number }) => ({ owner: { token }, now: () => clock.now });

  it('is refused to a second training until it is released', async () => {
    const storage = new MemoryStorage();
    const clock = { now: 1_000_000 };
    const lock = await RunLock.acquire(storage, host('one', clock));
    await expect(RunLock.acquire(storage, host('two', clock))).rejects.toMatchObject({ code: 'locked' });
    await lock.release();
    expect(await readLock(storage, clock.now)).toBeNull();
    await RunLock.acquire(storage, host('two', clock));
  });

  it('lives by its heartbeat and is stale 30 s after the last one', async () => {
    const storage = new MemoryStorage();
    const clock = { now: 1_000_000 };
    const lock = await RunLock.acquire(storage, host('one', clock));
    for (let k = 0; k < 60; k++) {
      clock.now += 1000;
      await lock.beat();
      expect((await readLock(storage, clock.now))?.token).toBe('one');
    }
    const lastBeat = (await readLock(storage, clock.now))!.heartbeat;
    expect(await readLock(storage, lastBeat + staleAfterMs)).not.toBeNull();
    expect(await readLock(storage, lastBeat + staleAfterMs + 1)).toBeNull();
    clock.now = lastBeat + staleAfterMs + 1;
    await RunLock.acquire(storage, host('two', clock));
  });

  it('falls at once where the host knows that its holder is gone', async () => {
    const storage = new MemoryStorage();
    const clock = { now: 5 };
    const owner = { token: 'one', place: 'machine:17' };
    await RunLock.acquire(storage, { owner, now: () => clock.now });
    const isGone = (lock: LockState): boolean => lock.place === 'machine:17';
    await RunLock.acquire(storage, { owner: { token: 'two' }, now: () => clock.now, isGone });
    expect((await readLock(storage, clock.now))?.token).toBe('two');
  });

  it('is nothing where the file is damaged', async () => {
    const storage = new MemoryStorage();
    for (const content of ['', '{"token":', 'null', '{"token":1,"heartbeat":2}']) {
      await storage.write('lock.json', new TextEncoder().encode(content));
      expect(await readLock(storage, 2)).toBeNull();
    }
  });

  it('a heartbeat that cannot be written stops nothing', async () => {
    const storage = new MemoryStorage();
    const clock = { now: 0 };
    const lock = await RunLock.acquire(storage, host('one', clock));
    storage.failAfter(3);
    clock.now = 10_000;
    await lock.beat();
    storage.failAfter(Number.POSITIVE_INFINITY);
    clock.now = 20_000;
    await lock.beat();
    expect((await readLock(storage, clock.now))?.heartbeat).toBe(20_000);
  });
});
