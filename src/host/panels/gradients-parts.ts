/** What is computed for a run of the gradient panel, part by part. */
import { defaultLags, defaultPositions } from '../../core/gradients/report.ts';
import type { GradientPart, GradientResult } from '../../protocol/gradients.ts';
import type { ModelReference } from '../../protocol/inspector-service.ts';
import type { RunEntry } from '../contracts.ts';
import type { BackgroundWorker } from '../inspection/background-worker.ts';
import { workerPath } from '../platform.ts';
import { gradientRun, shownContribution, shownJacobians, shownReport } from './gradients-messages.ts';

/** Positions for what is done once per checkpoint. */
const positionsPerCheckpoint = 64;

export interface PartOptions {
  signal: AbortSignal;
  onProgress: (progress: { fraction: number }) => void;
  /** A result that will be completed. */
  onPartial: (result: GradientResult) => void;
}

/** A run's checkpoint; `null`: the one that counts now. */
export function checkpointOf({ id, folder, manifest }: RunEntry, generation: number | null): ModelReference {
  const number = generation ?? gradientRun(id, manifest).generation;
  return { key: `${id}:${number}`, kind: 'run', folder: workerPath(folder), generation: number };
}

export async function computePart(
  worker: BackgroundWorker,
  entry: RunEntry,
  part: GradientPart,
  options: PartOptions,
): Promise<GradientResult> {
  const { generation } = gradientRun(entry.id, entry.manifest);
  const { signal } = options;
  const request = { model: checkpointOf(entry, null), lags: defaultLags, positions: defaultPositions };
  switch (part) {
    case 'report':
      return shownReport(await worker.ask(signal, (remote) => remote.call('gradientReport', request, options)));
    case 'jacobians': {
      const summary = await worker.ask(signal, (remote) => remote.call('gradientJacobians', request, options));
      return shownJacobians(summary, generation);
    }
    case 'contribution': {
      const summary = await worker.ask(signal, (remote) => remote.call('gradientContribution', request, options));
      return shownContribution(summary, generation, entry.manifest.options.sequence);
    }
    case 'memory': {
      const summary = await worker.ask(signal, (remote) => remote.call('gradientMemory', request, options));
      return { part, generation, ...summary };
    }
    case 'history':
      return history(worker, entry, options);
  }
}

/** The horizon at every kept checkpoint, the oldest first, each shown as soon as it is there. */
async function history(worker: BackgroundWorker, entry: RunEntry, options: PartOptions): Promise<GradientResult> {
  const { generations } = entry.manifest;
  const result: Extract<GradientResult, { part: 'history' }> = {
    part: 'history',
    generation: null,
    lags: defaultLags,
    points: [],
  };
  for (const [done, { number, trainedChars }] of generations.entries()) {
    const request = { model: checkpointOf(entry, number), lags: defaultLags, positions: positionsPerCheckpoint };
    const { lags, layers } = await worker.ask(options.signal, (remote) =>
      remote.call('gradientHorizon', request, {
        signal: options.signal,
        onProgress: ({ fraction }) => options.onProgress({ fraction: (done + fraction) / generations.length }),
      }),
    );
    result.lags = lags;
    result.generation = number;
    result.points.push({ generation: number, trainedChars, layers });
    options.onPartial({ ...result, points: [...result.points] });
  }
  return result;
}
