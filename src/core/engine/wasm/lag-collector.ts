/** ∂J/∂W_hh by lag on the kernels: gradients and states of all seeds are kept in a memory of their own, and multiplied at the end. */
import type { LagCollector, LagContributions, LossSeeds } from '../engine.ts';
import { Allocator, createMemory, instantiate, type Kernels, Views } from './kernels.ts';
import type { LaneStep } from './lanes.ts';
import type { ModelShape } from './shape.ts';
import { gradientChunk, tallestTile } from './training-plan.ts';

/** Where a layer's values lie: per lag and panel of 8 seeds [rows][8] and [units][8]; and its weights' gradients. */
interface KeptLayer {
  rows: number;
  units: number;
  du: number;
  before: number;
  part: number;
  whole: number;
}

/** Goes back from seeds, calling `visit` at every layer and lag. */
export type GoBack = (seeds: LossSeeds, lags: number, visit: (step: LaneStep) => void) => void;

export class WasmLagCollector implements LagCollector {
  private readonly goBack: GoBack;
  private readonly capacity: number;
  private readonly lags: number;
  private readonly panels: number;
  private readonly layers: KeptLayer[];
  private readonly packed: { rows: number; columns: number };
  private readonly kernels: Kernels;
  private readonly views: Views;
  private seeds = 0;
  private scored = 0;

  constructor(shape: ModelShape, module: WebAssembly.Module, capacity: number, lags: number, goBack: GoBack) {
    this.goBack = goBack;
    this.capacity = capacity;
    this.lags = lags;
    this.panels = Math.ceil(capacity / 8);
    const memory = new Allocator();
    const floats = (n: number): number => memory.take(n * 4);
    const columns = (lags + 1) * this.panels * 8;
    this.layers = shape.layers.map(({ recurrentGates, units }) => {
      const rows = recurrentGates.length * units;
      return {
        rows,
        units,
        du: floats(rows * columns),
        before: floats(units * columns),
        part: floats(rows * units),
        whole: floats(rows * units),
      };
    });
    const widest = Math.max(...this.layers.map(({ units }) => units));
    this.packed = { rows: floats(tallestTile * 8 * gradientChunk), columns: floats(widest * 8 * gradientChunk) };
    const webMemory = createMemory(memory.bytes, false);
    this.views = new Views(webMemory);
    this.kernels = instantiate(module, webMemory);
  }

  async add(seeds: LossSeeds): Promise<void> {
    const { positions, logit, stream } = seeds;
    if (this.seeds + positions.length > this.capacity)
      throw new Error(`This collector holds ${this.capacity} seeds, not ${this.seeds + positions.length}.`);
    this.goBack({ ...seeds, inputs: false }, this.lags, (step) => this.keep(step));
    this.seeds += positions.length;
    for (const position of positions) if (logit || stream.targets![position]! >= 0) this.scored++;
  }

  async result(): Promise<LagContributions> {
    const { lags, panels, scored } = this;
    const { f32 } = this.views;
    const scale = scored > 0 ? 1 / scored ** 2 : 0;
    return {
      seeds: scored,
      layers: this.layers.map((layer) => {
        const size = layer.rows * layer.units;
        const values = (at: number): Float32Array => f32.subarray(at / 4, at / 4 + size);
        this.multiply(layer, 0, (lags + 1) * panels, layer.whole);
        const squares = new Float64Array(lags + 1);
        const products = new Float64Array(lags + 1);
        for (let lag = 0; lag <= lags; lag++) {
          this.multiply(layer, lag * panels, panels, layer.part);
          squares[lag] = scale * product(values(layer.part), values(layer.part));
          products[lag] = scale * product(values(layer.part), values(layer.whole));
        }
        return { squares, products, total: scale * product(values(layer.whole), values(layer.whole)) };
      }),
    };
  }

  /** Copies lane by lane, so that lanes of groups with few seeds leave no gaps. */
  private keep({ layer, lag, seeds, plan, views }: LaneStep): void {
    const { rows, units, du, before } = this.layers[layer]!;
    const shape = plan.shape.layers[layer]!;
    const place = plan.back!;
    seeds.forEach((seed, lane) => {
      const slot = this.seeds + seed;
      const panel = lag * this.panels + (slot >> 3);
      const from = (base: number, stride: number, first: number): number =>
        base / 4 + ((lane >> 3) * stride + first) * 8 + (lane & 7);
      const to = (base: number, stride: number): number => base / 4 + panel * stride * 8 + (slot & 7);
      const gates = from(place.gates, shape.rows, shape.recurrentBlock * units);
      copyLane(views.f32, gates, this.views.f32, to(du, rows), rows);
      copyLane(views.f32, from(place.before, units, 0), this.views.f32, to(before, units), units);
    });
  }

  /** [rows, units] = Σ over `count` panels from `first` on of du·beforeᵀ */
  private multiply({ rows, units, du, before }: KeptLayer, first: number, count: number, into: number): void {
    const { kernels, packed } = this;
    kernels.weightGradient(
      rows,
      units,
      du + first * rows * 32,
      rows,
      0,
      before + first * units * 32,
      count,
      into,
      0,
      rows,
      gradientChunk,
      packed.rows,
      packed.columns,
      0,
      0,
    );
  }
}

function copyLane(source: Float32Array, from: number, target: Float32Array, to: number, features: number): void {
  for (let j = 0; j < features; j++) target[to + j * 8] = source[from + j * 8]!;
}

/** ⟨A, B⟩ in float64. */
function product(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
