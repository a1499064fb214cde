/** Forward through time, then the output layer with its loss and gradient, on one thread's part. */
import { type Part, share } from './part.ts';
import { WindowPass } from './window-pass.ts';

export class ForwardPass extends WindowPass {
  run(part: Part): void {
    this.plan.shape.layers.forEach((_, k) => {
      this.forwardLayer(part, k);
    });
    part.unitsBarrier();
    this.output(part);
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
}
