/** Runs in a page: trains in a blob worker whose files live in this page's memory, kills it, resumes it. */
import { RunFolder } from '../../../../src/core/formats/run-folder.ts';
import { defaultOptions } from '../../../../src/core/training/options.ts';
import type { FilesService } from '../../../../src/protocol/files-service.ts';
import type { TrainingOutcome, TrainingService } from '../../../../src/protocol/training-service.ts';
import { connect, type Remote, serve } from '../../../../src/worker/channel.ts';
import { filesService } from '../../../../src/worker/files.ts';
import { startBrowserWorker } from '../../../../src/worker/ports.browser.ts';
import type { WorkerHandle } from '../../../../src/worker/ports.ts';
import { MemoryStorage } from '../../core/formats/memory-storage.ts';
import { sampleFiles } from '../../core/training/trainer-fixtures.ts';

export interface BrowserResult {
  engine: string;
  killed: string;
  straight: TrainingOutcome;
  resumed: TrainingOutcome;
  sameWeights: boolean;
}

async function asset(name: string): Promise<Uint8Array> {
  const response = await fetch(`/dist/${name}`);
  if (!response.ok) throw new Error(`No asset ${name}.`);
  return new Uint8Array(await response.arrayBuffer());
}

async function train(): Promise<BrowserResult> {
  const source = await asset('training-worker.browser.js');
  const disk = new Map<string, MemoryStorage>();
  const storage = (folder: string): MemoryStorage => {
    if (!disk.has(folder)) disk.set(folder, new MemoryStorage());
    return disk.get(folder)!;
  };
  const start = (): { worker: WorkerHandle; remote: Remote<TrainingService> } => {
    const worker = startBrowserWorker(source);
    const readFile = (path: string): Promise<Uint8Array> => storage('').read(path);
    serve<FilesService>(worker.port, filesService({ storage, readFile, readAsset: asset }));
    return { worker, remote: connect<TrainingService>(worker.port) };
  };
  const first = start();
  const options = { ...defaultOptions, hiddenSize: 12, budget: { kind: 'chars' as const, amount: 200_000 } };
  await first.remote.call('begin', { options, minimumCount: 1 });
  await first.remote.call('addFiles', { files: sampleFiles(24) });
  const { engine } = await first.remote.call('plan', {});
  const killed = await first.remote
    .call(
      'train',
      { folder: 'killed', id: 'k', name: 'K' },
      { onProgress: ({ trainedChars }) => trainedChars > 60_000 && void first.worker.terminate() },
    )
    .then(
      ({ state }) => `not killed: ${state}`,
      (error: Error) => error.message,
    );
  disk.set('straight', storage('killed').reborn());
  const straight = await start().remote.call('resume', { folder: 'straight' });
  const resumed = await start().remote.call('resume', { folder: 'killed' });
  const [one, other] = await Promise.all(
    ['straight', 'killed'].map(
      async (folder) => (await (await RunFolder.open(storage(folder))).loadGeneration()).session,
    ),
  );
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, entry) =>
      entry instanceof Map ? [...entry] : ArrayBuffer.isView(entry) ? Array.from(entry as Float32Array) : entry,
    );
  return { engine: engine.name, killed, straight, resumed, sameWeights: text(one) === text(other) };
}

Object.assign(globalThis, { trainInBrowser: train });
