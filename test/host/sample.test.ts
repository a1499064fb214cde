import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { namedCells } from '../../src/core/cells/standing.ts';
import { activate, closeEditors, until } from './cellscope.ts';

const heatmaps = (): vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('cellscope.heatmap'));

describe('the sample run', () => {
  after(async () => {
    const { inspection, store } = await activate();
    await inspection.selectModel(null);
    if (store.find('sample')) await store.delete('sample');
    await closeEditors();
  });

  it('shows a text that was not trained on, with a cell that says something, and the heatmap', async () => {
    const { store, inspection, cells } = await activate();
    const before = inspection.cell;
    const chosen = { layer: 0, cell: 1, quantity: 'h' } as const;
    inspection.selectCell(chosen);
    assert.equal(await vscode.commands.executeCommand('cellscope.openSample'), 'sample');
    // By its tab: an output channel that another test has opened counts as the active text editor.
    const shown = (): vscode.Uri | undefined =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .map(({ input }) => (input instanceof vscode.TabInputText ? input.uri : undefined))
        .find((uri) => uri?.scheme === 'cellscope-sample');
    await until('the text', () => shown() !== undefined);
    const document = await vscode.workspace.openTextDocument(shown()!);
    await until('its side', () => inspection.sideOf(document)?.side === 'test');
    assert.deepEqual(inspection.sideOf(document), { side: 'test', changed: false });
    const run = store.find('sample')!;
    assert.equal(run.manifest.state, 'finished');
    assert.ok(run.manifest.generations.length >= 3, 'checkpoints to move through');
    assert.equal(inspection.model?.generation, run.manifest.best);
    const { report } = cells.reportOf('sample')!;
    const surest = namedCells(report)[0]?.candidate;
    if (surest) {
      const { layer, cell, quantity } = surest;
      assert.deepEqual(inspection.cell, { layer, cell, quantity });
    }
    assert.notDeepEqual(inspection.cell, chosen, 'a telling cell instead of the one that was chosen for other models');
    await until('the heatmap', () => heatmaps().length === 1);
    const [page] = await inspection.page(document, { cells: [inspection.cell], startLine: 0, endLine: 20 });
    assert.ok(page!.values.some((value) => Math.abs(value) > 0.2));
    inspection.selectCell(before);
  });

  it('cannot be written, and has the texts of the run and no others', async () => {
    const uri = vscode.Uri.parse('cellscope-sample:/README.md');
    assert.match((await vscode.workspace.openTextDocument(uri)).getText(), /^# Sample workspace/);
    assert.notEqual(vscode.workspace.fs.isWritableFileSystem(uri.scheme), true);
    await assert.rejects(async () => vscode.workspace.openTextDocument(uri.with({ path: '/../run.json' })));
    await assert.rejects(async () => vscode.workspace.openTextDocument(uri.with({ path: '/missing.ts' })));
  });

  it('is unpacked once, and again where it was deleted', async () => {
    const { store } = await activate();
    const { mtime } = await vscode.workspace.fs.stat(vscode.Uri.joinPath(store.folderOf('sample'), 'run.json'));
    await vscode.commands.executeCommand('cellscope.openSample');
    const again = await vscode.workspace.fs.stat(vscode.Uri.joinPath(store.folderOf('sample'), 'run.json'));
    assert.equal(again.mtime, mtime);
    await store.delete('sample');
    assert.equal(store.find('sample'), undefined);
    await vscode.commands.executeCommand('cellscope.openSample');
    assert.equal(store.find('sample')?.manifest.id, 'sample');
  });
});
