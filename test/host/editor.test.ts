import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { StreamedInsertion } from '../../src/host/editor/generate.ts';
import { activate, closeEditors, train, until, workspaceFile } from './cellscope.ts';

const cell = { layer: 0, cell: 3, quantity: 'tanhc' } as const;

/** Shows a document with the cursor in its first line; an editor that is still coming up may put it back. */
async function showAt(document: vscode.TextDocument, character: number): Promise<void> {
  const cursor = new vscode.Position(0, character);
  await vscode.window.showTextDocument(document);
  await until('the cursor to stay', async () => {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document !== document) return false;
    editor.selection = new vscode.Selection(cursor, cursor);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return editor === vscode.window.activeTextEditor && editor.selection.active.isEqual(cursor);
  });
}

describe('the editor and its inspector', () => {
  before(async () => {
    // Panels that open by themselves would take the editor's place while it is tested.
    const settings = vscode.workspace.getConfiguration('cellscope.training');
    await settings.update('openWhenStarted', 'none', vscode.ConfigurationTarget.Global);
    const run = await train();
    await settings.update('openWhenStarted', undefined, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('cellscope.openRun', run);
    (await activate()).inspection.selectCell(cell);
  });
  after(closeEditors);

  it('goes on after its worker was killed, with the same numbers', async () => {
    const { inspection } = await activate();
    const document = await vscode.workspace.openTextDocument(workspaceFile('src/queue.ts'));
    const ask = () => inspection.page(document, { cells: [cell], startLine: 0, endLine: document.lineCount });
    const [before] = await ask();
    await inspection.kill();
    const [after] = await ask();
    // Another kernel build may win the new worker's race: equal up to float32 rounding.
    before!.values.forEach((value, index) => {
      assert.ok(Math.abs(value - after!.values[index]!) < 1e-5, `character ${index}`);
    });
    assert.equal(after!.values.length, before!.values.length);
    assert.ok(inspection.model);
  });

  it('answers what was asked while its worker died', async () => {
    const { inspection } = await activate();
    const document = await vscode.workspace.openTextDocument({ content: 'if (a) { b("c"); }\n'.repeat(3000) });
    const asked = inspection.page(document, { cells: [cell], startLine: 2900, endLine: 3000 });
    await inspection.kill();
    const [page] = await asked;
    assert.equal(page!.endLine, 3000);
  });

  it('follows a change of line ends, which moves every offset', async () => {
    const { inspection } = await activate();
    const document = await vscode.workspace.openTextDocument({ content: 'a {\n  b\n}\n' });
    const editor = await vscode.window.showTextDocument(document);
    const ask = () => inspection.page(document, { cells: [cell], startLine: 0, endLine: document.lineCount });
    const [before] = await ask();
    await editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.CRLF));
    assert.equal(document.eol, vscode.EndOfLine.CRLF);
    const [after] = await ask();
    assert.deepEqual(after!.values, before!.values);
    assert.equal((await inspection.inspect(document, document.offsetAt(new vscode.Position(1, 2)))).character, 'b');
  });

  it('generates from the cursor as one step of undo', async () => {
    await activate();
    const document = await vscode.workspace.openTextDocument({ content: 'const a = 1;\nlet b' });
    await showAt(document, 6);
    const text = document.getText();
    const settings = vscode.workspace.getConfiguration('cellscope.generate');
    await settings.update('length', 50, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('cellscope.generateFromCursor');
    await settings.update('length', undefined, vscode.ConfigurationTarget.Global);
    const grown = document.getText();
    assert.equal([...grown].length, [...text].length + 50);
    assert.ok(grown.startsWith('const ') && grown.endsWith('a = 1;\nlet b'));
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), text);
  });

  it('writes again what the editor refused because the text had changed meanwhile', async () => {
    const document = await vscode.workspace.openTextDocument({ content: 'one\ntwo' });
    const editor = await vscode.window.showTextDocument(document);
    let refusals = 0;
    const edit: vscode.TextEditor['edit'] = async (callback, options) => {
      if (refusals++ > 0) return editor.edit(callback, options);
      await editor.edit((builder) => builder.insert(new vscode.Position(0, 0), 'zero\n'));
      return false;
    };
    const writer = new StreamedInsertion({ document, edit } as vscode.TextEditor, 7, () => assert.fail('It gave up.'));
    writer.push(', three');
    await writer.finish();
    assert.equal(writer.failure, null);
    assert.equal(document.getText(), 'zero\none\ntwo, three');
    await closeEditors();
  });

  it('stops generating where it is cancelled, and keeps what was written until then', async () => {
    await activate();
    const document = await vscode.workspace.openTextDocument({ content: 'let a' });
    await showAt(document, 5);
    const settings = vscode.workspace.getConfiguration('cellscope.generate');
    await settings.update('length', 100_000, vscode.ConfigurationTarget.Global);
    const { withProgress } = vscode.window;
    const source = new vscode.CancellationTokenSource();
    Object.assign(vscode.window, {
      withProgress: (_: vscode.ProgressOptions, task: (...rest: unknown[]) => unknown) =>
        task({ report: () => {} }, source.token),
    });
    try {
      const done = vscode.commands.executeCommand('cellscope.generateFromCursor');
      await until('some characters', () => document.getText().length > 20);
      source.cancel();
      await done;
    } finally {
      Object.assign(vscode.window, { withProgress });
      await settings.update('length', undefined, vscode.ConfigurationTarget.Global);
    }
    const written = document.getText();
    assert.ok(written.startsWith('let a') && written.length < 100_000, `${written.length} characters`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(document.getText(), written, 'nothing comes afterwards');
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), 'let a');
  });

  it('colours and uncolours the editor', async () => {
    const { inspection } = await activate();
    const document = await vscode.workspace.openTextDocument(workspaceFile('src/queue.ts'));
    await vscode.window.showTextDocument(document);
    let asked = 0;
    const { page } = inspection;
    inspection.page = (...args) => {
      asked++;
      return page.apply(inspection, args);
    };
    await vscode.commands.executeCommand('cellscope.colourEditor');
    await until('values for the visible lines', () => asked > 0);
    await vscode.commands.executeCommand('cellscope.colourEditor');
    const before = asked;
    inspection.selectCell({ ...cell, cell: 4 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(asked, before, 'nothing is asked for once it is off');
    inspection.page = page;
    await closeEditors();
  });
});
