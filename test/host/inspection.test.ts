import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { RunEntry } from '../../src/host/contracts.ts';
import { CellStatus } from '../../src/host/editor/cell-status.ts';
import { sideWords } from '../../src/host/inspection/split-sides.ts';
import { activations, characterIndex } from '../harness/command-line.ts';
import { activate, closeEditors, repository, train, until, workspaceFile } from './cellscope.ts';

const cell = { layer: 0, cell: 5, quantity: 'tanhc' } as const;
const near = (a: number, b: number, what: string) => assert.ok(Math.abs(a - b) < 1e-5, `${what}: ${a} and ${b}`);

/** What the command line prints for a text, whatever its line ends. */
function printed(run: RunEntry, text: string): number[] {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'cellscope-text-')), 'text.ts');
  writeFileSync(file, text);
  return activations(repository(), run.folder.fsPath, file, cell);
}

describe('inspection in the extension host', () => {
  let run: RunEntry;
  before(async () => {
    run = await train();
    await vscode.commands.executeCommand('cellscope.openRun', run);
    (await activate()).inspection.selectCell(cell);
  });
  after(closeEditors);

  for (const name of ['src/queue.ts', 'src/windows.ts'])
    it(`gives the command line's numbers for every character of ${name}`, async () => {
      const { inspection } = await activate();
      const document = await vscode.workspace.openTextDocument(workspaceFile(name));
      const expected = printed(run, readFileSync(workspaceFile(name).fsPath, 'utf8'));
      const [page] = await inspection.page(document, { cells: [cell], startLine: 0, endLine: document.lineCount });
      assert.equal(page!.values.length, expected.length);
      expected.forEach((value, index) => {
        near(page!.values[index]!, value, `character ${index}`);
      });
    });

  it('reports a character after emoji in a file with Windows line ends', async () => {
    const { inspection } = await activate();
    const uri = workspaceFile('src/windows.ts');
    const document = await vscode.workspace.openTextDocument(uri);
    const text = readFileSync(uri.fsPath, 'utf8');
    const expected = printed(run, text);
    for (const position of [new vscode.Position(1, 34), new vscode.Position(3, 18), new vscode.Position(4, 12)]) {
      const report = await inspection.inspect(document, document.offsetAt(position));
      const index = characterIndex(text, position.line + 1, position.character + 1);
      assert.deepEqual([report.line, report.column, report.index], [position.line, position.character, index]);
      near(report.cell.values.tanhc!, expected[index]!, `line ${position.line + 1}`);
      assert.ok(report.surprisal !== null && report.surprisal >= 0);
      assert.equal(report.expected.length, 5);
    }
  });

  it('follows edits: as if the text had always been so', async () => {
    const { inspection } = await activate();
    const document = await vscode.workspace.openTextDocument({
      language: 'typescript',
      content: 'if (a) {\n  b("c");\n}\n',
    });
    const editor = await vscode.window.showTextDocument(document);
    const whole = { cells: [cell], startLine: 0, endLine: 3 };
    await inspection.page(document, whole);
    await editor.edit((edit) => {
      edit.insert(new vscode.Position(1, 5), 'x🦊y');
      edit.replace(new vscode.Range(0, 4, 0, 5), 'longer');
    });
    const expected = printed(run, document.getText());
    const [page] = await inspection.page(document, { ...whole, endLine: document.lineCount });
    assert.equal(page!.values.length, expected.length);
    expected.forEach((value, index) => {
      near(page!.values[index]!, value, `character ${index}`);
    });
    await closeEditors();
  });

  it('hovers with the character, its surprisal and the numbers of the cell', async () => {
    const { inspection } = await activate();
    const uri = workspaceFile('src/windows.ts');
    const document = await vscode.workspace.openTextDocument(uri);
    const position = new vscode.Position(1, 34);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, position);
    const text = hovers
      .flatMap((hover) => hover.contents.map((part) => (typeof part === 'string' ? part : part.value)))
      .join('\n');
    assert.match(text, /surprisal/i);
    const { cell: here } = await inspection.inspect(document, document.offsetAt(position));
    const value = here.values.tanhc!;
    const shown = Math.abs(value).toFixed(2);
    assert.ok(text.includes(shown), `${shown} in\n${text}`);
    const side = sideWords(inspection.sideOf(document));
    assert.match(side, /^(trained on|held out|partly held out)/);
    assert.ok(text.includes(` · *${side}*`), `${side} in\n${text}`);
  });

  it('says on which side of the split a file was', async () => {
    const { inspection } = await activate();
    const entry = run.manifest.corpus.files.find((file) => file.path.endsWith('queue.ts'))!;
    const document = await vscode.workspace.openTextDocument(workspaceFile('src/queue.ts'));
    assert.deepEqual(inspection.sideOf(document), { side: entry.side, changed: false });
    const other = await vscode.workspace.openTextDocument({ content: 'not of this run' });
    assert.equal(inspection.sideOf(other), null);
  });

  it('says so in the status bar while the editor is coloured, and follows the active editor', async () => {
    const { inspection } = await activate();
    const item = {
      text: '',
      tooltip: '',
      shown: false,
      show: () => void (item.shown = true),
      hide: () => void (item.shown = false),
      dispose() {},
    };
    const original = vscode.window.createStatusBarItem;
    Object.assign(vscode.window, { createStatusBarItem: () => item });
    const toggled = new vscode.EventEmitter<boolean>();
    const colouring = { isOn: false, onDidToggle: toggled.event };
    const status = new CellStatus(inspection, colouring);
    Object.assign(vscode.window, { createStatusBarItem: original });
    try {
      assert.equal(item.shown, false);
      const document = await vscode.workspace.openTextDocument(workspaceFile('src/queue.ts'));
      await vscode.window.showTextDocument(document);
      colouring.isOn = true;
      toggled.fire(true);
      const side = sideWords(inspection.sideOf(document));
      assert.ok(item.shown && item.text.endsWith(` · ${side}`), item.text);
      assert.ok(item.tooltip.endsWith(`This text: ${side}.`), item.tooltip);
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: 'not of this run' }));
      await until('the side of the other text', () => item.text.endsWith(' · not part of the run'));
    } finally {
      status.dispose();
      toggled.dispose();
      await closeEditors();
    }
  });

  it('keeps a name given to a run, and deletes what it is asked to', async () => {
    const { store } = await activate();
    await store.rename(run.id, 'brackets');
    assert.equal(store.find(run.id)?.manifest.name, 'brackets');
    await store.rename(run.id, '');
    assert.equal(store.find(run.id)?.manifest.name, run.manifest.name);
    const other = await train({ seed: 9 });
    await store.delete(other.id);
    assert.equal(store.find(other.id), undefined);
  });
});
