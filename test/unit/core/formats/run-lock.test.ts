import { describe, expect, it } from 'vitest';
import { type LockState, RunLock, readLock, staleAfterMs } from '../../../../src/core/formats/run-lock.ts';
import { MemoryStorage } from './memory-storage.ts';

describe('run lock', () => {
  const host = (token: string, clock: { now: number }) => ({
    owner: { token },
    now: () => clock.now,
    wait: async () => {},
  });

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

  it('of a holder whose work lets no heartbeat through is stale only when three times that work has gone by', async () => {
    const storage = new MemoryStorage();
    const clock = { now: 1_000_000 };
    const lock = await RunLock.acquire(storage, host('one', clock));
    clock.now += 1000;
    await lock.expectSilence(20_000); // one long step
    const beat = clock.now;
    clock.now = beat + 59_000;
    expect((await readLock(storage, clock.now))?.token).toBe('one');
    await expect(RunLock.acquire(storage, host('two', clock))).rejects.toThrow(/try again in 1 s/);
    expect(await readLock(storage, beat + 60_001)).toBeNull();
    // Short work again: its patience ends with it.
    for (let k = 0; k < 2; k++) {
      clock.now += 100;
      await lock.expectSilence(100);
    }
    expect(await readLock(storage, clock.now + staleAfterMs + 1)).toBeNull();
  });

  it('is patient for a quarter of an hour at most, whatever its file says', async () => {
    const storage = new MemoryStorage();
    const lock = { token: 'one', heartbeat: 1_000_000, patience: 1e15 };
    await storage.write('lock.json', new TextEncoder().encode(JSON.stringify(lock)));
    expect(await readLock(storage, 1_000_000 + 900_000)).not.toBeNull();
    expect(await readLock(storage, 1_000_000 + 900_001)).toBeNull();
  });

  it('beats while one waits for a disk, and no longer', async () => {
    const storage = new MemoryStorage();
    const clock = { now: 1_000_000 };
    let call: (() => void) | null = null;
    const every = (_: number, given: () => void) => {
      call = given;
      return () => {
        call = null;
      };
    };
    const lock = await RunLock.acquire(storage, { ...host('one', clock), every });
    let written: () => void = () => {};
    const waiting = lock.during(
      new Promise<void>((resolve) => {
        written = resolve;
      }),
    );
    for (let k = 0; k < 40; k++) {
      clock.now += 1000;
      call!();
      await new Promise((resolve) => setTimeout(resolve, 0));
      expect((await readLock(storage, clock.now))?.token).toBe('one');
    }
    written();
    await waiting;
    expect(call).toBeNull();
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

  it('goes to one of several who come at once', async () => {
    for (const left of [null, '{"token":"dead","heartbeat":1}', '{"tok']) {
      const storage = new MemoryStorage();
      if (left !== null) await storage.write('lock.json', new TextEncoder().encode(left));
      const clock = { now: 1_000_000 };
      const tokens = ['one', 'two', 'three'];
      const results = await Promise.allSettled(tokens.map((token) => RunLock.acquire(storage, host(token, clock))));
      const winners = tokens.filter((_, k) => results[k]!.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      expect((await readLock(storage, clock.now))?.token).toBe(winners[0]);
    }
  });

  it('a clock that jumps does not still the heartbeat', async () => {
    const storage = new MemoryStorage();
    const clock = { now: 10 * 86_400_000 };
    const lock = await RunLock.acquire(storage, host('one', clock));
    for (const jump of [-86_400_000, 86_400_000, 86_400_000]) {
      clock.now += jump;
      await lock.beat();
      expect((await readLock(storage, clock.now))?.heartbeat).toBe(clock.now);
    }
  });

  it('is refused where the holder only seems dead: it beats again while one waits', async () => {
    const storage = new MemoryStorage();
    const clock = { now: 10 * 86_400_000 };
    const lock = await RunLock.acquire(storage, host('one', clock));
    clock.now -= 86_400_000;
    const wait = (): Promise<void> => lock.beat();
    await expect(RunLock.acquire(storage, { ...host('two', clock), wait })).rejects.toMatchObject({ code: 'locked' });
    await lock.verify();
  });

  it('one who was taken for dead finds the other there, and neither writes nor removes its lock', async () => {
    const storage = new MemoryStorage();
    const clock = { now: 1_000_000 };
    const one = await RunLock.acquire(storage, host('one', clock));
    clock.now += staleAfterMs + 1; // the machine slept
    const two = await RunLock.acquire(storage, host('two', clock));
    await expect(one.verify()).rejects.toMatchObject({ code: 'locked' });
    await expect(one.beat()).rejects.toMatchObject({ code: 'locked' });
    await one.release();
    await two.verify();
    expect((await readLock(storage, clock.now))?.token).toBe('two');
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
