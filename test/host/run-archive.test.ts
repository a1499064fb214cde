import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { RunEntry } from '../../src/host/contracts.ts';
import { activate, train, until, weights, workspaceFile } from './cellscope.ts';

type Show = (text: string) => Promise<string | undefined>;

describe('a run as one file', () => {
  let folder: string;
  let run: RunEntry;
  let archive: string;
  let shown: string[] = [];
  const originals = { ...vscode.window };
  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'cellscope-archive-'));
    archive = path.join(folder, 'run.cellscope-run');
    run = await train({ seed: 31 });
  });
  beforeEach(() => {
    shown = [];
    const show: Show = async (text) => {
      shown.push(text);
      return undefined;
    };
    Object.assign(vscode.window, {
      showInformationMessage: show,
      showWarningMessage: show,
      showErrorMessage: show,
    });
  });
  afterEach(() => {
    const { showInformationMessage, showWarningMessage, showErrorMessage, withProgress } = originals;
    Object.assign(vscode.window, { showInformationMessage, showWarningMessage, showErrorMessage, withProgress });
  });
  after(async () => {
    const { store, inspection } = await activate();
    await inspection.selectModel(null);
    for (const { id } of store.entries.filter(({ manifest }) => manifest.name.endsWith('(copy)')))
      await store.delete(id);
    rmSync(folder, { recursive: true, force: true });
  });

  const exportTo = (target: string, text: boolean, entry = run) =>
    vscode.commands.executeCommand<vscode.Uri | null>('cellscope.exportRun', entry, {
      target: vscode.Uri.file(target),
      text,
    });
  const importFrom = (file: string) =>
    vscode.commands.executeCommand<string | null>('cellscope.importRun', vscode.Uri.file(file));
  const imports = async (): Promise<string[]> => {
    const { store } = await activate();
    const place = vscode.Uri.joinPath(store.root, '..', 'imports').fsPath;
    return existsSync(place) ? readdirSync(place) : [];
  };

  it('comes back as a copy that opens, says the same and trains longer', async () => {
    const { store, inspection, training } = await activate();
    assert.equal((await exportTo(archive, true))?.fsPath, archive);
    const id = await importFrom(archive);
    assert.ok(id && id !== run.id, shown.join());
    const copy = store.find(id)!;
    assert.equal(copy.manifest.name, `${run.manifest.name} (copy)`);
    assert.deepEqual(weights(copy), weights(run));
    assert.deepEqual(await store.metrics(id), await store.metrics(run.id));
    assert.deepEqual(await imports(), []);

    const document = await vscode.workspace.openTextDocument(workspaceFile('src/queue.ts'));
    const cells = [{ layer: 0, cell: 3, quantity: 'tanhc' }] as const;
    const values = async (entry: RunEntry): Promise<Float32Array> => {
      await vscode.commands.executeCommand('cellscope.openRun', entry);
      const [page] = await inspection.page(document, { cells: [...cells], startLine: 0, endLine: 10 });
      return page!.values;
    };
    assert.deepEqual(await values(copy), await values(run));

    const { trainedChars } = copy.manifest;
    await vscode.commands.executeCommand('cellscope.trainLonger', copy, 5000);
    await until('the training to end', () => !training.isBusy, 60_000);
    assert.ok(store.find(id)!.manifest.trainedChars >= trainedChars + 5000, shown.join());
    assert.equal(store.find(run.id)!.manifest.trainedChars, trainedChars);
  });

  it('is a tar archive', () => {
    const names = execFileSync('tar', ['-tf', archive], { encoding: 'utf8' }).trim().split('\n');
    assert.ok(names.includes('run.json') && names.includes('corpus.jsonl'), names.join());
    assert.equal(names.at(-1), 'cellscope-run.json');
    const manifest = execFileSync('tar', ['-xOf', archive, 'run.json']);
    assert.deepEqual(manifest, readFileSync(path.join(run.folder.fsPath, 'run.json')));
  });

  it('may leave its text out, and then says so where the text is needed', async () => {
    const { store, inspection, training } = await activate();
    const file = path.join(folder, 'bare.cellscope-run');
    await exportTo(file, false);
    const secret = readFileSync(workspaceFile('src/queue.ts').fsPath, 'utf8')
      .split('\n')
      .find((line) => line.length > 30)!;
    assert.ok(!readFileSync(file, 'utf8').includes(secret));
    const id = (await importFrom(file))!;
    await vscode.commands.executeCommand('cellscope.openRun', store.find(id));
    assert.equal(inspection.model?.key, `run:${id}:current`);
    await vscode.commands.executeCommand('cellscope.trainLonger', store.find(id), 5000);
    await until('a message', () => shown.some((text) => /not kept with it.*Import it again/.test(text)), 10_000);
    await until('the training to end', () => !training.isBusy);
  });

  it('that is damaged, cut off or something else is refused, and nothing of it stays', async () => {
    const { store } = await activate();
    const before = store.entries.map(({ id }) => id);
    const good = readFileSync(archive);
    const damaged = Buffer.from(good);
    damaged[damaged.length - 5000]! ^= 1;
    const cases: [string, Uint8Array, RegExp][] = [
      ['cut', good.subarray(0, good.length - 3000), /truncated.*Copy it again/],
      ['damaged', damaged, /damaged/],
      ['other', new TextEncoder().encode('PK\u0003\u0004'.padEnd(2000)), /not an exported run/],
      ['empty', new Uint8Array(0), /truncated/],
    ];
    for (const [name, bytes, expected] of cases) {
      const file = path.join(folder, `${name}.cellscope-run`);
      writeFileSync(file, bytes);
      assert.equal(await importFrom(file), null);
      assert.match(shown.at(-1) ?? '', expected, name);
    }
    assert.equal(await importFrom(path.join(folder, 'none.cellscope-run')), null);
    assert.match(shown.at(-1)!, /does not exist/);
    await store.refresh();
    assert.deepEqual(
      store.entries.map(({ id }) => id),
      before,
    );
    assert.deepEqual(store.unreadable, []);
    assert.deepEqual(await imports(), []);
  });

  it('leaves nothing where it is cancelled', async () => {
    const { store } = await activate();
    const before = store.entries.length;
    const cancelling = (_: unknown, task: (progress: unknown, token: vscode.CancellationToken) => Promise<unknown>) => {
      const source = new vscode.CancellationTokenSource();
      source.cancel();
      // The token calls its listeners at once where it is cancelled already.
      return task({ report: () => {} }, source.token);
    };
    Object.assign(vscode.window, { withProgress: cancelling });
    const target = path.join(folder, 'cancelled.cellscope-run');
    assert.equal(await exportTo(target, true), null);
    assert.equal(await importFrom(archive), null);
    assert.deepEqual(shown, []);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('cancelled')),
      [],
    );
    assert.equal(store.entries.length, before);
    assert.deepEqual(await imports(), []);
  });

  it('is not made of a run that is being trained, or where it cannot be written', async () => {
    const { manifest } = run;
    const target = path.join(folder, 'running.cellscope-run');
    assert.equal(await exportTo(target, true, { ...run, manifest: { ...manifest, state: 'running' } }), null);
    assert.match(shown.at(-1)!, /being trained\. Stop it before/);
    assert.equal(await exportTo(path.join(folder, 'missing', 'x.cellscope-run'), true), null);
    assert.match(shown.at(-1)!, /does not exist/);
    assert.deepEqual(
      readdirSync(folder).filter((name) => /running|part$/.test(name)),
      [],
    );
  });
});
