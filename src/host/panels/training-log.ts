/** What a training of this window said so far: points and samples, for a panel that opens later. */
import type * as vscode from 'vscode';
import type { MetricPoint } from '../../core/formats/manifest.ts';
import type { TrainingSample } from '../../protocol/training-panel.ts';
import type { Training } from '../contracts.ts';

/** A day at five points a second is 432,000; older ones are in the run's metrics. */
const mostPoints = 50_000;
const mostSamples = 200;

export class TrainingLog implements vscode.Disposable {
  run: string | null = null;
  points: MetricPoint[] = [];
  samples: TrainingSample[] = [];
  private readonly subscriptions: vscode.Disposable[];

  constructor(training: Training) {
    this.subscriptions = [
      training.onDidChangeActive((run) => {
        if (run === null || run === this.run) return;
        this.run = run;
        this.points = [];
        this.samples = [];
      }),
      training.onDidProgress((progress) => {
        this.run ??= training.activeRun;
        this.points.push(...progress.points);
        if (this.points.length > mostPoints) this.points.splice(0, this.points.length - mostPoints);
        if (progress.sample === undefined) return;
        this.samples.push({ chars: progress.trainedChars, text: progress.sample });
        if (this.samples.length > mostSamples) this.samples.splice(1, 1);
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
