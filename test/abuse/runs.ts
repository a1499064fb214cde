/** A small training as the extension host does one, and what every run must still be after whatever was done to it. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseManifest } from '../../src/core/formats/manifest-file.ts';
import { RunFolder } from '../../src/core/formats/run-folder.ts';
import { defaultOptions, type TrainingOptions } from '../../src/core/training/options.ts';
import type { InspectorService } from '../../src/protocol/inspector-service.ts';
import type { ModelFilesService } from '../../src/protocol/model-files-service.ts';
import type { TrainingOutcome, TrainingProgress, TrainingService } from '../../src/protocol/training-service.ts';
import { type CallOptions, connect, type Remote } from '../../src/worker/channel.ts';
import { nodeStorage } from '../../src/worker/node-storage.ts';
import { startNodeWorker } from '../../src/worker/ports.node.ts';
import type { WorkerHandle } from '../../src/worker/ports.ts';
import { sampleFiles } from '../unit/core/training/trainer-fixtures.ts';

/** About a second of training and a second of saves and evaluations. */
export const smallOptions: TrainingOptions = {
  ...defaultOptions,
  hiddenSize: 16,
  sequence: 16,
  batch: 8,
  budget: { kind: 'chars', amount: 300_000 },
  warmup: 1000,
  engine: 'wasm',
  threads: 1,
};

export interface TrainingHands {
  worker: WorkerHandle;
  remote: Remote<TrainingService>;
}

export function startTraining(distribution: string): TrainingHands {
  const worker = startNodeWorker(path.join(distribution, 'training-worker.cjs'));
  return { worker, remote: connect<TrainingService>(worker.port) };
}

export function startInspector(distribution: string): { worker: WorkerHandle; remote: Remote<InspectorService> } {
  const worker = startNodeWorker(path.join(distribution, 'inspector-worker.cjs'));
  return { worker, remote: connect<InspectorService>(worker.port) };
}

export function startFiles(distribution: string): { worker: WorkerHandle; remote: Remote<ModelFilesService> } {
  const worker = startNodeWorker(path.join(distribution, 'file-worker.cjs'));
  return { worker, remote: connect<ModelFilesService>(worker.port) };
}

export async function plan(
  remote: Remote<TrainingService>,
  options: Partial<TrainingOptions> = {},
  files = 24,
): Promise<void> {
  await remote.call('begin', { options: { ...smallOptions, ...options }, minimumCount: 1, keptCheckpoints: 6 });
  await remote.call('addFiles', { files: sampleFiles(files) });
  await remote.call('plan', {});
}

/** A fresh run in a worker of its own, to its end or until `options.signal`. */
export async function train(
  distribution: string,
  folder: string,
  changes: Partial<TrainingOptions> = {},
  options: CallOptions<TrainingProgress> = {},
  files?: number,
): Promise<TrainingOutcome> {
  const { worker, remote } = startTraining(distribution);
  try {
    await plan(remote, changes, files);
    return await remote.call('train', { folder, id: path.basename(folder), name: 'Abused' }, options);
  } finally {
    await worker.terminate();
  }
}

export async function resume(distribution: string, folder: string): Promise<TrainingOutcome> {
  const { worker, remote } = startTraining(distribution);
  try {
    return await remote.call('resume', { folder });
  } finally {
    await worker.terminate();
  }
}

/** A run that was begun and left at its first checkpoint, and the weights that it must come to whatever happens on the way. */
export interface BegunRun {
  begun: string;
  weights: Buffer;
  /** Milliseconds of a resume that nobody disturbs. */
  duration: number;
}

/**
 * All that follow from one begun run are computed by the same build of the kernels: their weights can be compared. Runs of
 * the same options are begun once for all cases; each gets a copy.
 */
export async function beginRun(
  distribution: string,
  scratch: string,
  changes: Partial<TrainingOptions> = {},
): Promise<BegunRun> {
  const key = `${distribution} ${JSON.stringify(changes)}`;
  const known = begunRuns.get(key) ?? beginNewRun(distribution, changes);
  begunRuns.set(key, known);
  const run = await known;
  const begun = path.join(scratch, 'begun');
  cpSync(run.begun, begun, { recursive: true });
  return { ...run, begun };
}

const begunRuns = new Map<string, Promise<BegunRun>>();

/** In the folder of the distribution, and removed with it. */
async function beginNewRun(distribution: string, changes: Partial<TrainingOptions>): Promise<BegunRun> {
  const folder = mkdtempSync(path.join(distribution, 'begun-'));
  const begun = path.join(folder, 'begun');
  const controller = new AbortController();
  const { state } = await train(distribution, begun, changes, {
    signal: controller.signal,
    onProgress: ({ generation }) => generation !== undefined && controller.abort(),
  });
  assert.equal(state, 'interrupted');
  const whole = path.join(folder, 'whole');
  cpSync(begun, whole, { recursive: true });
  const start = performance.now();
  assert.equal((await resume(distribution, whole)).state, 'finished');
  return { begun, weights: weightsOf(whole), duration: performance.now() - start };
}

export function weightsOf(folder: string): Buffer {
  const { current } = parseManifest(readFileSync(path.join(folder, 'run.json')));
  return readFileSync(path.join(folder, 'checkpoints', String(current), 'model.safetensors'));
}

/** Everything that a window would read of a run is whole; before its first checkpoint it may have none. */
export async function assertReadable(folder: string): Promise<void> {
  if (!existsSync(path.join(folder, 'run.json'))) return; // killed before there was a run
  const run = await RunFolder.open(nodeStorage(folder));
  await run.readCorpus();
  await run.readMetrics();
  if (run.manifest.generations.length === 0) return;
  await run.loadGeneration();
  await run.readModel('best');
  for (const { number } of run.manifest.generations)
    await run.readModel(number).catch(async (error: unknown) => {
      // A training that goes on meanwhile may have dropped it for a newer one.
      const { manifest } = await RunFolder.open(nodeStorage(folder));
      if (manifest.generations.some((kept) => kept.number === number)) throw error;
    });
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
