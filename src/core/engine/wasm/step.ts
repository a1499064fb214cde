/**
 * One training step on one thread: every thread runs this with its own part of the work, meeting at barriers. Each value is computed by
 * one thread in an order that does not depend on the split, so one thread and several give the same bits.
 */
import { clipScale } from '../../training/clipping.ts';
import { BackwardPass } from './backward-pass.ts';
import { ForwardPass } from './forward-pass.ts';
import { type Job, readJob } from './job.ts';
import type { Kernels, Views } from './kernels.ts';
import { packWeights } from './pack.ts';
import { type Part, partOf, share } from './part.ts';
import { gradientChunk, type TrainingPlan } from './training-plan.ts';

/** Runs the job that the plan's memory holds. */
export class StepRunner {
  private readonly kernels: Kernels;
  private readonly views: Views;
  private readonly plan: TrainingPlan;
  private readonly thread: number;
  private readonly wait: () => void;
  private readonly forward: ForwardPass;
  private readonly backward: BackwardPass;
  /** Rows at whose multiples they may be cut. */
  private readonly grain: number;

  constructor(kernels: Kernels, views: Views, plan: TrainingPlan, thread: number, wait: () => void) {
    this.kernels = kernels;
    this.views = views;
    this.plan = plan;
    this.thread = thread;
    this.wait = wait;
    this.forward = new ForwardPass(kernels, views, plan);
    this.backward = new BackwardPass(kernels, views, plan);
    this.grain = kernels.rowGrain();
  }

  run(): void {
    const { kernels, views, plan } = this;
    const job = readJob(views, plan.job);
    const part = partOf(job, this.grain, this.thread, plan.size.threads, this.wait);
    packWeights(kernels, plan, part.index, part.count);
    part.barrier();
    this.forward.run(part);
    part.unitsBarrier();
    this.backward.run(part);
    part.barrier();
    this.weightGradients(part);
    part.barrier();
    this.sumSquares(part);
    part.barrier();
    if (job.update) this.update(part);
    part.barrier();
  }

  /** Products of gate gradients with what the gates read, summed over the window; rows are shared among threads. */
  private weightGradients({ job, index, count }: Part): void {
    const { kernels, plan, forward } = this;
    const { shape, gradients } = plan;
    const panels = job.time * job.panels;
    const { rows: pa, columns: pb } = plan.scratch[this.thread]!;
    const range = (rows: number): [number, number] => share(rows, index, count, this.grain);
    let tensor = 0;
    const next = (): number => gradients + shape.tensors[tensor++]!.at * 4;
    const matrix = (
      rows: number,
      columns: number,
      x: number,
      xRows: number,
      x0: number,
      y: number,
      resets = 0,
    ): void => {
      const [m0, m1] = range(rows);
      const into = next();
      kernels.weightGradient(
        rows,
        columns,
        x,
        xRows,
        x0,
        y,
        panels,
        into,
        m0,
        m1,
        gradientChunk,
        pa,
        pb,
        plan.resetPlaces,
        resets,
      );
    };
    const bias = (x: number, xRows: number, into: number): [number, number] => {
      const [f0, f1] = range(xRows);
      kernels.sumRows(xRows, x, panels, into, f0, f1, pb);
      return [f0, f1];
    };
    // The order of the tensors is the layout's: input and recurrent weight, their biases, the highway gate, at last the output.
    shape.layers.forEach((layer, k) => {
      const place = plan.layers[k]!;
      const { rows, units } = layer;
      const inputRows = layer.inputGates.length * units;
      const recurrentRows = layer.recurrentGates.length * units;
      const recurrentRow = layer.recurrentBlock * units;
      if (k === 0) {
        const [f0, f1] = range(inputRows);
        kernels.scatter(shape.vocabulary + 1, inputRows, rows, next(), plan.ids, place.gates, panels, f0, f1);
      }
      for (const j of layer.sources)
        matrix(inputRows, shape.layers[j]!.units, place.gates, rows, 0, forward.given(j, job));
      matrix(recurrentRows, units, place.gates, rows, recurrentRow, place.h, job.resets);
      this.copyBias(
        bias(place.gates, rows, place.biasGradient),
        place.biasGradient,
        next(),
        inputRows,
        next(),
        recurrentRow,
        recurrentRows,
      );
      if (layer.connection === 'highway') {
        matrix(units, units, place.tau, units, 0, forward.given(k - 1, job));
        bias(place.tau, units, next());
      }
    });
    const { vocabulary } = shape;
    for (const j of shape.outSources)
      matrix(vocabulary, shape.layers[j]!.units, plan.logits, vocabulary, 0, forward.given(j, job));
    bias(plan.logits, vocabulary, next());
  }

  /** The sum over rows [f0, f1) is the gradient of b_ih where the input product reaches, of b_hh where the recurrent one does. */
  private copyBias(
    [f0, f1]: [number, number],
    from: number,
    ih: number,
    inputRows: number,
    hh: number,
    recurrentRow: number,
    recurrentRows: number,
  ): void {
    const { f32 } = this.views;
    for (let f = f0; f < f1; f++) {
      if (f < inputRows) f32[ih / 4 + f] = f32[from / 4 + f]!;
      const r = f - recurrentRow;
      if (r >= 0 && r < recurrentRows) f32[hh / 4 + r] = f32[from / 4 + f]!;
    }
  }

  private sumSquares({ index, count }: Part): void {
    const { kernels, plan, views } = this;
    const { slices, squares } = plan;
    const [s0, s1] = share(slices.length, index, count, 1);
    for (let s = s0; s < s1; s++) {
      const { at, size } = slices[s]!;
      views.f64[squares / 8 + s] = kernels.sumOfSquares(plan.gradients + at * 4, size);
      views.f64[squares / 8 + slices.length + s] = kernels.sumOfSquares(plan.parameters + at * 4, size);
    }
  }

  private update({ job, index, count }: Part): void {
    const { kernels, plan, views } = this;
    const { slices, squares, parameters, gradients, slots } = plan;
    const { optimizer, learningRate, clipNorm } = job.update!;
    let square = 0;
    let finite = true;
    for (let s = 0; s < slices.length; s++) {
      square += views.f64[squares / 8 + s]!;
      finite &&= Number.isFinite(views.f64[squares / 8 + slices.length + s]);
    }
    if (!finite || !Number.isFinite(square) || !Number.isFinite(sumLosses(views, plan, job))) return;
    const scale = clipScale(Math.sqrt(square), clipNorm);
    const [s0, s1] = share(slices.length, index, count, 1);
    for (let s = s0; s < s1; s++) {
      const { at, size } = slices[s]!;
      const bytes = size * 4;
      const [x, g, first, second] = [parameters, gradients, ...slots].map((arena) => arena + at * 4) as [
        number,
        number,
        number,
        number,
      ];
      if (optimizer.kind === 'adam') {
        const { beta1, beta2, epsilon } = optimizer;
        const rate = learningRate / (1 - beta1 ** job.step);
        const correction = 1 / Math.sqrt(1 - beta2 ** job.step);
        kernels.adam(x, g, first, second, bytes, scale, rate, beta1, 1 - beta1, beta2, 1 - beta2, correction, epsilon);
      } else if (optimizer.kind === 'rmsprop') {
        kernels.rmsprop(
          x,
          g,
          first,
          bytes,
          scale,
          learningRate,
          optimizer.decay,
          1 - optimizer.decay,
          optimizer.epsilon,
        );
      } else if (optimizer.kind === 'adadelta') {
        kernels.adadelta(
          x,
          g,
          first,
          second,
          bytes,
          scale,
          learningRate,
          optimizer.decay,
          1 - optimizer.decay,
          optimizer.epsilon,
        );
      } else kernels.sgd(x, g, first, bytes, scale, learningRate, optimizer.momentum);
    }
  }
}

/** Σ −ln p over the window, panel by panel in a fixed order. */
export function sumLosses({ f64 }: Views, { losses }: TrainingPlan, { time, panels }: Job): number {
  let sum = 0;
  for (let i = 0; i < time * panels; i++) sum += f64[losses / 8 + i]!;
  return sum;
}
