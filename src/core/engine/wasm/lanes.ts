/** The step back: each lane gathers the activations of its own place in the stream, the kernels do the rest for all lanes at once. */
import type { LossSeeds, StepGradients } from '../engine.ts';
import type { Kernels, Views } from './kernels.ts';
import type { Reader } from './reader.ts';
import type { BackwardPlan, ReadingPlan } from './reading-plan.ts';

/** Seeds (indices into `positions`) whose characters and lags fit the reader's steps together. */
export interface SeedGroup {
  seeds: number[];
  /** Characters [first, end) they need. */
  first: number;
  end: number;
}

/** Looks at a layer's lanes after one step back. */
export type LaneVisitor = (lanes: LaneStep) => void;

/** Where a step's values lie: the lane of seed `seeds[lane]` in panel lane ≫ 3, place lane & 7. */
export interface LaneStep {
  layer: number;
  lag: number;
  seeds: readonly number[];
  plan: ReadingPlan;
  views: Views;
}

/** The backward pass of one group over the reader's kept activations. */
export class Lanes {
  private readonly plan: ReadingPlan;
  private readonly place: BackwardPlan;
  private readonly kernels: Kernels;
  private readonly views: Views;
  private readonly seeds: LossSeeds;
  private readonly group: SeedGroup;
  private readonly panels: number;
  private readonly visit: LaneVisitor | undefined;

  constructor(reader: Reader, seeds: LossSeeds, group: SeedGroup, visit?: LaneVisitor) {
    this.plan = reader.plan;
    this.place = reader.plan.back!;
    this.kernels = reader.kernels;
    this.views = reader.views;
    this.seeds = seeds;
    this.group = group;
    this.panels = Math.ceil(group.seeds.length / 8);
    this.visit = visit;
  }

  back(lags: number, result: StepGradients): void {
    const { shape } = this.plan;
    const last = shape.layers.length - 1;
    for (let k = 0; k <= last; k++)
      for (const buffers of [this.place.dy, this.place.dhCarried, this.place.dc]) this.clear(buffers[k]!, k);
    this.locate(0);
    this.seedOutput();
    for (let lag = 0; lag <= lags; lag++) {
      if (lag > 0) {
        if (!this.locate(lag)) return;
        for (let k = 0; k <= last; k++) this.clear(this.place.dy[k]!, k);
      }
      for (let k = last; k >= 0; k--) this.backLayer(k, lag, lags, result);
    }
  }

  /** Points every lane at its step of this lag, or at zeros before the stream's beginning; false where all lanes have passed it. */
  private locate(lag: number): boolean {
    const { plan, place, views, group, seeds } = this;
    let inside = false;
    let passed = false;
    for (let lane = 0; lane < this.panels * 8; lane++) {
      const seed = group.seeds[lane];
      const position = seed === undefined ? -1 : seeds.positions[seed]! - lag;
      const here = position >= 0;
      const row = position - group.first;
      views.i32[place.rowIds / 4 + lane] = here ? row : plan.steps;
      views.i32[place.beforeIds / 4 + lane] = here ? row : plan.steps + 1;
      views.i32[place.afterIds / 4 + lane] = here ? row + 1 : plan.steps + 1;
      views.i32[place.keep / 4 + lane] = here ? -1 : 0;
      inside ||= here;
      passed ||= !here;
    }
    if (passed && lag > 0)
      plan.shape.layers.forEach(({ units }, k) => {
        for (const at of [place.dhCarried[k]!, place.dc[k]!])
          this.kernels.maskLanes(units, at, place.keep, at, 0, 0, this.panels, 0, units);
      });
    return inside;
  }

  /** ∂J/∂y of the output layer's sources at lag 0. */
  private seedOutput(): void {
    const { plan, place, kernels, views, panels, seeds, group } = this;
    const { vocabulary: V, outSources, layers } = plan.shape;
    const { logit, stream, positions } = seeds;
    if (logit) {
      views.f32.fill(0, place.logits / 4, place.logits / 4 + panels * V * 8);
      group.seeds.forEach((seed, lane) => {
        views.f32[place.logits / 4 + ((lane >> 3) * V + logit[seed]!) * 8 + (lane & 7)] = 1;
      });
    } else {
      for (let lane = 0; lane < panels * 8; lane++) {
        const seed = group.seeds[lane];
        views.i32[place.targets / 4 + lane] =
          seed === undefined ? -1 : Math.max(-1, stream.targets![positions[seed]!]!);
      }
      kernels.fillBias(V, plan.outBias, place.logits, 0, panels, 0, V);
      outSources.forEach((j, s) => {
        const { units } = layers[j]!;
        kernels.gather(units, units, plan.layers[j]!.y, place.afterIds, place.after, 0, panels, 0, units);
        kernels.product(
          1,
          V,
          units,
          place.outForward[s]!,
          place.after,
          units * 32,
          place.logits,
          V * 32,
          0,
          panels,
          0,
          V,
          1,
        );
      });
      kernels.softmaxCrossEntropy(V, place.logits, place.targets, place.losses, 1, 0, panels);
    }
    outSources.forEach((j, s) => {
      const { units } = layers[j]!;
      kernels.product(
        1,
        units,
        V,
        place.outBackward[s]!,
        place.logits,
        V * 32,
        place.dy[j]!,
        units * 32,
        0,
        panels,
        0,
        units,
        0,
      );
    });
  }

  private backLayer(k: number, lag: number, lags: number, result: StepGradients): void {
    const { plan, place, kernels, panels } = this;
    const { layers, vocabulary } = plan.shape;
    const layer = layers[k]!;
    const read = plan.layers[k]!;
    const { units, rows, kind } = layer;
    const inputRows = layer.inputGates.length * units;
    const recurrentRows = layer.recurrentGates.length * units;
    const from = (table: number, stride: number, ids: number, to: number, features: number): void =>
      kernels.gather(features, stride, table, ids, to, 0, panels, 0, features);
    from(read.gates, read.stride, place.rowIds, place.gates, rows);
    from(read.h, units, place.beforeIds, place.before, units);
    from(read.h, units, place.afterIds, place.after, units);
    if (read.c) {
      from(read.c, units, place.beforeIds, place.cellBefore, units);
      from(read.tanhC, units, place.afterIds, place.tanhC, units);
    }
    const dy = place.dy[k]!;
    const dh = place.dh[k]!;
    const carried = place.dhCarried[k]!;
    if (layer.connection !== 'none') this.disconnect(k);
    kernels.addValues(dy, carried, dh, 0, panels * units * 32);
    this.clear(carried, k);
    kernels.cellBackward(
      kind,
      units,
      place.gates,
      place.before,
      place.after,
      place.cellBefore,
      place.tanhC,
      dh,
      place.dc[k]!,
      carried,
      0,
      panels,
      0,
      units,
    );
    this.measure(units, dh, result.layers[k]!.h, lag, lags);
    // The cell leaves the total ∂J/∂c in place of tanh c.
    if (read.c) this.measure(units, place.tanhC, result.layers[k]!.c!, lag, lags);
    const { signed } = result;
    if (signed) {
      this.multiply(units, dh, place.after, signed.layers[k]!.h, lag, lags);
      if (read.c) {
        from(read.c, units, place.afterIds, place.cellBefore, units);
        this.multiply(units, place.tanhC, place.cellBefore, signed.layers[k]!.c!, lag, lags);
      }
    }
    this.visit?.({ layer: k, lag, seeds: this.group.seeds, plan, views: this.views });
    const recurrent = place.gates + layer.recurrentBlock * units * 32;
    kernels.product(
      1,
      units,
      recurrentRows,
      place.recurrent[k]!,
      recurrent,
      rows * 32,
      carried,
      units * 32,
      0,
      panels,
      0,
      units,
      1,
    );
    layer.sources.forEach((j, s) => {
      const width = layers[j]!.units;
      kernels.product(
        1,
        width,
        inputRows,
        place.inputs[k]![s]!,
        place.gates,
        rows * 32,
        place.dy[j]!,
        width * 32,
        0,
        panels,
        0,
        width,
        1,
      );
    });
    if (k > 0 || this.seeds.inputs === false) return;
    kernels.product(
      1,
      vocabulary,
      inputRows,
      place.characters,
      place.gates,
      rows * 32,
      place.dx,
      vocabulary * 32,
      0,
      panels,
      0,
      vocabulary,
      0,
    );
    this.measure(vocabulary, place.dx, result.x, lag, lags);
    if (signed) this.pick(vocabulary, signed.x, lag, lags);
  }

  /** dy becomes dh; ∂J/∂x through the connection is added to the layer below. */
  private disconnect(k: number): void {
    const { plan, place, kernels, panels } = this;
    const { units, connection } = plan.shape.layers[k]!;
    const dx = place.dy[k - 1]!;
    const bytes = panels * units * 32;
    if (connection === 'residual') {
      kernels.addValues(dx, place.dy[k]!, dx, 0, bytes);
      return;
    }
    const read = plan.layers[k]!;
    kernels.gather(units, read.tauStride, read.tau, place.rowIds, place.tau, 0, panels, 0, units);
    kernels.gather(units, units, plan.layers[k - 1]!.y, place.afterIds, place.x, 0, panels, 0, units);
    kernels.highwayBackward(place.tau, place.after, place.x, place.dy[k]!, dx, 1, 0, bytes);
    kernels.product(1, units, units, place.highway[k]!, place.tau, units * 32, dx, units * 32, 0, panels, 0, units, 1);
  }

  private measure(features: number, panel: number, into: Float32Array, lag: number, lags: number): void {
    for (let n = 0; n < this.panels; n++)
      this.kernels.laneNorms(features, panel + n * features * 32, this.place.norms + n * 32);
    this.group.seeds.forEach((seed, lane) => {
      into[seed * (lags + 1) + lag] = this.views.f32[this.place.norms / 4 + lane]!;
    });
  }

  /** ⟨a, b⟩ of every lane. */
  private multiply(features: number, a: number, b: number, into: Float32Array, lag: number, lags: number): void {
    const { f32 } = this.views;
    this.group.seeds.forEach((seed, lane) => {
      const offset = (lane >> 3) * features * 8 + (lane & 7);
      let sum = 0;
      for (let j = 0, i = a / 4 + offset, k = b / 4 + offset; j < features; j++, i += 8, k += 8)
        sum += f32[i]! * f32[k]!;
      into[seed * (lags + 1) + lag] = sum;
    });
  }

  /** ∂J/∂x at the character that each lane read. */
  private pick(vocabulary: number, into: Float32Array, lag: number, lags: number): void {
    const { stream, positions } = this.seeds;
    this.group.seeds.forEach((seed, lane) => {
      const input = stream.inputs[positions[seed]! - lag] ?? -1;
      const at = this.place.dx / 4 + ((lane >> 3) * vocabulary + input) * 8 + (lane & 7);
      into[seed * (lags + 1) + lag] = input < 0 ? 0 : this.views.f32[at]!;
    });
  }

  private clear(at: number, k: number): void {
    this.views.u8.fill(0, at, at + this.panels * this.plan.shape.layers[k]!.units * 32);
  }
}
