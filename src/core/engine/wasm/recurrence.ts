/**
 * Forward through time, the output layer, and backward through time, on one thread's part. One time step at a time over all its panels:
 * whole-window products run at half the speed, as their operands leave the caches.
 */
import { dropoutKey } from '../../model/dropout.ts';
import type { Job } from './job.ts';
import type { Kernels, Views } from './kernels.ts';
import { type Part, share } from './step.ts';
import type { LayerPlan, TrainingPlan } from './training-plan.ts';

export class Recurrence {
  private readonly kernels: Kernels;
  private readonly views: Views;
  private readonly plan: TrainingPlan;

  constructor(kernels: Kernels, views: Views, plan: TrainingPlan) {
    this.kernels = kernels;
    this.views = views;
    this.plan = plan;
  }

  run(part: Part): void {
    const last = this.plan.shape.layers.length - 1;
    for (let k = 0; k <= last; k++) this.forwardLayer(part, k);
    part.unitsBarrier();
    this.output(part);
    part.unitsBarrier();
    for (let k = last; k >= 0; k--) this.backwardLayer(part, k);
  }

  /** [T][N][units][8]: what layer k gives to the layers above, D(y^k). */
  given(k: number, job: Job): number {
    const { dropped } = this.plan.layers[k]!;
    return dropped && job.update && job.update.dropout > 0 ? dropped : this.outputOf(k, job);
  }

  /** y^k: h without its first slot where there is no connection. */
  private outputOf(k: number, job: Job): number {
    const { y, h } = this.plan.layers[k]!;
    return y || h + job.panels * this.plan.shape.layers[k]!.units * 32;
  }

  private hasReset(t: number): boolean {
    return this.views.i32[this.plan.resetSteps / 4 + t] !== 0;
  }

  private forwardLayer(part: Part, k: number): void {
    const { kernels, plan } = this;
    const { job, n0, n1 } = part;
    const { shape } = plan;
    const layer = shape.layers[k]!;
    const place = plan.layers[k]!;
    const { units, rows, kind } = layer;
    const inputGates = layer.inputGates.length;
    const recurrentGates = layer.recurrentGates.length;
    const [u0, u1] = part.units(units);
    const idStep = job.panels * 32;
    const unitStep = units * idStep;
    const gateStep = rows * idStep;
    const whole = u1 - u0 === units;
    for (let t = 0; t < job.time; t++) {
      const gates = place.gates + t * gateStep;
      // Where units are split every gate block has a range of its own; else the blocks lie side by side.
      for (let block = 0; block < (whole ? 1 : layer.blocks); block++) {
        const [f0, f1] = whole ? [0, rows] : [block * units + u0, block * units + u1];
        if (k === 0) kernels.gather(rows, rows, plan.table, plan.ids + t * idStep, gates, n0, n1, f0, f1);
        else kernels.fillBias(rows, place.bias, gates, n0, n1, f0, f1);
      }
      layer.sources.forEach((j, s) => {
        const width = shape.layers[j]!.units;
        const x = this.given(j, job) + t * job.panels * width * 32;
        kernels.product(
          inputGates,
          units,
          width,
          place.inputForward[s]!,
          x,
          width * 32,
          gates,
          rows * 32,
          n0,
          n1,
          u0,
          u1,
          1,
        );
      });
      let before = place.h + t * unitStep;
      let cellBefore = place.c + t * unitStep;
      if (this.hasReset(t)) {
        const keep = plan.keep + t * idStep;
        kernels.maskLanes(units, before, keep, plan.maskedH, 0, n0, n1, u0, u1);
        if (place.c) kernels.maskLanes(units, cellBefore, keep, plan.maskedC, 0, n0, n1, u0, u1);
        before = plan.maskedH;
        cellBefore = plan.maskedC;
        part.unitsBarrier();
      }
      const recurrent = gates + layer.recurrentBlock * units * 32;
      kernels.product(
        recurrentGates,
        units,
        units,
        place.recurrentForward,
        before,
        units * 32,
        recurrent,
        rows * 32,
        n0,
        n1,
        u0,
        u1,
        1,
      );
      const h = place.h + (t + 1) * unitStep;
      const c = place.c + (t + 1) * unitStep;
      kernels.cellForward(kind, units, 8, gates, before, h, cellBefore, c, place.tanhC + t * unitStep, n0, n1, u0, u1);
      if (layer.connection !== 'none') this.connect(part, k, t, u0, u1);
      part.unitsBarrier();
    }
    if (place.dropped && job.update && job.update.dropout > 0) {
      this.drop(part, k, this.outputOf(k, job), place.dropped);
      part.unitsBarrier();
    }
  }

  /** Byte ranges of this part's units in panels [N][units][8]. */
  private forRanges(
    { n0, n1 }: Part,
    units: number,
    u0: number,
    u1: number,
    visit: (from: number, to: number) => void,
  ): void {
    if (u1 - u0 === units) visit(n0 * units * 32, n1 * units * 32);
    else for (let n = n0; n < n1; n++) visit((n * units + u0) * 32, (n * units + u1) * 32);
  }

  /** y from h and x: residual or highway. */
  private connect(part: Part, k: number, t: number, u0: number, u1: number): void {
    const { kernels, plan } = this;
    const { job, n0, n1 } = part;
    const { units, connection } = plan.shape.layers[k]!;
    const place = plan.layers[k]!;
    const step = job.panels * units * 32;
    const x = this.given(k - 1, job) + t * step;
    const h = place.h + (t + 1) * step;
    const tau = place.tau + t * step;
    const y = place.y + t * step;
    if (connection === 'highway') {
      kernels.fillBias(units, place.highwayBias, tau, n0, n1, u0, u1);
      kernels.product(1, units, units, place.highwayForward, x, units * 32, tau, units * 32, n0, n1, u0, u1, 1);
    }
    this.forRanges(part, units, u0, u1, (from, to) => {
      if (connection === 'highway') kernels.highwayForward(tau, h, x, y, from, to);
      else kernels.addValues(h, x, y, from, to);
    });
  }

  /** to = D(from) for layer k's outputs of all steps; by time where units are split, as whole panels are hashed. */
  private drop({ job, n0, n1, index, count }: Part, k: number, from: number, to: number): void {
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

  /** Logits, loss and their gradient; by time where units are split: every (t, panel) stands alone. */
  private output(part: Part): void {
    const { kernels, plan } = this;
    const { job, n0, n1, index, count } = part;
    const { shape } = plan;
    const V = shape.vocabulary;
    const bias = plan.parameters + shape.tensors.at(-1)!.at * 4;
    const scale = job.scored > 0 ? 1 / job.scored : 0;
    const [t0, t1] = job.split === 'units' ? share(job.time, index, count, 1) : [0, job.time];
    for (let t = t0; t < t1; t++) {
      const logits = plan.logits + t * job.panels * V * 32;
      kernels.fillBias(V, bias, logits, n0, n1, 0, V);
      shape.outSources.forEach((j, s) => {
        const { units } = shape.layers[j]!;
        const y = this.given(j, job) + t * job.panels * units * 32;
        kernels.product(1, V, units, plan.outForward[s]!, y, units * 32, logits, V * 32, n0, n1, 0, V, 1);
      });
      kernels.softmaxCrossEntropy(
        V,
        logits,
        plan.targets + t * job.panels * 32,
        plan.losses + t * job.panels * 8,
        scale,
        n0,
        n1,
      );
      shape.outSources.forEach((j, s) => {
        const { units } = shape.layers[j]!;
        const dy = plan.layers[j]!.dh + t * job.panels * units * 32;
        kernels.product(1, units, V, plan.outBackward[s]!, logits, V * 32, dy, units * 32, n0, n1, 0, units, 0);
      });
    }
  }

  private backwardLayer(part: Part, k: number): void {
    const { kernels, plan } = this;
    const { job, n0, n1 } = part;
    const { shape } = plan;
    const layer = shape.layers[k]!;
    const place = plan.layers[k]!;
    const { units, rows, kind } = layer;
    const [u0, u1] = part.units(units);
    const idStep = job.panels * 32;
    const unitStep = units * idStep;
    const inputRows = layer.inputGates.length * units;
    const recurrentRows = layer.recurrentGates.length * units;
    if (place.dropped && job.update && job.update.dropout > 0) {
      this.drop(part, k, place.dh, place.dh);
      part.unitsBarrier();
    }
    if (layer.connection !== 'none') this.disconnect(part, k, u0, u1);
    if (place.dc)
      this.forRanges(part, units, u0, u1, (from, to) => this.views.u8.fill(0, place.dc + from, place.dc + to));
    for (let t = job.time - 1; t >= 0; t--) {
      const gates = place.gates + t * rows * idStep;
      const dh = place.dh + t * unitStep;
      const reset = this.hasReset(t);
      const keep = plan.keep + t * idStep;
      let before = place.h + t * unitStep;
      let cellBefore = place.c + t * unitStep;
      if (reset) {
        // As in the forward pass; only this part's own units are read here.
        kernels.maskLanes(units, before, keep, plan.maskedH, 0, n0, n1, u0, u1);
        if (place.c) kernels.maskLanes(units, cellBefore, keep, plan.maskedC, 0, n0, n1, u0, u1);
        before = plan.maskedH;
        cellBefore = plan.maskedC;
      }
      // The gradient of the state before: into dh of the step before, by way of a mask where a document starts here.
      const dhBefore = t === 0 ? 0 : reset ? plan.maskedDh : dh - unitStep;
      if (reset && t > 0)
        this.forRanges(part, units, u0, u1, (from, to) =>
          this.views.u8.fill(0, plan.maskedDh + from, plan.maskedDh + to),
        );
      kernels.cellBackward(
        kind,
        units,
        gates,
        before,
        place.h + (t + 1) * unitStep,
        cellBefore,
        place.tanhC + t * unitStep,
        dh,
        place.dc,
        dhBefore,
        n0,
        n1,
        u0,
        u1,
      );
      part.unitsBarrier();
      if (t > 0) {
        const recurrent = gates + layer.recurrentBlock * units * 32;
        kernels.product(
          1,
          units,
          recurrentRows,
          place.recurrentBackward,
          recurrent,
          rows * 32,
          dhBefore,
          units * 32,
          n0,
          n1,
          u0,
          u1,
          1,
        );
        if (reset) {
          kernels.maskLanes(units, plan.maskedDh, keep, dh - unitStep, 1, n0, n1, u0, u1);
          if (place.dc) kernels.maskLanes(units, place.dc, keep, place.dc, 0, n0, n1, u0, u1);
        }
      }
      this.inputBackward(part, place, k, t, gates, inputRows);
    }
    part.unitsBarrier();
  }

  /** ∂J/∂x of step t into the sources' output gradients: the first to write there where nothing else did. */
  private inputBackward(
    { job, n0, n1, units: unitsOf }: Part,
    place: LayerPlan,
    k: number,
    t: number,
    gates: number,
    inputRows: number,
  ): void {
    const { plan, kernels } = this;
    const { layers, connections } = plan.shape;
    const layer = layers[k]!;
    layer.sources.forEach((j, s) => {
      const width = layers[j]!.units;
      const [m0, m1] = unitsOf(width);
      const dy = plan.layers[j]!.dh + t * job.panels * width * 32;
      const first = connections === 'none' ? 0 : 1;
      kernels.product(
        1,
        width,
        inputRows,
        place.inputBackward[s]!,
        gates,
        layer.rows * 32,
        dy,
        width * 32,
        n0,
        n1,
        m0,
        m1,
        first,
      );
    });
  }

  /** dy becomes dh, and ∂J/∂x through the connection is the first to be written into the layer below, for all steps. */
  private disconnect(part: Part, k: number, u0: number, u1: number): void {
    const { kernels, plan, views } = this;
    const { job, n0, n1 } = part;
    const { units, connection } = plan.shape.layers[k]!;
    const place = plan.layers[k]!;
    const step = job.panels * units * 32;
    for (let t = 0; t < job.time; t++) {
      const dy = place.dh + t * step;
      const dx = plan.layers[k - 1]!.dh + t * step;
      const tau = place.tau + t * step;
      const x = this.given(k - 1, job) + t * step;
      this.forRanges(part, units, u0, u1, (from, to) => {
        if (connection === 'highway') kernels.highwayBackward(tau, place.h + (t + 1) * step, x, dy, dx, 0, from, to);
        else views.u8.copyWithin(dx + from, dy + from, dy + to);
      });
      part.unitsBarrier();
      if (connection === 'highway')
        kernels.product(1, units, units, place.highwayBackward, tau, units * 32, dx, units * 32, n0, n1, u0, u1, 1);
    }
  }
}
