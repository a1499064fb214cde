import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { activate, train } from './cellscope.ts';

describe('runs on disk', () => {
  it('a run whose run.json is damaged is shown as such, and the others stay', async () => {
    const { store } = await activate();
    const run = await train({ seed: 21 });
    const others = store.entries.length;
    writeFileSync(path.join(run.folder.fsPath, 'run.json'), '{"formatVersion":1,');
    await store.refresh();
    assert.equal(store.entries.length, others - 1);
    const [unreadable] = store.unreadable;
    assert.equal(unreadable?.folder.path, run.folder.path);
    assert.ok(unreadable!.reason.length > 10);
    await store.delete(run.id);
    assert.deepEqual(store.unreadable, []);
  });
});
