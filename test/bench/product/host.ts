/**
 * Runs inside the extension host: how long a hover takes, how long recolouring after a typed character, and how much the
 * host's event loop is delayed while a training goes on. Prints one JSON line to the file in CELLSCOPE_BENCH_OUT.
 */
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as vscode from 'vscode';
import { Random } from '../../../src/core/random.ts';
import type { CellscopeApi } from '../../../src/host/extension.ts';
import type { HostMeasurements } from './measurements.ts';

const hovers = 200;
const edits = 100;
const visibleLines = 45;
const delaySeconds = 15;

export async function run(): Promise<void> {
  const api = (await vscode.extensions.getExtension<CellscopeApi>('cellscope.cellscope')!.activate())!;
  const settings = vscode.workspace.getConfiguration('cellscope');
  await settings.update('training.openWhenStarted', 'none', vscode.ConfigurationTarget.Global);
  // A search for cells after the training would keep a core busy while "quiet" is measured.
  await settings.update('cells.findAfterTraining', false, vscode.ConfigurationTarget.Global);
  const readingDelay = monitorEventLoopDelay({ resolution: 1 });
  readingDelay.enable();
  await vscode.commands.executeCommand('cellscope.trainOnWorkspace', { confirm: false, detach: true });
  readingDelay.disable();
  await until(() => (api.training.latest?.trainedChars ?? 0) > 100_000);
  const trainingDelay = monitorEventLoopDelay({ resolution: 1 });
  trainingDelay.enable();
  await sleep(delaySeconds * 1000);
  trainingDelay.disable();
  const charsPerSecond = api.training.latest!.charsPerSecond;
  const busy = await measureDocument(api);
  await vscode.commands.executeCommand('cellscope.stop');
  await until(() => !api.training.isBusy);
  const quiet = await measureDocument(api);
  const measurements: HostMeasurements = {
    engine: api.store.entries[0]!.manifest.engine.name,
    charsPerSecond,
    readingDelay: summary(readingDelay),
    trainingDelay: summary(trainingDelay),
    busy,
    quiet,
  };
  writeFileSync(process.env.CELLSCOPE_BENCH_OUT!, JSON.stringify(measurements));
}

async function measureDocument(api: CellscopeApi): Promise<HostMeasurements['quiet']> {
  const { inspection } = api;
  const file = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'long/long-100.ts');
  const document = await vscode.workspace.openTextDocument(file);
  const editor = await vscode.window.showTextDocument(document);
  if (!inspection.model) throw new Error('No model is open: the training opens its first checkpoint.');
  // The whole document once, as the heatmap does in the background.
  await inspection.page(document, {
    cells: [inspection.cell],
    startLine: document.lineCount - 1,
    endLine: document.lineCount,
  });
  const random = new Random(1);
  const place = (): vscode.Position => {
    const line = random.below(document.lineCount);
    return new vscode.Position(line, random.below(Math.max(1, document.lineAt(line).text.length)));
  };
  const hover: number[] = [];
  for (let k = 0; k < hovers; k++) {
    const position = place();
    const start = performance.now();
    await vscode.commands.executeCommand('vscode.executeHoverProvider', document.uri, position);
    hover.push(performance.now() - start);
  }
  const recolour: number[] = [];
  for (let k = 0; k < edits; k++) {
    const position = place();
    const startLine = Math.max(0, position.line - Math.floor(visibleLines / 2));
    const endLine = Math.min(document.lineCount, startLine + visibleLines);
    const changed = new Promise<number>((resolve) => {
      const listener = vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document !== document) return;
        listener.dispose();
        resolve(performance.now());
      });
    });
    await editor.edit((builder) => builder.insert(position, 'x'), { undoStopBefore: false, undoStopAfter: false });
    const start = await changed;
    await inspection.page(document, { cells: [inspection.cell], startLine, endLine });
    recolour.push(performance.now() - start);
    await sleep(120); // a fast typist's interval: the rest of the document is recomputed meanwhile
  }
  await vscode.commands.executeCommand('workbench.action.files.revert');
  return { hover, recolour };
}

function summary(delay: ReturnType<typeof monitorEventLoopDelay>): HostMeasurements['trainingDelay'] {
  return { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
}

async function until(probe: () => boolean): Promise<void> {
  while (!probe()) await sleep(50);
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
