/** How far a measurement is, and the way to stop it. */

export interface Watch {
  /** Structural part of an AbortSignal. */
  signal?: { readonly aborted: boolean };
  onProgress?: (progress: { stage: Stage; fraction: number }) => void;
}

export type Stage = 'sample' | 'validation' | 'test' | 'untrained' | 'shifts' | 'ablation' | 'probe';

/** Thrown where the signal was aborted. */
export class MeasurementCancelled extends Error {
  readonly code = 'cancelled';
  constructor() {
    super('Scoring of cells was cancelled.');
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
