/** Which files of a workspace folder are read, by VS Code's own settings and the repository around it. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { readCorpus } from '../../src/host/workspace/reading.ts';

describe('reading a workspace folder', () => {
  let folder: string;
  const settings = () => vscode.workspace.getConfiguration('files');

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'cellscope-reading-'));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await settings().update('exclude', undefined, vscode.ConfigurationTarget.Global);
  });

  const write = (files: Record<string, string>): void => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    }
  };
  const read = async (below: string): Promise<string[]> => {
    const paths: string[] = [];
    await readCorpus([vscode.Uri.file(path.join(folder, below))], {
      seed: 1,
      signal: new AbortController().signal,
      onFiles: async (files) => paths.push(...files.map((file) => path.basename(file.path))),
    });
    return paths.filter((name) => name !== '.gitignore').sort(); // a text as any other
  };

  it('leaves out what files.exclude hides, also where it hides a file only beside another', async () => {
    write({ 'a.js': 'x\n', 'a.ts': 'x\n', 'b.js': 'x\n', 'c.log.ts': 'x\n', 'd.md': 'x\n' });
    const hidden = { '**/*.js': { when: '$(basename).ts' }, '**/*.log.ts': true, '**/*.md': false };
    await settings().update('exclude', hidden, vscode.ConfigurationTarget.Global);
    assert.deepEqual(await read(''), ['a.ts', 'b.js', 'd.md']);
  });

  it('follows .gitignore above the folder, up to the top of its repository', async () => {
    write({
      '.gitignore': '*\n', // outside of the repository
      'repository/.git/HEAD': 'x\n',
      'repository/.gitignore': '*.gen.ts\n/part/one.ts\n',
      'repository/part/one.ts': 'x\n',
      'repository/part/two.ts': 'x\n',
      'repository/part/two.gen.ts': 'x\n',
      'repository/part/deep/one.ts': 'x\n',
    });
    assert.deepEqual(await read('repository/part'), ['one.ts', 'two.ts']);
    assert.deepEqual(await read('repository'), ['one.ts', 'two.ts']);
    assert.deepEqual(await read('repository/part/deep'), ['one.ts']);
  });
});
