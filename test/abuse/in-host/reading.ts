/**
 * Runs inside the extension host: trains on the large folder that CELLSCOPE_ABUSE_FOLDER names, through the command that a
 * person uses, once to the end and a few times cancelled on the way. Writes `HostReading` as JSON to CELLSCOPE_ABUSE_OUT.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as vscode from 'vscode';
import type { CellscopeApi } from '../../../src/host/extension.ts';

export interface HostReading {
  /** Files of the corpus that was trained on: a sample. */
  files: number;
  /** Until the training began. */
  seconds: number;
  /** Bytes of the extension host at most, beyond what it had before; the worker's are among them. */
  peak: number;
  /** Milliseconds: the host's event loop, and from Cancel to the end of the command. */
  delay: { p99: number; max: number };
  cancel: number[];
}

const folder = vscode.Uri.file(process.env.CELLSCOPE_ABUSE_FOLDER!);
const options = {
  architecture: 'lstm',
  layers: 1,
  hiddenSize: 16,
  sequence: 32,
  batch: 4,
  threads: 1,
  budget: { kind: 'chars', amount: 5000 },
};
/** When a reading is cancelled: milliseconds after its begin, and shares of the time that the whole one took. */
const instants = [20, 100, 400];
const shares = [0.3, 0.6, 0.9];

export async function run(): Promise<void> {
  const { store, training } = (await vscode.extensions.getExtension<CellscopeApi>('cellscope.cellscope')!.activate())!;
  await vscode.workspace
    .getConfiguration('cellscope')
    .update('training.openWhenStarted', 'none', vscode.ConfigurationTarget.Global);
  const train = (): Thenable<string | null> =>
    vscode.commands.executeCommand('cellscope.trainOnFolder', folder, undefined, { options, confirm: false });
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const start = performance.now();
  let seconds = 0;
  const listener = training.onDidChangeActive(() => {
    seconds ||= (performance.now() - start) / 1000;
  });
  const id = await train();
  listener.dispose();
  const cancel: number[] = [];
  for (const after of [...instants, ...shares.map((share) => 1000 * share * seconds)]) {
    const asked = cancelProgress(after);
    if ((await train()) === null) cancel.push(performance.now() - (await asked));
  }
  assert.ok(cancel.length > 0, 'no reading was cancelled');
  delays.disable();
  clearInterval(watch);
  await store.refresh();
  const { files } = store.find(id!)!.manifest.corpus;
  const delay = { p99: delays.percentile(99) / 1e6, max: delays.max / 1e6 };
  const reading: HostReading = { files: files.length, seconds, peak: peak - before, delay, cancel };
  writeFileSync(process.env.CELLSCOPE_ABUSE_OUT!, JSON.stringify(reading));
}

/** Presses Cancel on the next progress notification; resolves with when that was. */
function cancelProgress(after: number): Promise<number> {
  const original = vscode.window.withProgress;
  return new Promise((resolve) => {
    Object.assign(vscode.window, {
      withProgress: (notification: vscode.ProgressOptions, task: Parameters<typeof original>[1]) => {
        Object.assign(vscode.window, { withProgress: original });
        return original(notification, (report, token) => {
          const source = new vscode.CancellationTokenSource();
          token.onCancellationRequested(() => source.cancel());
          setTimeout(() => {
            resolve(performance.now());
            source.cancel();
          }, after);
          return task(report, source.token);
        });
      },
    });
  });
}
