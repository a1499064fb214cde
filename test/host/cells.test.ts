import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { CellsFile } from '../../src/core/formats/cells-file.ts';
import { RunFolder } from '../../src/core/formats/run-folder.ts';
import { RunCells } from '../../src/host/cells/run-cells.ts';
import { withChosen } from '../../src/host/commands/cell-quantities.ts';
import type { RunEntry } from '../../src/host/contracts.ts';
import { RunsTree } from '../../src/host/trees/runs-tree.ts';
import { nodeStorage } from '../../src/worker/node-storage.ts';
import { startNodeWorker } from '../../src/worker/ports.node.ts';
import { savePlanted, writePlantedRun } from '../unit/core/cells/planted-run.ts';
import { activate, closeEditors, repository, train, until } from './cellscope.ts';

describe('cells that stand for concepts', () => {
  const own: vscode.Disposable[] = [];
  const id = 'planted-cells';
  let run: RunEntry;

  before(async () => {
    const { store } = await activate();
    await writePlantedRun(nodeStorage(store.folderOf(id).fsPath), { id });
    run = await entry();
  });
  after(async () => {
    for (const one of own) one.dispose();
    await closeEditors();
  });

  async function entry(): Promise<RunEntry> {
    const { store } = await activate();
    await store.refresh();
    return store.find(id)!;
  }

  /** As another window would see the runs. */
  async function anotherWindow(patience?: number): Promise<RunCells> {
    const { store } = await activate();
    const log = vscode.window.createOutputChannel('another window', { log: true });
    const startWorker = async (): Promise<ReturnType<typeof startNodeWorker>> =>
      startNodeWorker(path.join(repository(), 'dist/inspector-worker.cjs'));
    const cells = new RunCells(store, { startWorker, ownFiles: vscode.workspace.fs }, log, patience);
    own.push(cells, log);
    return cells;
  }

  /** The rows below the run, as `label  description`, groups with their number. */
  async function rows(cells?: RunCells): Promise<string[]> {
    const { store, training, cells: shown } = await activate();
    const tree = new RunsTree(store, training, cells ?? shown);
    try {
      const row = tree.getChildren().find((node) => node.kind === 'run' && node.entry.id === id)!;
      const items = await Promise.all(tree.getChildren(row).map((node) => tree.getTreeItem(node)));
      return items.map(({ label, description }) => `${label}  ${description}`);
    } finally {
      tree.dispose();
    }
  }

  const findCells = (): Thenable<CellsFile | null> =>
    vscode.commands.executeCommand<CellsFile | null>('cellscope.findCells', run);
  const kept = (): string => path.join(run.folder.fsPath, 'cells.json');

  it('are asked for where none were found', async () => {
    assert.deepEqual(await rows(), ['Find cells…  which cells stand for concepts']);
  });

  it('are found, named in the view, and kept with the run', async () => {
    const found = await findCells();
    assert.equal(found?.generation, 1);
    const { cells } = await activate();
    const names = cells.namesAt(id, 0, 0).map(({ concept }) => concept.concept);
    assert.ok(names.includes('double-quoted'), names.join());
    assert.deepEqual(cells.namesAt(id, 0, 7), []);
    const shown = await rows();
    assert.match(
      shown.find((row) => row.startsWith('inside double quotes')) ?? shown.join('\n'),
      / {2}AP 1\.00 \/ 0\.\d\d · 0·0 · 95 % 1\.00–1\.00 · p 0\.0\d\d · clamp \+\d\.\d+ \(95 % of others ≤ .*\)$/,
    );
    assert.ok(shown.some((row) => /^Best candidates {2}\d+$/.test(row)));
    const later = await anotherWindow();
    const { store } = await activate();
    await store.refresh();
    await until('the other window to know them', () => later.reportOf(id) !== null);
    assert.deepEqual(later.reportOf(id), cells.reportOf(id));
  });

  it('a cell of the view opens in the heatmap', async () => {
    const { cells, inspection } = await activate();
    const [standing] = cells.namesAt(id, 0, 0);
    await vscode.commands.executeCommand('cellscope.openCell', { kind: 'cell', entry: run, standing });
    const { quantity } = standing!.candidate;
    assert.deepEqual(inspection.cell, { layer: 0, cell: 0, quantity });
    assert.match(inspection.model!.key, new RegExp(`^run:${id}:`));
  });

  it('are scored by gates where they are asked for', async () => {
    assert.deepEqual(withChosen(['f', 'z'], ['c', 'i', 'f', 'g', 'o'], ['i']), ['z', 'i']);
    const settings = vscode.workspace.getConfiguration('cellscope');
    await settings.update('cells.quantities', ['i', 'z', 'loudness'], vscode.ConfigurationTarget.Global);
    try {
      const again = 'Find cells again…  Other gates are asked for than those that were scored.';
      assert.equal((await rows())[0], again);
      const found = (await findCells())!;
      // An LSTM has no update gate.
      assert.deepEqual(found.quantities, ['i']);
      assert.ok(found.report.concepts.some(({ best }) => best.some(({ quantity }) => quantity === 'i')));
      assert.notEqual((await rows())[0], again);
    } finally {
      await settings.update('cells.quantities', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('are outdated once the run has a better checkpoint', async () => {
    await savePlanted(await RunFolder.open(nodeStorage(run.folder.fsPath)), 2000, true);
    run = await entry();
    const again = 'Find cells again…  Found at checkpoint 1: the run was trained on since.';
    assert.equal((await rows())[0], again);
    assert.equal((await findCells())?.generation, 2);
    const shown = await rows();
    assert.equal(shown[0], 'No cell has earned a name  more training or more text may help');
  });

  it('in a file that cannot be read are no cells, and no harm', async () => {
    writeFileSync(kept(), readFileSync(kept(), 'utf8').replace('"formatVersion":1', '"formatVersion":7'));
    const later = await anotherWindow();
    await entry();
    assert.deepEqual(await rows(later), ['Find cells…  which cells stand for concepts']);
  });

  it('a pattern that never ends is stopped and named', async () => {
    const settings = vscode.workspace.getConfiguration('cellscope');
    const concepts = [{ name: 'endless', pattern: '([a-p();= ]+)+X' }];
    await settings.update('cells.concepts', concepts, vscode.ConfigurationTarget.Global);
    try {
      const cells = await anotherWindow(1000);
      await assert.rejects(cells.find(run, { evidence: false }), (error: { code?: string; message: string }) => {
        assert.equal(error.code, 'pattern-too-slow');
        assert.match(error.message, /“endless” takes too long/);
        return true;
      });
    } finally {
      await settings.update('cells.concepts', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('a search that is cancelled leaves what there was', async () => {
    const { cells } = await activate();
    const before = cells.reportOf(id);
    const stop = new AbortController();
    const finding = cells.find(run, { evidence: true, signal: stop.signal, onProgress: () => stop.abort() });
    assert.notEqual(cells.measuring(id), null);
    await assert.rejects(finding, { code: 'cancelled' });
    assert.equal(cells.measuring(id), null);
    assert.equal(cells.reportOf(id), before);
  });

  it('go with the run, also while they are looked for', async () => {
    const { store, cells } = await activate();
    let deleting: Promise<void> | undefined;
    const onProgress = (): void => {
      deleting ??= store.delete(id);
    };
    await assert.rejects(cells.find(run, { evidence: true, onProgress }), { code: 'cancelled' });
    await deleting;
    assert.equal(existsSync(run.folder.fsPath), false);
    await until('the cells to be forgotten', () => cells.reportOf(id) === null);
  });

  it('are looked for by themselves when a training has ended', async () => {
    const { cells, store } = await activate();
    const trained = await train({ budget: { kind: 'chars', amount: 3000 } });
    await until('cells or a reason', () => cells.reportOf(trained.id) !== null || cells.failureOf(trained.id) !== null);
    assert.equal(cells.failureOf(trained.id), null);
    assert.equal(cells.reportOf(trained.id)!.generation, store.find(trained.id)!.manifest.best);
  });
});
