/** A model in training: its memory, the steps over it, and which way of sharing a step is the fastest here. */
import { clipScale } from '../../training/clipping.ts';
import type { StepReport, Update, Window } from '../engine.ts';
import { type Job, type Split, writeJob } from './job.ts';
import { createMemory, instantiate, type Kernels, Views } from './kernels.ts';
import type { ModelShape } from './shape.ts';
import { SplitChooser } from './split-chooser.ts';
import { StepRunner, sumLosses } from './step.ts';
import type { Team } from './team.ts';
import { type PlanSize, planTraining, type TrainingPlan } from './training-plan.ts';

/** How a thread comes to a step: the team and this session's number in it, or null on one thread. */
export interface Membership {
  team: Team;
  session: number;
}

export class Training {
  readonly plan: TrainingPlan;
  readonly memory: WebAssembly.Memory;
  readonly views: Views;
  /** Lanes of the carried state, 0 before the first window. */
  carriedLanes = 0;
  private readonly kernels: Kernels;
  private readonly chooser: SplitChooser;
  private runner: StepRunner;
  private membership: Membership | null = null;

  constructor(shape: ModelShape, module: WebAssembly.Module, size: PlanSize) {
    this.plan = planTraining(shape, size);
    this.memory = createMemory(this.plan.bytes, size.threads > 1);
    this.views = new Views(this.memory);
    this.kernels = instantiate(module, this.memory);
    this.runner = new StepRunner(this.kernels, this.views, this.plan, 0, () => {});
    this.chooser = new SplitChooser(size.threads, Math.min(...shape.layers.map((layer) => layer.units)));
  }

  join(membership: Membership): void {
    this.membership = membership;
    this.runner = new StepRunner(this.kernels, this.views, this.plan, 0, membership.team.barrier);
  }

  get session(): number | null {
    return this.membership?.session ?? null;
  }

  /** The arena of `shape.size` floats at an address of the plan. */
  arena(at: number): Float32Array {
    return this.views.f32.subarray(at / 4, at / 4 + this.plan.shape.size);
  }

  /** Forward and backward over a window; with an update, the optimiser's step too, unless something is not finite. */
  step(window: Window, update: Update | null, step: number): { job: Job; loss: number } {
    const job = this.write(window, update, step);
    this.startState(job);
    const panels = job.panels;
    const split = this.membership ? this.chooser.next(job.time, panels) : 'single';
    this.runAs({ ...job, split });
    const loss = job.scored > 0 ? sumLosses(this.views, this.plan, job) / job.scored : 0;
    return { job, loss };
  }

  /** Gradient norms by name, and the first tensor that is not finite, weights before gradients. */
  inspect(loss: number, clipNorm: number): Omit<StepReport, 'loss' | 'scored'> {
    const { slices, squares, shape } = this.plan;
    const gradientSquares = new Map<string, number>();
    const weightSquares = new Map<string, number>();
    let total = 0;
    slices.forEach(({ tensor }, s) => {
      const { name } = shape.tensors[tensor]!;
      const square = this.views.f64[squares / 8 + s]!;
      total += square;
      gradientSquares.set(name, (gradientSquares.get(name) ?? 0) + square);
      weightSquares.set(name, (weightSquares.get(name) ?? 0) + this.views.f64[squares / 8 + slices.length + s]!);
    });
    const infinite = (sums: Map<string, number>): string | null => {
      for (const [name, sum] of sums) if (!Number.isFinite(sum)) return name;
      return null;
    };
    const gradientNorm = Math.sqrt(total);
    return {
      gradientNorm,
      clipScale: clipScale(gradientNorm, clipNorm),
      norms: new Map([...gradientSquares].map(([name, square]) => [name, Math.sqrt(square)])),
      nonFinite: infinite(weightSquares) ?? infinite(gradientSquares) ?? (Number.isFinite(loss) ? null : 'loss'),
    };
  }

  /** Keeps the state after the window for the next one. */
  carry({ batch, panels, time }: Job): void {
    this.forStates(panels, (slot0, step, carried, bytes) =>
      this.views.u8.copyWithin(carried, slot0 + time * step, slot0 + time * step + bytes),
    );
    this.carriedLanes = batch;
  }

  private runAs(job: Job): void {
    writeJob(this.views, this.plan.job, job);
    const begin = performance.now();
    if (job.split !== 'single') this.membership!.team.release(this.membership!.session);
    this.runner.run();
    this.chooser.took(performance.now() - begin);
  }

  private startState({ panels, batch }: Job): void {
    if (this.carriedLanes !== 0 && this.carriedLanes !== batch)
      throw new Error(
        `The carried state has ${this.carriedLanes} lanes and the window ${batch}. Keep one batch size in a session.`,
      );
    this.forStates(panels, (slot0, _step, carried, bytes) => {
      if (this.carriedLanes === 0) this.views.u8.fill(0, slot0, slot0 + bytes);
      else this.views.u8.copyWithin(slot0, carried, carried + bytes);
    });
  }

  private forStates(
    panels: number,
    visit: (slot0: number, step: number, carried: number, bytes: number) => void,
  ): void {
    this.plan.layers.forEach((place, k) => {
      const bytes = panels * this.plan.shape.layers[k]!.units * 32;
      visit(place.h, bytes, place.carryH, bytes);
      if (place.c) visit(place.c, bytes, place.carryC, bytes);
    });
  }

  /** Characters, targets and resets into panels; lanes beyond the batch read nothing and score nothing. */
  private write(window: Window, update: Update | null, step: number): Job {
    const { plan, views } = this;
    const { time, batch, inputs, targets, reset } = window;
    const { maxTime, maxBatch } = plan.size;
    const rows = time * batch;
    if (!(rows > 0) || inputs.length !== rows || targets.length !== rows || reset.length !== rows)
      throw new Error(
        `A window of ${time} steps and ${batch} lanes needs ${rows} inputs, targets and resets, not ${inputs.length}, ${targets.length} and ${reset.length}.`,
      );
    if (time > maxTime || batch > maxBatch)
      throw new Error(
        `A window of ${time} steps and ${batch} lanes is larger than the session was opened for (${maxTime} and ${maxBatch}).`,
      );
    const panels = Math.ceil(batch / 8);
    const none = plan.shape.vocabulary;
    const [ids, goals, keep, places, steps] = [
      plan.ids,
      plan.targets,
      plan.keep,
      plan.resetPlaces,
      plan.resetSteps,
    ].map((at) => at / 4) as [number, number, number, number, number];
    const { i32 } = views;
    let scored = 0;
    let resets = 0;
    for (let t = 0; t < time; t++) {
      i32[steps + t] = 0;
      for (let lane = 0; lane < panels * 8; lane++) {
        const at = t * panels * 8 + lane;
        const from = t * batch + lane;
        const real = lane < batch;
        const input = real ? inputs[from]! : -1;
        const target = real ? targets[from]! : -1;
        if (input >= none || target >= none)
          throw new Error(
            `Index ${Math.max(input, target)} in the window lies outside the vocabulary of ${none} characters.`,
          );
        i32[ids + at] = input < 0 ? none : input;
        i32[goals + at] = target < 0 ? -1 : target;
        if (target >= 0) scored++;
        const begins = real && reset[from] !== 0;
        i32[keep + at] = begins ? 0 : -1;
        if (begins) {
          i32[steps + t] = 1;
          i32[places + resets++] = at;
        }
      }
    }
    const split: Split = 'single';
    return { split, time, batch, panels, resets, scored, update, step };
  }
}
