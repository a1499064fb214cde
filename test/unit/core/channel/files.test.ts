import { describe, expect, it } from 'vitest';
import { RunFolder } from '../../../../src/core/formats/run-folder.ts';
import type { FilesService } from '../../../../src/protocol/files-service.ts';
import { connect, serve } from '../../../../src/worker/channel.ts';
import { filesService, readRemoteFile, remoteStorage } from '../../../../src/worker/files.ts';
import { MemoryStorage } from '../formats/memory-storage.ts';
import { someGeneration, someState, tinyCorpus, tinyManifest } from '../formats/run-fixtures.ts';
import { portPair } from './port-pair.ts';

function open() {
  const { left, right } = portPair();
  const disk = new Map<string, MemoryStorage>();
  const storage = (folder: string): MemoryStorage => {
    if (!disk.has(folder)) disk.set(folder, new MemoryStorage());
    return disk.get(folder)!;
  };
  const readFile = (path: string): Promise<Uint8Array> => storage('files').read(path);
  serve<FilesService>(left, filesService({ storage, readFile, readAsset: (name) => storage('assets').read(name) }));
  return { remote: connect<FilesService>(right), storage };
}

describe('files over the channel', () => {
  it('a run folder is the same on the other side', async () => {
    const { remote, storage } = open();
    const run = await RunFolder.create(remoteStorage(remote, 'runs/a'), tinyManifest(), tinyCorpus);
    await run.saveGeneration(someGeneration(1));
    const local = await RunFolder.open(storage('runs/a'));
    expect((await local.loadGeneration()).session).toEqual(someState(1));
    const remoteRun = await RunFolder.open(remoteStorage(remote, 'runs/a'));
    expect(await remoteRun.readCorpus()).toEqual(tinyCorpus);
    expect((await remoteRun.loadGeneration()).session).toEqual(someState(1));
  });

  it('faults keep their names', async () => {
    const { remote, storage } = open();
    const far = remoteStorage(remote, 'full');
    await expect(far.read('none')).rejects.toMatchObject({ name: 'StorageError', fault: 'not-found' });
    await expect(readRemoteFile(remote, 'none')).rejects.toMatchObject({ fault: 'not-found' });
    storage('full').failAfter(2);
    await expect(far.write('x', Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ fault: 'no-space' });
  });
});
