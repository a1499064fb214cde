/** Exports of values: the lines that are asked for, the cells laid over each other, a cancel that writes nothing. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { exportCsvFile } from '../../src/host/panels/heatmap-export.ts';
import { activate, closeEditors, train, workspaceFile } from './cellscope.ts';

describe('exports in the extension host', () => {
  const cell = { layer: 0, cell: 5, quantity: 'tanhc' } as const;
  const over = { layer: 0, cell: 2, quantity: 'f', place: 'over' } as const;
  const { showSaveDialog, showInformationMessage, withProgress } = vscode.window;
  let folder: string;
  const target = () => path.join(folder, 'values.csv');

  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'cellscope-export-'));
    await vscode.commands.executeCommand('cellscope.openRun', await train());
    (await activate()).inspection.selectCell(cell);
  });
  beforeEach(() => {
    Object.assign(vscode.window, {
      showSaveDialog: async () => vscode.Uri.file(target()),
      showInformationMessage: async () => undefined,
    });
  });
  afterEach(() => {
    Object.assign(vscode.window, { showSaveDialog, showInformationMessage, withProgress });
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await closeEditors();
  });

  it('of some lines hold these lines alone, a column for each cell, with the values of the pages', async () => {
    const { inspection } = await activate();
    const document = await vscode.workspace.openTextDocument(workspaceFile('src/windows.ts'));
    const range = { startLine: 1, endLine: 4 };
    const missing = { layer: 0, cell: 99, quantity: 'h', place: 'under' } as const;
    await exportCsvFile(inspection, document, { range, overlays: [over, missing] });
    const [head, ...rows] = readFileSync(target(), 'utf8').trimEnd().split('\r\n');
    assert.equal(head, 'line,column,character,value,value_0_2_f');
    const { layer, quantity } = over;
    const pages = await inspection.page(document, { cells: [cell, { layer, cell: over.cell, quantity }], ...range });
    assert.equal(rows.length, pages[0]!.values.length);
    rows.forEach((row, i) => {
      const numbers = row.split(',').slice(-2).map(Number);
      assert.deepEqual(numbers.map(Math.fround), [pages[0]!.values[i], pages[1]!.values[i]], row);
      assert.match(row, /^[234],/);
    });
    rmSync(target());
  });

  it('that are cancelled write nothing', async () => {
    const { inspection } = await activate();
    const document = await vscode.workspace.openTextDocument({ content: 'let a = "b";\n'.repeat(2000) });
    Object.assign(vscode.window, {
      withProgress: (_: vscode.ProgressOptions, task: (...rest: unknown[]) => unknown) => {
        const source = new vscode.CancellationTokenSource();
        // After the first of several pages.
        return task({ report: () => source.cancel() }, source.token);
      },
    });
    const ended = exportCsvFile(inspection, document, { range: null, overlays: [] });
    await ended.catch((error: unknown) => assert.equal((error as { code?: unknown }).code, 'cancelled'));
    assert.equal(existsSync(target()), false);
  });
});
