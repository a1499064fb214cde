/** Reading one stream: chunk by chunk through all layers, keeping only what was asked for. */
import type { Quantity } from '../../model/spec.ts';
import type { Capture, Captured, LayerState, Stream } from '../engine.ts';
import { createMemory, instantiate, type Kernels, Views } from './kernels.ts';
import { planReading, type ReadingPlan } from './reading-plan.ts';
import type { LayerShape, ModelShape } from './shape.ts';

/** Gate blocks by quantity, as the kernels keep them. */
const blockOf: Partial<Record<LayerShape['cell'], Partial<Record<Quantity, number>>>> = {
  lstm: { i: 0, f: 1, g: 2, o: 3 },
  gru: { n: 0, r: 1, z: 2 },
};

/** A memory with packed weights for `steps` steps at once; `panels` of seeds where gradients are wanted. */
export class Reader {
  readonly plan: ReadingPlan;
  readonly views: Views;
  readonly kernels: Kernels;

  constructor(shape: ModelShape, module: WebAssembly.Module, steps: number, panels: number) {
    this.plan = planReading(shape, steps, panels);
    const memory = createMemory(this.plan.bytes, false);
    this.views = new Views(memory);
    this.kernels = instantiate(module, memory);
  }

  /** Takes over weights and packs them. */
  load(arena: Float32Array): void {
    const { kernels, plan } = this;
    const { shape, parameters } = plan;
    this.views.f32.set(arena, parameters / 4);
    let tensor = 0;
    const next = (): number => parameters + shape.tensors[tensor++]!.at * 4;
    shape.layers.forEach((layer, k) => {
      const place = plan.layers[k]!;
      const { units, rows } = layer;
      const inputRows = layer.inputGates.length * units;
      const recurrentRows = layer.recurrentGates.length * units;
      const back = plan.back;
      const table = k === 0 ? next() : 0;
      layer.sources.forEach((j, s) => {
        const width = shape.layers[j]!.units;
        const weights = next();
        kernels.packStream(inputRows, 0, inputRows, width, weights, place.inputs[s]!);
        if (back) kernels.packTransposed(inputRows, 0, inputRows, width, weights, back.inputs[k]![s]!);
      });
      const recurrent = next();
      kernels.packStream(recurrentRows, 0, recurrentRows, units, recurrent, place.recurrent);
      if (back) kernels.packTransposed(recurrentRows, 0, recurrentRows, units, recurrent, back.recurrent[k]!);
      const [biasIh, biasHh] = [next(), next()];
      kernels.sumBias(rows, biasIh, inputRows, biasHh, layer.recurrentBlock * units, recurrentRows, place.bias);
      if (k === 0) {
        kernels.sumTable(shape.vocabulary + 1, rows, table, inputRows, place.bias, plan.table);
        if (back) kernels.packRows(shape.vocabulary, inputRows, inputRows, table, back.characters);
      }
      if (layer.connection === 'highway') {
        const weights = next();
        kernels.packStream(units, 0, units, units, weights, place.highway);
        if (back) kernels.packTransposed(units, 0, units, units, weights, back.highway[k]!);
        next();
      }
    });
    shape.outSources.forEach((j, s) => {
      const { units } = shape.layers[j]!;
      const weights = next();
      kernels.packStream(shape.vocabulary, 0, shape.vocabulary, units, weights, plan.out[s]!);
      if (!plan.back) return;
      kernels.packForward(shape.vocabulary, 0, shape.vocabulary, units, weights, plan.back.outForward[s]!);
      kernels.packTransposed(shape.vocabulary, 0, shape.vocabulary, units, weights, plan.back.outBackward[s]!);
    });
  }

  run({ inputs, start, targets }: Stream, capture: Capture): Captured {
    const { plan } = this;
    const { layers, vocabulary } = plan.shape;
    const { columns = [], blocks = [], logitsAt, statesEvery = 0 } = capture;
    const length = inputs.length;
    const captured: Captured = {
      columns: columns.map(() => new Float32Array(length)),
      blocks: blocks.map(({ layer }) => new Float32Array(length * layers[layer]!.hidden)),
      losses: capture.losses ? new Float32Array(length).fill(Number.NaN) : null,
      logits: logitsAt ? new Float32Array(logitsAt.length * vocabulary) : null,
      states: [],
      end: [],
    };
    this.setState(start);
    let nextLogits = 0;
    let steps = 0;
    for (let from = 0; from < length; from += steps) {
      steps = Math.min(plan.steps, length - from);
      this.read(inputs.subarray(from, from + steps), capture.clamp ?? []);
      columns.forEach(({ layer, cell, quantity }, i) => {
        const { at, stride } = this.find(layer, quantity);
        const column = captured.columns[i]!;
        for (let t = 0; t < steps; t++) column[from + t] = this.views.f32[at + t * stride + cell]!;
      });
      blocks.forEach(({ layer, quantity }, i) => {
        const { at, stride } = this.find(layer, quantity);
        const { hidden } = layers[layer]!;
        for (let t = 0; t < steps; t++)
          captured.blocks[i]!.set(
            this.views.f32.subarray(at + t * stride, at + t * stride + hidden),
            (from + t) * hidden,
          );
      });
      for (let t = 0; t < steps; t++) {
        const target = captured.losses && targets ? targets[from + t]! : -1;
        const wanted = captured.logits !== null && logitsAt![nextLogits] === from + t;
        if (target >= 0 || wanted) this.logits(t);
        const logits = plan.logits / 4;
        if (target >= 0)
          captured.losses![from + t] =
            this.kernels.logSumExp(vocabulary, plan.logits) - this.views.f32[logits + target]!;
        if (wanted)
          captured.logits!.set(this.views.f32.subarray(logits, logits + vocabulary), nextLogits++ * vocabulary);
        if (statesEvery > 0 && (from + t + 1) % statesEvery === 0) captured.states.push(this.state(t + 1));
      }
      this.moveOn(steps);
    }
    captured.end = this.state(0);
    return captured;
  }

  /** Reads characters from the state in slot 0; activations of step t in row t, the state after it in slot t+1. */
  read(inputs: Int32Array, clamps: NonNullable<Capture['clamp']>): void {
    const { kernels, plan, views } = this;
    const { shape } = plan;
    const steps = inputs.length;
    for (let t = 0; t < steps; t++) views.i32[plan.ids / 4 + t] = inputs[t]! < 0 ? shape.vocabulary : inputs[t]!;
    shape.layers.forEach((layer, k) => {
      const place = plan.layers[k]!;
      const { units, rows, kind } = layer;
      kernels.streamStart(
        steps,
        rows,
        place.stride,
        k === 0 ? plan.table : place.bias,
        k === 0 ? plan.ids : 0,
        place.gates,
      );
      layer.sources.forEach((j, s) => {
        const width = shape.layers[j]!.units;
        kernels.streamProducts(
          steps,
          place.inputRows,
          width,
          place.inputs[s]!,
          plan.layers[j]!.y + width * 4,
          width,
          place.gates,
          place.stride,
        );
      });
      const count = this.writeClamps(clamps, k);
      kernels.streamLayer(
        kind,
        units,
        steps,
        place.stride,
        layer.recurrentBlock * units,
        place.recurrentRows,
        place.recurrent,
        place.gates,
        place.h,
        place.c,
        place.tanhC,
        plan.clamps,
        count,
      );
      if (layer.connection !== 'none') this.connect(k, steps);
    });
  }

  /** Logits of the state after step t of the last `read`, at `plan.logits`. */
  logits(t: number): void {
    const { kernels, plan } = this;
    const { shape } = plan;
    kernels.streamStart(1, shape.vocabulary, plan.outRows, plan.outBias, 0, plan.logits);
    shape.outSources.forEach((j, s) => {
      const { units } = shape.layers[j]!;
      kernels.streamProduct(plan.outRows, units, plan.out[s]!, plan.layers[j]!.y + (t + 1) * units * 4, plan.logits);
    });
  }

  setState(state: readonly LayerState[] | null): void {
    const { layers } = this.plan.shape;
    if (state && state.length !== layers.length)
      throw new Error(`The given state has ${state.length} layers, the model ${layers.length}.`);
    this.plan.layers.forEach((place, k) => {
      const { hidden, units } = layers[k]!;
      const given = state?.[k];
      const cells = place.c ? hidden : 0;
      if (given && (given.h.length !== hidden || (given.c?.length ?? 0) !== cells))
        throw new Error(
          `The given state of layer ${k} holds ${given.h.length} + ${given.c?.length ?? 0} values, the model needs ${hidden} + ${cells}.`,
        );
      this.fill(place.h, units, given?.h ?? null);
      if (place.c) this.fill(place.c, units, given?.c ?? null);
    });
  }

  /** State in slot `slot`, without padding. */
  state(slot: number): LayerState[] {
    return this.plan.layers.map(({ h, c }, k) => {
      const { hidden, units } = this.plan.shape.layers[k]!;
      const copy = (at: number): Float32Array =>
        this.views.f32.slice(at / 4 + slot * units, at / 4 + slot * units + hidden);
      return { h: copy(h), c: c ? copy(c) : null };
    });
  }

  /** The state after `steps` steps becomes the state before the next. */
  moveOn(steps: number): void {
    this.plan.layers.forEach(({ h, c }, k) => {
      const bytes = this.plan.shape.layers[k]!.units * 4;
      for (const at of c ? [h, c] : [h]) this.views.u8.copyWithin(at, at + steps * bytes, at + (steps + 1) * bytes);
    });
  }

  private fill(at: number, units: number, values: Float32Array | null): void {
    this.views.f32.fill(0, at / 4, at / 4 + units);
    if (values) this.views.f32.set(values, at / 4);
  }

  /** Float index of a quantity's first value (step 0, cell 0), and floats from one step to the next. */
  private find(k: number, quantity: Quantity): { at: number; stride: number } {
    const place = this.plan.layers[k]!;
    const { units, cell } = this.plan.shape.layers[k]!;
    const block = blockOf[cell]?.[quantity];
    if (block !== undefined) return { at: place.gates / 4 + block * units, stride: place.stride };
    const base = quantity === 'h' ? place.h : quantity === 'c' ? place.c : place.tanhC;
    return { at: base / 4 + units, stride: units };
  }

  private connect(k: number, steps: number): void {
    const { kernels, plan } = this;
    const { units, connection } = plan.shape.layers[k]!;
    const place = plan.layers[k]!;
    const row = units * 4;
    const x = plan.layers[k - 1]!.y + row;
    if (connection === 'residual') {
      kernels.addValues(place.h + row, x, place.y + row, 0, steps * row);
      return;
    }
    const tauRow = place.tauStride * 4;
    kernels.streamStart(steps, units, place.tauStride, place.highwayBias, 0, place.tau);
    kernels.streamProducts(steps, place.tauStride, units, place.highway, x, units, place.tau, place.tauStride);
    for (let t = 0; t < steps; t++)
      kernels.highwayForward(
        place.tau + t * tauRow,
        place.h + (t + 1) * row,
        x + t * row,
        place.y + (t + 1) * row,
        0,
        row,
      );
  }

  private writeClamps(clamps: NonNullable<Capture['clamp']>, k: number): number {
    const { i32, f32 } = this.views;
    let count = 0;
    for (const { layer, cell, value } of clamps) {
      if (layer !== k) continue;
      const at = this.plan.clamps / 4 + 2 * count++;
      i32[at] = cell;
      f32[at + 1] = value;
    }
    return count;
  }
}
