import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { TrainingOptions } from '../../src/core/training/options.ts';
import { cellscope } from '../harness/command-line.ts';
import { activate, repository, small, train, unraced, until, weights, workspaceFile } from './cellscope.ts';

describe('training in the extension host', () => {
  it('trains on the workspace and keeps a whole run', async () => {
    const run = await train();
    assert.equal(run.manifest.state, 'finished');
    assert.equal(run.manifest.spec.layers[0]?.hiddenSize, 16);
    assert.ok(run.manifest.trainedChars >= 20_000);
    const heldOut = run.manifest.heldOut?.nats ?? Number.NaN;
    assert.ok(heldOut > 0 && heldOut < Math.log(run.manifest.spec.vocabulary.length), `held-out loss ${heldOut}`);
    for (const file of ['run.json', 'metrics.jsonl', 'checkpoints/current.json'])
      assert.ok(existsSync(path.join(run.folder.fsPath, file)), file);
    const points = await (await activate()).store.metrics(run.id);
    assert.ok(points.at(-1)!.trainNats < points[0]!.trainNats, 'the loss has come down');
  });

  it('reads what .gitignore leaves over, every file on one side, and no binary file', async () => {
    const [run] = (await activate()).store.entries;
    const paths = run!.manifest.corpus.files.map((file) => file.path);
    for (const name of ['queue.ts', 'scanner.ts', 'report.ts', 'windows.ts', 'words.py'])
      assert.equal(paths.filter((file) => file.endsWith(name)).length, 1, name);
    assert.deepEqual(
      paths.filter((file) => /generated|picture/.test(file)),
      [],
    );
  });

  it('gives the held-out loss that `cellscope eval` computes on the test files', async () => {
    const [run] = (await activate()).store.entries;
    const { corpus, heldOut } = run!.manifest;
    if (corpus.splitInsideFiles) return; // then no file is wholly held out
    const files = corpus.files.filter((file) => file.side === 'test').map((file) => file.path);
    const folder = workspaceFile('').fsPath;
    const inFolder = (file: string) =>
      [path.join(folder, file), path.join(path.dirname(folder), file)].find(existsSync)!;
    const evaluated = cellscope<{ nats: number }>(repository(), 'eval', run!.folder.fsPath, ...files.map(inFolder));
    assert.ok(Math.abs(evaluated.nats - heldOut!.nats) < 1e-4, `${evaluated.nats} and ${heldOut!.nats}`);
  });

  // A second try would hide what these two are about.
  it('gives bit-identical weights for the same seed, others for another', async function () {
    this.retries(0);
    const short: Partial<TrainingOptions> = { ...unraced, budget: { kind: 'chars', amount: 20_000 } };
    const first = weights(await train(short));
    assert.ok(first.equals(weights(await train(short))));
    assert.ok(!first.equals(weights(await train({ ...short, seed: 4 }))));
  });

  it('is paused and resumed to the weights of an uninterrupted training', async function () {
    this.retries(0);
    const { store, training } = await activate();
    const whole = weights(await train(unraced));
    const id = await vscode.commands.executeCommand<string>('cellscope.trainOnWorkspace', {
      options: unraced,
      confirm: false,
      detach: true,
    });
    await until('some characters trained', () => (training.latest?.trainedChars ?? 0) > 20_000);
    await vscode.commands.executeCommand('cellscope.pause');
    await until('the training to be paused', () => training.latest?.state === 'paused');
    const paused = training.latest!.trainedChars;
    assert.ok(paused < 120_000, `paused at ${paused}`);
    await vscode.commands.executeCommand('cellscope.resume');
    await until('the training to end', () => !training.isBusy, 60_000);
    await store.refresh();
    const run = store.find(id)!;
    assert.equal(run.manifest.state, 'finished');
    assert.ok(weights(run).equals(whole));
  });

  it('is stopped: what was learned so far is a finished run', async () => {
    const { store, training } = await activate();
    const id = await vscode.commands.executeCommand<string>('cellscope.trainOnWorkspace', {
      options: { ...small, budget: { kind: 'chars', amount: 100_000_000 } },
      confirm: false,
      detach: true,
    });
    await until('some characters trained', () => (training.latest?.trainedChars ?? 0) > 5_000);
    await vscode.commands.executeCommand('cellscope.stop');
    await until('the training to end', () => !training.isBusy, 60_000);
    await store.refresh();
    const run = store.find(id)!;
    assert.equal(run.manifest.state, 'finished');
    assert.ok(run.manifest.trainedChars < 100_000_000);
    assert.ok(weights(run).length > 0);
  });
});
