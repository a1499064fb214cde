/** Backward through time on one thread's part: gates become the gradients of their pre-activations. */
import type { Part } from './part.ts';
import type { LayerPlan } from './training-plan.ts';
import { WindowPass } from './window-pass.ts';

export class BackwardPass extends WindowPass {
  run(part: Part): void {
    for (let k = this.plan.shape.layers.length - 1; k >= 0; k--) this.backwardLayer(part, k);
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
