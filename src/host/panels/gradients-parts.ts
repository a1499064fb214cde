/** What is computed for a run, or for a model file, of the gradient panel, part by part. */
import { defaultLags, defaultPositions } from '../../core/gradients/report.ts';
import { t } from '../../core/words.ts';
import type { GradientPart, GradientResult } from '../../protocol/gradients.ts';
import type { BackgroundWorker } from '../inspection/background-worker.ts';
import { shownContribution, shownJacobians, shownMemory, shownReport } from './gradients-messages.ts';
import type { GradientSource } from './gradients-sources.ts';

/** Positions for what is done once per checkpoint. */
const positionsPerCheckpoint = 64;

export interface PartOptions {
  signal: AbortSignal;
  onProgress: (progress: { fraction: number }) => void;
  /** A result that will be completed. */
  onPartial: (result: GradientResult) => void;
}

/** Window whose truncation is shown where the model's own is not known: lectures call about 20 usual. */
const usualWindow = 20;

export async function computePart(
  worker: BackgroundWorker,
  source: GradientSource,
  part: GradientPart,
  options: PartOptions,
): Promise<GradientResult> {
  const { generation, on, sequence, kind } = source.run;
  const measured = { generation, on };
  const { signal } = options;
  const request = {
    model: source.model(null),
    texts: source.texts(),
    lags: defaultLags,
    positions: defaultPositions,
  };
  switch (part) {
    case 'report':
      return shownReport(
        await worker.ask(signal, (remote) => remote.call('gradientReport', request, options)),
        measured,
      );
    case 'jacobians': {
      const summary = await worker.ask(signal, (remote) => remote.call('gradientJacobians', request, options));
      return shownJacobians(summary, measured);
    }
    case 'contribution': {
      const summary = await worker.ask(signal, (remote) => remote.call('gradientContribution', request, options));
      return shownContribution(summary, measured, sequence ?? usualWindow);
    }
    case 'memory': {
      const summary = await worker.ask(signal, (remote) => remote.call('gradientMemory', request, options));
      return shownMemory(summary, measured, source.namesAt);
    }
    case 'history':
      if (kind === 'file')
        throw new Error(t('A model file has one set of weights and no checkpoints of its training. Choose a run.'));
      return history(worker, source, options);
  }
}

/** The horizon at every kept checkpoint, the oldest first, each shown as soon as it is there. */
async function history(
  worker: BackgroundWorker,
  source: GradientSource,
  options: PartOptions,
): Promise<GradientResult> {
  const generations = source.entry?.manifest.generations ?? [];
  const result: Extract<GradientResult, { part: 'history' }> = {
    part: 'history',
    on: null,
    generation: null,
    lags: defaultLags,
    points: [],
  };
  for (const [done, { number, trainedChars }] of generations.entries()) {
    const request = { model: source.model(number), texts: null, lags: defaultLags, positions: positionsPerCheckpoint };
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
