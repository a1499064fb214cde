import { dropoutKey } from '../../model/dropout.ts';
import type { Job } from './job.ts';
import type { Kernels, Views } from './kernels.ts';
import { type Part, share } from './part.ts';
import type { TrainingPlan } from './training-plan.ts';

/**
 * What the forward and the backward pass over a window share. Both take one time step at a time over all their panels: whole-window
 * products run at half the speed, as their operands leave the caches.
 */
export class WindowPass {
  protected readonly kernels: Kernels;
  protected readonly views: Views;
  protected readonly plan: TrainingPlan;

  constructor(kernels: Kernels, views: Views, plan: TrainingPlan) {
    this.kernels = kernels;
    this.views = views;
    this.plan = plan;
  }

  /** [T][N][units][8]: what layer k gives to the layers above, D(y^k). */
  given(k: number, job: Job): number {
    const { dropped } = this.plan.layers[k]!;
    return dropped && job.update && job.update.dropout > 0 ? dropped : this.outputOf(k, job);
  }

  /** y^k: h without its first slot where there is no connection. */
  protected outputOf(k: number, job: Job): number {
    const { y, h } = this.plan.layers[k]!;
    return y || h + job.panels * this.plan.shape.layers[k]!.units * 32;
  }

  protected hasReset(t: number): boolean {
    return this.views.i32[this.plan.resetSteps / 4 + t] !== 0;
  }

  /** Byte ranges of this part's units in panels [N][units][8]. */
  protected forRanges(
    { n0, n1 }: Part,
    units: number,
    u0: number,
    u1: number,
    visit: (from: number, to: number) => void,
  ): void {
    if (u1 - u0 === units) visit(n0 * units * 32, n1 * units * 32);
    else for (let n = n0; n < n1; n++) visit((n * units + u0) * 32, (n * units + u1) * 32);
  }

  /** to = D(from) for layer k's outputs of all steps; by time where units are split, as whole panels are hashed. */
  protected drop({ job, n0, n1, index, count }: Part, k: number, from: number, to: number): void {
    const { units, hidden } = this.plan.shape.layers[k]!;
    const { dropout, dropoutSeed } = job.update!;
    const key = dropoutKey(dropoutSeed, k);
    const threshold = Math.ceil(dropout * 4294967296);
    const [t0, t1] = job.split === 'units' ? share(job.time, index, count, 1) : [0, job.time];
    for (let t = t0; t < t1; t++) {
      const at = t * job.panels * units * 32;
      this.kernels.dropLanes(
        units,
        hidden,
        from + at,
        to + at,
        key,
        t * job.batch,
        threshold,
        1 / (1 - dropout),
        0,
        n0,
        n1,
      );
    }
  }
}
