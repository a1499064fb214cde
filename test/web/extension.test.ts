/** The extension itself in VS Code's web-worker extension host: no node, workers from blobs, files through VS Code. */
import { beforeAll, describe, expect, it } from 'vitest';
import * as vscode from 'vscode';
import { DocumentText } from '../../src/core/corpus/text.ts';
import { nextCharacters, Vocabulary } from '../../src/core/corpus/vocabulary.ts';
import { referenceEngine } from '../../src/core/engine/reference/reference.ts';
import { decodeCheckpoint } from '../../src/core/formats/checkpoint.ts';
import { measureLagNorms } from '../../src/core/gradients/lag-norms.ts';
import { lagProfile } from '../../src/core/gradients/lag-profile.ts';
import { choosePositions } from '../../src/core/gradients/positions.ts';
import { reachOf } from '../../src/core/gradients/reach.ts';
import type { RunEntry } from '../../src/host/contracts.ts';
import type { CellscopeApi } from '../../src/host/extension.ts';
import { FolderStorage } from '../../src/host/runs/folder-storage.ts';
import { fromGradients, type ShownReport } from '../../src/protocol/gradients.ts';
import { FakeGradientsPanel } from '../harness/fake-gradients-panel.ts';
import { memoryScheme } from '../harness/web-worker/memory-files.ts';
import { writePlantedRun } from '../unit/core/cells/planted-run.ts';

const cell = { layer: 0, cell: 3, quantity: 'h' } as const;

async function train(seed: number, engine: 'auto' | 'reference' = 'auto'): Promise<RunEntry> {
  const budget = { kind: 'chars', amount: 20_000 };
  const options = { hiddenSize: 12, sequence: 32, batch: 4, threads: 0, seed, budget, engine };
  const id = await vscode.commands.executeCommand<string>('cellscope.trainOnWorkspace', { options, confirm: false });
  const { store } = await activate();
  await store.refresh();
  return store.find(id)!;
}

const activate = async (): Promise<CellscopeApi> =>
  vscode.extensions.getExtension<CellscopeApi>('cellscope.cellscope')!.activate();

async function until(probe: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !probe(); ) {
    if (Date.now() > end) throw new Error('Not seen within a minute.');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function weights(run: RunEntry): Promise<Uint8Array> {
  const file = vscode.Uri.joinPath(run.folder, 'checkpoints', String(run.manifest.current), 'model.safetensors');
  return vscode.workspace.fs.readFile(file);
}

describe('the extension in the web-worker extension host', () => {
  let run: RunEntry;
  beforeAll(async () => {
    run = await train(5);
  });

  it('has no node under it, no shared memory, and a workspace that is on no disk', () => {
    expect(Reflect.get(globalThis, 'process')).toBe(undefined);
    expect(typeof SharedArrayBuffer).toBe('undefined');
    expect(vscode.workspace.workspaceFolders!.map(({ uri }) => uri.scheme)).toEqual([memoryScheme]);
  });

  it('trains with the WebAssembly kernels and keeps a whole run', async () => {
    expect(run.manifest.state).toBe('finished');
    expect(run.manifest.engine.name).toMatch(/wasm/i);
    // Asked for as many as there are cores.
    expect(run.manifest.engine.threads).toBe(1);
    expect(run.manifest.heldOut!.nats).toBeLessThan(Math.log(run.manifest.spec.vocabulary.length));
    const files = run.manifest.corpus.files.map((file) => file.path.split('/').at(-1));
    expect(files).toContain('queue.ts');
    expect(files).not.toContain('generated.ts');
  });

  it('gives bit-identical weights for the same seed', async () => {
    // Each training races the builds of the kernels anew, and another build rounds otherwise.
    const [one, other] = [await train(5, 'reference'), await train(5, 'reference')];
    expect(await weights(one)).toEqual(await weights(other));
  });

  it("shows the reference engine's numbers for a file with Windows line ends and emoji", async () => {
    const { inspection } = await activate();
    await vscode.commands.executeCommand('cellscope.openRun', run);
    const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'src/windows.ts');
    const document = await vscode.workspace.openTextDocument(uri);
    const [page] = await inspection.page(document, { cells: [cell], startLine: 0, endLine: document.lineCount });

    const kept = run.manifest.best ?? run.manifest.current;
    const file = vscode.Uri.joinPath(run.folder, 'checkpoints', String(kept), 'model.safetensors');
    const { spec, parameters } = decodeCheckpoint(await vscode.workspace.fs.readFile(file));
    const session = await referenceEngine().open(spec, { kind: 'parameters', parameters }, { maxTime: 0, maxBatch: 0 });
    const text = new DocumentText(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
    const inputs = new Vocabulary(spec.vocabulary, spec.unknown).encode(text.slice());
    const { columns } = await session.run({ inputs, start: null, targets: null }, { columns: [cell] });
    const [expected] = columns;
    expect(page!.values.length).toBe(expected!.length);
    for (let t = 0; t < expected!.length; t++) expect(Math.abs(page!.values[t]! - expected![t]!)).toBeLessThan(1e-5);
  });

  it('measures gradients in a worker of the browser: what the reference engine says of the same held-out files', async () => {
    const { gradients } = await activate();
    const panel = new FakeGradientsPanel((send) => gradients(run.id, send));
    try {
      await until(() => panel.results.has('report'));
      const report = panel.results.get('report') as ShownReport;
      const file = vscode.Uri.joinPath(run.folder, 'checkpoints', String(report.generation), 'model.safetensors');
      const { spec, parameters } = decodeCheckpoint(await vscode.workspace.fs.readFile(file));
      const start = { kind: 'parameters', parameters } as const;
      const session = await referenceEngine().open(spec, start, { maxTime: 0, maxBatch: 0 });
      panel.say(fromGradients.texts({ run: run.id }));
      await until(() => panel.texts.length > 0);
      const vocabulary = new Vocabulary(spec.vocabulary, spec.unknown);
      const texts = panel.texts.map(({ text }) => {
        const inputs = vocabulary.encode(text);
        return { inputs, targets: nextCharacters(inputs) };
      });
      const positions = choosePositions(texts, report.positions, report.lags, 1);
      const [expected] = lagProfile(await measureLagNorms(session, texts, positions, report.lags));
      expect(report.layers[0]!.c!.horizon).toBe(expected!.c!.horizon);
      for (const lag of [1, 5, report.lags])
        expect(report.layers[0]!.c!.relative[lag]! / expected!.c!.relative[lag]!).toBeCloseTo(1, 3);

      for (const part of ['jacobians', 'contribution', 'memory', 'history'] as const) panel.compute(part);
      await until(() => panel.results.size === 5 && panel.ended.size === 5);
      panel.say(fromGradients.reach({ run: run.id, document: 0, at: 60, logit: '(' }));
      panel.say(fromGradients.lab({ weight: 0.9, steps: 50, layers: 8, units: 16, seed: 1 }));
      await until(() => panel.reach !== null && panel.lab !== null);
      const reach = await reachOf(session, texts[0]!, { at: 60, lags: 500, logit: vocabulary.encode('(')[0]! });
      for (let i = 0; i <= 60; i++)
        expect(Math.abs(panel.reach!.values.signedX[i]! - reach.signed.x[i]!)).toBeLessThan(1e-4);
      expect(panel.problems).toEqual([]);
    } finally {
      panel.dispose();
    }
  });

  it('hovers', async () => {
    const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'src/windows.ts');
    const position = new vscode.Position(1, 34);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, position);
    const text = hovers.flatMap(({ contents }) =>
      contents.map((part) => (typeof part === 'string' ? part : part.value)),
    );
    expect(text.join('\n')).toMatch(/surprisal/);
  });

  it('finds the cell that stands for a concept, with the grammar that the host reads for it', async () => {
    const { store, cells } = await activate();
    await writePlantedRun(new FolderStorage(store.folderOf('planted')), { id: 'planted' });
    await store.refresh();
    const { report } = await cells.find(store.find('planted')!, { evidence: false });
    const quoted = report.concepts.find(({ concept }) => concept === 'double-quoted')!;
    expect(quoted.best[0]!.cell).toBe(0);
    expect(quoted.best[0]!.ap).toBeGreaterThan(0.99);
  });

  it('explores the sample run', async () => {
    const { store, inspection } = await activate();
    expect(await vscode.commands.executeCommand('cellscope.openSample')).toBe('sample');
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse('cellscope-sample:/README.md'));
    expect(store.find('sample')?.manifest.state).toBe('finished');
    expect(inspection.model?.name).toMatch(/^Sample/);
    const request = { cells: [inspection.cell], startLine: 0, endLine: 5 };
    const [page] = await inspection.page(document, request);
    expect(page!.values.some((value) => Math.abs(value) > 0.2)).toBe(true);
    await inspection.selectModel(null);
    await store.delete('sample');
  });
});
