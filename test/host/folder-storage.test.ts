/** The storage of the browser, over VS Code's file system: its paths stay inside as node's do. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { FolderStorage } from '../../src/host/runs/folder-storage.ts';
import { escapes, strangeNames } from '../unit/core/formats/escaping-paths.ts';

describe('a storage over VS Code’s file system', () => {
  let root: string;
  let storage: FolderStorage;
  before(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'cellscope-storage-'));
    mkdirSync(path.join(root, 'store/run'), { recursive: true });
    writeFileSync(path.join(root, 'store/canary'), 'alive');
    storage = new FolderStorage(vscode.Uri.file(path.join(root, 'store/run')));
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it('refuses every path that leads out of the folder on some system', async () => {
    assert.deepEqual(await escapes(storage), []);
    assert.deepEqual(readdirSync(path.join(root, 'store/run')), ['inside']);
    assert.deepEqual(readdirSync(path.join(root, 'store')).sort(), ['canary', 'run']);
    assert.deepEqual(readdirSync(root), ['store']);
    assert.equal(readFileSync(path.join(root, 'store/canary'), 'utf8'), 'alive');
  });

  it('takes names that only look like ways out as they are', async () => {
    for (const name of strangeNames) await storage.write(`${name}/${name}`, Uint8Array.of(1));
    assert.deepEqual(readdirSync(path.join(root, 'store/run')), [...strangeNames, 'inside'].sort());
    assert.deepEqual(await storage.list(''), [...strangeNames, 'inside'].sort());
    for (const name of strangeNames) await storage.remove(name);
    assert.deepEqual(readdirSync(path.join(root, 'store/run')), ['inside']);
  });
});
