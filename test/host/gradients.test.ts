import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { RunEntry } from '../../src/host/contracts.ts';
import type { ReachRun } from '../../src/host/editor/reach-runs.ts';
import { fromGradients } from '../../src/protocol/gradients.ts';
import { FakeGradientsPanel } from '../harness/fake-gradients-panel.ts';
import { activate, closeEditors, train, until, workspaceFile } from './cellscope.ts';

const tabs = (): vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs);
const shown = (): vscode.Tab | undefined => tabs().find((tab) => tab.label === 'Cellscope Gradients');

describe('gradients in the extension host', () => {
  let run: RunEntry;
  before(async () => {
    run = await train();
  });
  after(closeEditors);

  it('one panel opens, however often it is asked for', async () => {
    await vscode.commands.executeCommand('cellscope.openGradients', run);
    await until('the gradient panel', () => shown() !== undefined);
    await vscode.commands.executeCommand('cellscope.openGradients');
    assert.equal(tabs().filter((tab) => tab.label === 'Cellscope Gradients').length, 1);
    await vscode.window.tabGroups.close(shown()!);
  });

  it('the same is trained with another architecture: same texts and sides, same options and vocabulary', async () => {
    const { store, training } = await activate();
    const id = await vscode.commands.executeCommand<string>('cellscope.trainSame', run, 'rnn');
    await until('the training to end', () => !training.isBusy, 60_000);
    await store.refresh();
    const same = store.find(id)!.manifest;
    assert.equal(same.state, 'finished');
    assert.equal(same.spec.layers[0]!.cell, 'tanh');
    assert.deepEqual(same.corpus, run.manifest.corpus);
    assert.deepEqual(same.spec.vocabulary, run.manifest.spec.vocabulary);
    assert.deepEqual({ ...same.options, architecture: 'lstm' }, run.manifest.options);
  });

  it('a model file is measured on the text that is open, and says what cannot be measured of it', async () => {
    const { inspection, gradients } = await activate();
    const file = vscode.Uri.joinPath(run.folder, 'checkpoints', String(run.manifest.current), 'model.safetensors');
    await vscode.commands.executeCommand('cellscope.openModel', file);
    assert.equal(inspection.reference?.kind, 'file');
    await closeEditors();
    const panel = new FakeGradientsPanel((send) => gradients(null, send));
    try {
      await until('the model file', () => panel.ended.has('report'));
      assert.match(panel.ended.get('report')!, /Open a text in an editor/);
      await vscode.window.showTextDocument(workspaceFile('src/queue.ts'));
      await until('the text', () => panel.runs[0]?.on === 'src/queue.ts');
      assert.equal(panel.runs[0]!.kind, 'file');
      panel.compute('report');
      await until('its report', () => panel.results.has('report'), 60_000);
      const report = panel.results.get('report')!;
      assert.equal(report.on, 'src/queue.ts');
      assert.ok(report.part === 'report' && report.texts.side === 'given' && report.layers[0]!.h.relative[0] === 1);
      panel.compute('history');
      await until('a word about its checkpoints', () => panel.ended.has('history'));
      assert.match(panel.ended.get('history')!, /no checkpoints/);
      panel.say(fromGradients.reach({ run: panel.selected[0]!, document: 0, at: 200, logit: '(' }));
      await until('a reach', () => panel.reach !== null);
      assert.equal(panel.reach!.values.x.length, 201);
      assert.ok(panel.reach!.values.signedX.some((value) => value! < 0));
      assert.deepEqual(panel.problems, []);
    } finally {
      panel.dispose();
    }
  });

  it('the editor shows what a prediction reaches back to, until an edit or the command clears it', async () => {
    const { inspection } = await activate();
    await vscode.commands.executeCommand('cellscope.openRun', run);
    const document = await vscode.workspace.openTextDocument(workspaceFile('src/windows.ts'));
    const editor = await vscode.window.showTextDocument(document);
    const at = document.lineAt(3).range.start.translate(0, 2);
    editor.selection = new vscode.Selection(at, at);
    const runs = (await vscode.commands.executeCommand<ReachRun[]>('cellscope.showReach'))!;
    assert.ok(runs.length > 2);
    // Before the cursor, the nearest the strongest, in columns that the editor has.
    for (const { line, start, end } of runs) {
      assert.ok(new vscode.Position(line, end).isBeforeOrEqual(at));
      assert.ok(start < end && end <= document.lineAt(line).text.length);
    }
    const { reach } = await inspection.reach(document, { offset: document.offsetAt(at), lags: 500, logit: null });
    const text = document.getText(new vscode.Range(new vscode.Position(0, 0), at)).replaceAll('\r\n', '\n');
    assert.equal(reach.at, [...text].length - 1);
    await vscode.commands.executeCommand('cellscope.clearReach');
    editor.selection = new vscode.Selection(0, 0, 0, 0);
    // Nothing stands before the first character.
    const none = vscode.commands.executeCommand('cellscope.showReach');
    assert.equal(await none, null);
  });
});
