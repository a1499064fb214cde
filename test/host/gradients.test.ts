import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, closeEditors, train, until } from './cellscope.ts';

const tabs = (): vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs);
const shown = (): vscode.Tab | undefined => tabs().find((tab) => tab.label === 'Cellscope Gradients');

describe('gradients in the extension host', () => {
  after(closeEditors);

  it('one panel opens, however often it is asked for', async () => {
    const run = await train();
    await vscode.commands.executeCommand('cellscope.openGradients', run);
    await until('the gradient panel', () => shown() !== undefined);
    await vscode.commands.executeCommand('cellscope.openGradients');
    assert.equal(tabs().filter((tab) => tab.label === 'Cellscope Gradients').length, 1);
    await vscode.window.tabGroups.close(shown()!);
  });

  it('the same is trained with another architecture: same texts and sides, same options and vocabulary', async () => {
    const { store, training } = await activate();
    const run = await train();
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
});
