import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseManifest } from '../../../src/core/formats/manifest-file.ts';
import { fileService } from '../../../src/worker/file-service.ts';
import { createNodeFile, openNodeFile } from '../../../src/worker/node-files.ts';
import { nodeStorage } from '../../../src/worker/node-storage.ts';
import { root as repository, temporaryFolder } from '../../harness/paths.ts';

const sample = path.join(repository, 'media/sample/sample.cellscope-run');
const context = { signal: new AbortController().signal, progress: () => {} };

describe('a shipped run is installed', () => {
  const service = fileService({ storage: nodeStorage, openFile: openNodeFile, createFile: createNodeFile });
  let root: string;
  const install = (source: string | Uint8Array) =>
    service.installRun({ source, root, staging: 'imports/sample', place: 'runs/sample', id: 'sample' }, context);

  beforeEach(() => {
    root = path.join(temporaryFolder('install'), 'global');
  });
  afterEach(() => rmSync(path.dirname(root), { recursive: true }));

  it('where there was nothing, not even a folder for runs', async () => {
    const { checkpoints } = await install(sample);
    const { id, generations } = parseManifest(readFileSync(path.join(root, 'runs/sample/run.json')));
    expect(id).toBe('sample');
    expect(checkpoints).toBe(generations.length);
    expect(readdirSync(path.join(root, 'imports'))).toEqual([]);
  });

  it('in the place of an earlier one and of an import that was broken off', async () => {
    for (const folder of ['runs/sample', 'imports/sample']) {
      mkdirSync(path.join(root, folder), { recursive: true });
      writeFileSync(path.join(root, folder, 'left.txt'), 'left');
    }
    await install(new Uint8Array(readFileSync(sample)));
    expect(existsSync(path.join(root, 'runs/sample/run.json'))).toBe(true);
    expect(existsSync(path.join(root, 'runs/sample/left.txt'))).toBe(false);
  });

  it('not at all where the archive is damaged: what was there stays', async () => {
    mkdirSync(path.join(root, 'runs/sample'), { recursive: true });
    writeFileSync(path.join(root, 'runs/sample/left.txt'), 'left');
    const damaged = new Uint8Array(readFileSync(sample));
    damaged[700_000]! ^= 1;
    await expect(install(damaged)).rejects.toThrow(/damaged/);
    expect(readdirSync(path.join(root, 'runs/sample'))).toEqual(['left.txt']);
  });
});
