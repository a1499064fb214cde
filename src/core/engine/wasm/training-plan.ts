/** Where everything that a training step touches lies in memory. The same on every thread: it follows from its arguments alone. */
import type { Limits } from '../engine.ts';
import { Allocator } from './kernels.ts';
import { type ModelShape, placesOf } from './shape.ts';

export interface PlanSize extends Limits {
  threads: number;
  /** Room for dropped copies of the layers' outputs. */
  dropout: boolean;
}

/** All addresses in bytes. T: maxTime, N: panels of 8 lanes. */
export interface LayerPlan {
  /** Packed W_hh, forward by gate and transposed; packed W_ih the same, one per source. */
  recurrentForward: number;
  recurrentBackward: number;
  inputForward: number[];
  inputBackward: number[];
  /** b_ih + b_hh by row of the activations; its gradient. */
  bias: number;
  biasGradient: number;
  /** [T][N][rows][8] */
  gates: number;
  /** [T+1][N][units][8], slot 0 the state before the window. c and tanh c: LSTM only. */
  h: number;
  c: number;
  tanhC: number;
  /** Layer output y [T][N][units][8] where it is not h; highway's gate. */
  y: number;
  tau: number;
  highwayBias: number;
  highwayForward: number;
  highwayBackward: number;
  /** D(y) under dropout, else 0. */
  dropped: number;
  /** ∂J/∂y, which becomes ∂J/∂h on the way, [T][N][units][8]. */
  dh: number;
  /** ∂J/∂c carried backward [N][units][8]. */
  dc: number;
  /** State carried between windows [N][units][8]. */
  carryH: number;
  carryC: number;
}

export interface Slice {
  /** Floats into the arena. */
  at: number;
  size: number;
  /** Index into the shape's tensors. */
  tensor: number;
}

export interface TrainingPlan {
  shape: ModelShape;
  size: PlanSize;
  /** Arenas of `shape.size` floats. */
  parameters: number;
  gradients: number;
  slots: [number, number];
  layers: LayerPlan[];
  /** W_ih of layer 0 with biases, [V+1][rows]. */
  table: number;
  outForward: number[];
  outBackward: number[];
  /** [T][N][V][8] */
  logits: number;
  /** [T][N] float64 */
  losses: number;
  /** int32 [T][N][8]: character (V: none), target (−1: none), lane kept (−1) or reset (0). */
  ids: number;
  targets: number;
  keep: number;
  /** int32 [T]: whether a lane is reset at t; and the reset places (t·N + n)·8 + lane, ascending. */
  resetSteps: number;
  resetPlaces: number;
  /** State with reset lanes zeroed, and a gradient not yet masked: [N][units][8] of the widest layer. */
  maskedH: number;
  maskedC: number;
  maskedDh: number;
  /** Per thread: packed rows and columns of a weight gradient, also scratch for sums. */
  scratch: { rows: number; columns: number }[];
  slices: Slice[];
  /** float64 [2][slices]: Σ g² and Σ θ². */
  squares: number;
  /** The step's arguments; see `job.ts`. */
  job: number;
  bytes: number;
}

/** Panels that a weight gradient packs at a time: 8·64 = 512 products per sum block. */
export const gradientChunk = 64;
/** Rows of the tallest register tile of any build. */
export const tallestTile = 10;
const sliceFloats = 16384;
export const jobBytes = 512;

export function planTraining(shape: ModelShape, size: PlanSize): TrainingPlan {
  const memory = new Allocator();
  const T = size.maxTime;
  const N = Math.ceil(size.maxBatch / 8);
  const last = shape.layers.length - 1;
  const panel = (rows: number, count: number): number => memory.take(count * N * rows * 32);
  const arena = (): number => memory.take(shape.size * 4);
  const job = memory.take(jobBytes);
  const parameters = arena();
  const gradients = arena();
  const slots: [number, number] = [arena(), arena()];
  const layers = shape.layers.map((layer, k): LayerPlan => {
    const { units, rows } = layer;
    const lstm = layer.cell === 'lstm';
    const packed = (gates: number, columns: number): number => memory.take(gates * units * columns * 4);
    const inputs = (): number[] => layer.sources.map((j) => packed(layer.inputGates.length, shape.layers[j]!.units));
    const highway = layer.connection === 'highway';
    const highwayInputs = highway ? shape.layers[k - 1]!.units : 0;
    return {
      recurrentForward: packed(layer.recurrentGates.length, units),
      recurrentBackward: packed(layer.recurrentGates.length, units),
      inputForward: inputs(),
      inputBackward: inputs(),
      bias: memory.take(rows * 4),
      biasGradient: memory.take(rows * 4),
      gates: panel(rows, T),
      h: panel(units, T + 1),
      c: lstm ? panel(units, T + 1) : 0,
      tanhC: lstm ? panel(units, T) : 0,
      y: layer.connection === 'none' ? 0 : panel(units, T),
      tau: highway ? panel(units, T) : 0,
      highwayBias: highway ? parameters + placesOf(shape, `highway.bias_l${k}`)[0]!.at * 4 : 0,
      highwayForward: highway ? packed(1, highwayInputs) : 0,
      highwayBackward: highway ? packed(1, highwayInputs) : 0,
      dropped: size.dropout && k < last ? panel(units, T) : 0,
      dh: panel(units, T),
      dc: lstm ? panel(units, 1) : 0,
      carryH: panel(units, 1),
      carryC: lstm ? panel(units, 1) : 0,
    };
  });
  const widest = Math.max(...shape.layers.map((layer) => layer.units));
  const outPacks = (): number[] =>
    shape.outSources.map((j) => memory.take(shape.vocabulary * shape.layers[j]!.units * 4));
  const slices = slicesOf(shape);
  const plan: Omit<TrainingPlan, 'bytes'> = {
    shape,
    size,
    job,
    parameters,
    gradients,
    slots,
    layers,
    table: memory.take((shape.vocabulary + 1) * shape.layers[0]!.rows * 4),
    outForward: outPacks(),
    outBackward: outPacks(),
    logits: panel(shape.vocabulary, T),
    losses: memory.take(T * N * 8),
    ids: panel(1, T),
    targets: panel(1, T),
    keep: panel(1, T),
    resetSteps: memory.take(T * 4),
    resetPlaces: panel(1, T),
    maskedH: panel(widest, 1),
    maskedC: panel(widest, 1),
    maskedDh: panel(widest, 1),
    scratch: Array.from({ length: size.threads }, () => ({
      rows: memory.take(tallestTile * 8 * gradientChunk * 4),
      columns: memory.take(widest * 8 * gradientChunk * 4),
    })),
    slices,
    squares: memory.take(slices.length * 16),
  };
  return { ...plan, bytes: memory.bytes };
}

/** Every tensor in pieces of fixed size: sums over them do not depend on how many threads share them. */
function slicesOf(shape: ModelShape): Slice[] {
  return shape.tensors.flatMap(({ at, size }, tensor) =>
    Array.from({ length: Math.ceil(size / sliceFloats) }, (_, i) => ({
      at: at + i * sliceFloats,
      size: Math.min(sliceFloats, size - i * sliceFloats),
      tensor,
    })),
  );
}
