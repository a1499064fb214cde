/** How far a measurement is, and the way to stop it. */
import { t } from '../words.ts';

export interface Watch {
  /** Structural part of an AbortSignal. */
  signal?: { readonly aborted: boolean };
  onProgress?: (progress: { stage: Stage; fraction: number }) => void;
}

export type Stage = 'sample' | 'validation' | 'test' | 'untrained' | 'shifts' | 'ablation' | 'probe';

/** Share of the time that each stage takes in a common measurement with evidence (1×128, 1 MB of text). */
const stageShares: Record<Stage, number> = {
  sample: 0.06,
  validation: 0.26,
  test: 0.11,
  untrained: 0.16,
  shifts: 0.16,
  ablation: 0.18,
  probe: 0.07,
};

/** How far the whole measurement is, 0…1: stages before the one that goes on count as done. */
export function overallFraction(stage: Stage, fraction: number, evidence: boolean): number {
  const stages = (Object.keys(stageShares) as Stage[]).filter(
    (one) => evidence || one === 'validation' || one === 'test',
  );
  const total = stages.reduce((sum, one) => sum + stageShares[one], 0);
  const at = stages.indexOf(stage);
  const before = stages.slice(0, Math.max(0, at)).reduce((sum, one) => sum + stageShares[one], 0);
  return (before + (at < 0 ? 0 : stageShares[stage] * fraction)) / total;
}

/** For a part of a stage: its 0…1 are the stage's `from`…`to`. */
export function partOf(watch: Watch, from: number, to: number): Watch {
  return {
    ...watch,
    onProgress: ({ stage, fraction }) => watch.onProgress?.({ stage, fraction: from + (to - from) * fraction }),
  };
}

/** Thrown where the signal was aborted. */
export class MeasurementCancelled extends Error {
  readonly code = 'cancelled';
  constructor() {
    super(t('Scoring of cells was cancelled.'));
    this.name = 'MeasurementCancelled';
  }
}

let lastPause = 0;

/**
 * Reports, lets messages in (a worker learns of an abort only between tasks) and throws where the signal was aborted.
 * Call it every few milliseconds of work.
 */
export async function report(watch: Watch, stage: Stage, fraction: number): Promise<void> {
  watch.onProgress?.({ stage, fraction });
  if (performance.now() - lastPause > 30) {
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    lastPause = performance.now();
  }
  if (watch.signal?.aborted) throw new MeasurementCancelled();
}
