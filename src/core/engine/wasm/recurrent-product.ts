import type { RecurrentProduct } from '../engine.ts';
import { Allocator, createMemory, instantiate, type Kernels, Views } from './kernels.ts';
import type { ModelShape } from './shape.ts';

/** Products with one layer's W_hh on panels of 8 vectors, in a memory of their own; float32. */
export class WasmRecurrentProduct implements RecurrentProduct {
  readonly hiddenSize: number;
  private readonly gates: number;
  private readonly units: number;
  private readonly kernels: Kernels;
  private readonly views: Views;
  private readonly packed: { forward: number; backward: number };
  /** [units][8] and [G·units][8]; padding stays zero. */
  private readonly v: number;
  private readonly u: number;

  constructor(shape: ModelShape, module: WebAssembly.Module, arena: Float32Array, layer: number) {
    const { hidden, units, recurrentGates } = shape.layers[layer]!;
    const gates = recurrentGates.length;
    const tensor = shape.tensors.find(({ name }) => name === `rnn.weight_hh_l${layer}`)!;
    const rows = gates * units;
    const plan = new Allocator();
    const floats = (n: number): number => plan.take(n * 4);
    const weights = floats(tensor.size);
    this.packed = { forward: floats(rows * units), backward: floats(rows * units) };
    this.v = floats(units * 8);
    this.u = floats(rows * 8);
    const memory = createMemory(plan.bytes, false);
    this.views = new Views(memory);
    this.kernels = instantiate(module, memory);
    this.views.f32.set(arena.subarray(tensor.at, tensor.at + tensor.size), weights / 4);
    for (let gate = 0; gate < gates; gate++)
      this.kernels.packForward(
        rows,
        gate * units,
        units,
        units,
        weights,
        this.packed.forward + gate * units * units * 4,
      );
    this.kernels.packTransposed(rows, 0, rows, units, weights, this.packed.backward);
    this.hiddenSize = hidden;
    this.gates = gates;
    this.units = units;
  }

  forward(v: Float64Array, u: Float64Array): void {
    const { gates, units, hiddenSize, kernels, packed } = this;
    const { f32 } = this.views;
    f32.set(v, this.v / 4);
    kernels.product(
      gates,
      units,
      units,
      packed.forward,
      this.v,
      units * 32,
      this.u,
      gates * units * 32,
      0,
      1,
      0,
      units,
      0,
    );
    for (let gate = 0; gate < gates; gate++) {
      const at = this.u / 4 + gate * units * 8;
      u.set(f32.subarray(at, at + hiddenSize * 8), gate * hiddenSize * 8);
    }
  }

  backward(u: Float64Array, v: Float64Array): void {
    const { gates, units, hiddenSize, kernels, packed } = this;
    const { f32 } = this.views;
    for (let gate = 0; gate < gates; gate++)
      f32.set(u.subarray(gate * hiddenSize * 8, (gate + 1) * hiddenSize * 8), this.u / 4 + gate * units * 8);
    kernels.product(
      1,
      units,
      gates * units,
      packed.backward,
      this.u,
      gates * units * 32,
      this.v,
      units * 32,
      0,
      1,
      0,
      units,
      0,
    );
    v.set(f32.subarray(this.v / 4, this.v / 4 + hiddenSize * 8));
  }
}
