import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { namedCells } from '../../src/core/cells/standing.ts';
import { HeatmapSession, type HeatmapWish } from '../../src/host/panels/heatmap-session.ts';
import type { ScratchDocuments } from '../../src/host/panels/scratch-documents.ts';
import { sampleUri } from '../../src/host/sample/sample-texts.ts';
import { fromHeatmap, type toHeatmap } from '../../src/protocol/heatmap.ts';
import { type Message, receive } from '../../src/protocol/webview.ts';
import { activate, closeEditors, until } from './cellscope.ts';

const heatmaps = (): vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('cellscope.heatmap'));

/** The host's side of a heatmap whose page is a test. */
async function pageless(wish: HeatmapWish) {
  for (const promise of [wish.document, wish.model]) promise.catch(() => {}); // until the session has them
  const { inspection, store, training, cells } = await activate();
  const log = vscode.window.createOutputChannel('Test', { log: true });
  const sent: Message<string, unknown>[] = [];
  const scratch = { owns: () => false } as unknown as ScratchDocuments;
  const session = new HeatmapSession({ inspection, runs: store, training, cells, log }, scratch, wish, (message) =>
    sent.push(message),
  );
  return { session, sent };
}

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

  it('comes in colours first, then in an editor beside them, and the keyboard stays with the colours', async () => {
    await closeEditors();
    await vscode.commands.executeCommand('workbench.action.closeAllGroups');
    const { inspection } = await activate();
    await inspection.selectModel(null);
    const isText = ({ document }: vscode.TextEditor): boolean => document.uri.scheme === 'cellscope-sample';
    const before: { model: boolean; heatmap: boolean }[] = [];
    const watch = vscode.window.onDidChangeVisibleTextEditors((editors) => {
      if (editors.some(isText)) before.push({ model: inspection.model !== null, heatmap: heatmaps().length === 1 });
    });
    try {
      await vscode.commands.executeCommand('cellscope.openSample');
      await until('the editor', () => before.length > 0);
    } finally {
      watch.dispose();
    }
    assert.deepEqual(before[0], { model: true, heatmap: true });
    const groups = [...vscode.window.tabGroups.all].sort((a, b) => a.viewColumn - b.viewColumn);
    const columns = groups.map(({ viewColumn, tabs }) => [viewColumn, tabs.length]);
    assert.deepEqual(columns, [
      [vscode.ViewColumn.One, 1],
      [vscode.ViewColumn.Two, 1],
    ]);
    assert.equal(heatmaps()[0]!.group.viewColumn, vscode.ViewColumn.Two);
    await until('the keyboard in the heatmap', () => heatmaps()[0]!.isActive && heatmaps()[0]!.group.isActive);
  });

  it('is sent to a page that has not loaded yet when text and model are open, with colours that nobody asked for', async () => {
    await vscode.commands.executeCommand('cellscope.openSample');
    const document = await vscode.workspace.openTextDocument(sampleUri('README.md'));
    const opening = Promise.withResolvers<void>();
    const { session, sent } = await pageless({ document: Promise.resolve(document), model: opening.promise });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(sent.length, 0, 'the page says that it is opening');
    opening.resolve();
    const hasColours = (): boolean => sent.some(({ type }) => type === 'heatmap/pages');
    await until('colours', hasColours);
    const types = sent.map(({ type }) => type);
    assert.deepEqual(
      types.filter((type) => /model|document|pages/.test(type)),
      ['heatmap/model', 'heatmap/document', 'heatmap/pages'],
    );
    const { payload } = sent.at(-1) as ReturnType<typeof toHeatmap.pages>;
    assert.deepEqual([payload.request, payload.id, payload.startLine], [0, document.uri.toString(), 0]);
    assert.equal(payload.endLine, Math.min(120, document.lineCount));
    // The page has all of this when it says that it stands; the next one, after it was hidden, has nothing.
    const before = sent.length;
    assert.ok(receive(fromHeatmap.ready({ restore: null }), session.handlers));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(sent.length, before);
    assert.ok(receive(fromHeatmap.ready({ restore: null }), session.handlers));
    await until('everything again', () => sent.length > before && hasColours());
    session.dispose();
  });

  it('is sent to a page again that was hidden before it had loaded', async () => {
    const opening = Promise.withResolvers<void>();
    const document = Promise.resolve(vscode.workspace.openTextDocument(sampleUri('README.md')));
    const { session, sent } = await pageless({ document, model: opening.promise });
    session.hidden();
    opening.resolve();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(sent.length, 0);
    receive(fromHeatmap.ready({ restore: null }), session.handlers);
    await until('everything', () => sent.some(({ type }) => type === 'heatmap/document'));
    session.dispose();
  });

  it('tells its page so where the text cannot be opened', async () => {
    const missing = Promise.resolve(vscode.workspace.openTextDocument(sampleUri('missing.ts')));
    const { session, sent } = await pageless({ document: missing, model: Promise.reject(new Error('It is damaged.')) });
    receive(fromHeatmap.ready({ restore: null }), session.handlers);
    await until('what there is', () => sent.some(({ type }) => type === 'heatmap/document'));
    const waiting = session.whenColoured();
    session.dispose();
    await waiting;
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
