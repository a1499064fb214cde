import type { StepReport } from '../engine/engine.ts';
import type { MetricPoint } from '../formats/manifest.ts';

/** Averages the steps since the last point; norms by tensor since they were last taken. */
export class Meter {
  private steps = 0;
  private scored = 0;
  private nats = 0;
  private gradientNorm = 0;
  private clipScale = 0;
  private clipped = 0;
  private learningRate = 0;
  private norms = new Map<string, number>();
  private normSteps = 0;

  get empty(): boolean {
    return this.steps === 0;
  }

  add(report: StepReport, learningRate: number): void {
    this.steps++;
    this.scored += report.scored;
    this.nats += report.loss * report.scored;
    this.gradientNorm += report.gradientNorm;
    this.clipScale += report.clipScale;
    if (report.clipScale < 1) this.clipped++;
    this.learningRate = learningRate;
    this.normSteps++;
    for (const [name, norm] of report.norms) this.norms.set(name, (this.norms.get(name) ?? 0) + norm);
  }

  /** The point of all steps since the last one; starts anew. Call only where not `empty`. */
  take(chars: number, seconds: number): MetricPoint {
    const { steps } = this;
    const point: MetricPoint = {
      chars,
      seconds,
      trainNats: this.scored > 0 ? this.nats / this.scored : 0,
      gradientNorm: this.gradientNorm / steps,
      clipScale: this.clipScale / steps,
      learningRate: this.learningRate,
      clippedShare: this.clipped / steps,
    };
    this.steps = this.scored = this.nats = this.gradientNorm = this.clipScale = this.clipped = 0;
    return point;
  }

  /** Mean norm by parameter name of all steps since the last call; empty where there were none. */
  takeNorms(): Record<string, number> {
    const means = Object.fromEntries([...this.norms].map(([name, sum]) => [name, sum / this.normSteps]));
    this.norms.clear();
    this.normSteps = 0;
    return means;
  }
}
