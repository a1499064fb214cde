import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { activate } from './cellscope.ts';

/** Largest process number of a machine plus one: nobody's. */
const nobody = 2 ** 22 + 1;

describe('training in the extension host: runs that were never made whole', () => {
  it('are removed once they are surely nobody’s, and nothing else is', async () => {
    const { store } = await activate();
    const now = Date.now();
    const text = '{"formatVersion":1}\n';
    const lock = (process: number): string =>
      JSON.stringify({ token: 'x', heartbeat: now - 3_600_000, place: `${hostname()} ${process}` });
    const make = (id: string, files: Record<string, string>, minutes: number): string => {
      const folder = store.folderOf(id).fsPath;
      mkdirSync(folder, { recursive: true });
      for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
      const then = new Date(now - 60_000 * minutes);
      for (const name of Object.keys(files)) utimesSync(path.join(folder, name), then, then);
      utimesSync(folder, then, then);
      return folder;
    };
    const gone = {
      killed: make('half-killed', { 'corpus.jsonl': text, 'lock.json': lock(nobody), 'run.json.tmp': '{' }, 60),
      refused: make('half-refused', { 'corpus.jsonl': text }, 60),
      empty: make('half-empty', {}, 60),
    };
    const kept = {
      young: make('half-young', { 'corpus.jsonl': text }, 20),
      alive: make('half-alive', { 'corpus.jsonl': text, 'lock.json': lock(process.ppid) }, 60),
      foreign: make('half-foreign', { 'corpus.jsonl': text, 'notes.txt': 'mine' }, 60),
      damaged: make('half-damaged', { 'corpus.jsonl': text, 'run.json': '{' }, 60),
    };
    try {
      await store.refresh();
      const there = (folders: Record<string, string>): string[] =>
        Object.entries(folders).flatMap(([name, folder]) => (existsSync(folder) ? [name] : []));
      assert.deepEqual(there(gone), []);
      assert.deepEqual(there(kept), Object.keys(kept));
      assert.equal(readdirSync(kept.foreign).length, 2);
    } finally {
      for (const folder of [...Object.values(gone), ...Object.values(kept)])
        rmSync(folder, { recursive: true, force: true });
      await store.refresh();
    }
  });
});
