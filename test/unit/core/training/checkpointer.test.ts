import { describe, expect, it } from 'vitest';
import { RunFolder } from '../../../../src/core/formats/run-folder.ts';
import { Checkpointer } from '../../../../src/core/training/checkpointer.ts';
import { MemoryStorage } from '../formats/memory-storage.ts';
import { someGeneration, someState, tinyCorpus, tinyManifest } from '../formats/run-fixtures.ts';

/** A disk on which every whole file takes half a second. */
async function open() {
  const clock = { time: 0 };
  const storage = new MemoryStorage();
  const { write } = storage;
  storage.write = async (path, bytes) => {
    clock.time += 500;
    await write.call(storage, path, bytes);
  };
  const folder = await RunFolder.create(storage, tinyManifest(), tinyCorpus);
  const written: number[] = [];
  const checkpoints = new Checkpointer(
    folder,
    () => clock.time,
    (number) => written.push(number),
  );
  return { clock, folder, written, checkpoints };
}

describe('checkpointer', () => {
  it('is due so early that the next generation is whole 25 seconds after the last, and affords improvements for a twentieth of the time', async () => {
    const { clock, checkpoints } = await open();
    const begun = clock.time;
    await checkpoints.save(async () => someGeneration(1), 1, 0);
    const saved = clock.time; // five files: 2.5 s
    expect(saved - begun).toBe(2500);
    expect(checkpoints.affordable).toBe(false);
    clock.time = begun + 22_499;
    expect(checkpoints.due()).toBe(false);
    expect(checkpoints.due(1)).toBe(true);
    clock.time = begun + 22_500;
    expect(checkpoints.due()).toBe(true);
    expect(checkpoints.affordable).toBe(false);
    clock.time = saved + 50_000;
    expect(checkpoints.affordable).toBe(true);
  });

  it('counts a deferred generation twice, and saves for half of the time at most', async () => {
    const { clock, checkpoints } = await open();
    const begun = clock.time;
    await checkpoints.save(async () => someGeneration(1), 1, 0);
    checkpoints.defer(someGeneration(2));
    clock.time = begun + 20_000;
    expect(checkpoints.due()).toBe(true);
    checkpoints.forget();
    expect(checkpoints.due()).toBe(false);
    clock.time = begun + 2500 + 2499;
    expect(checkpoints.due(1e6)).toBe(false);
    clock.time += 1;
    expect(checkpoints.due(1e6)).toBe(true);
  });

  it('writes a deferred best before the next generation', async () => {
    const { folder, written, checkpoints } = await open();
    await checkpoints.save(async () => someGeneration(1), 1, 0);
    checkpoints.defer(someGeneration(2));
    checkpoints.forget();
    checkpoints.defer({ ...someGeneration(3), validationNats: 1.5 });
    await checkpoints.save(async () => someGeneration(4), 2, 7);
    expect(written).toEqual([1, 2, 3]);
    expect(folder.manifest).toMatchObject({ best: 2, current: 3, trainingSeconds: 7 });
    expect(folder.manifest.generations.map((kept) => kept.trainedChars)).toEqual([1000, 3000, 4000]);
    expect((await folder.readModel('best')).parameters).toEqual(someState(3).parameters);
    await checkpoints.save(async () => someGeneration(5), 2, 8);
    expect(written).toEqual([1, 2, 3, 4]);
  });
});
