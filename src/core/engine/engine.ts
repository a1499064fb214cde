/**
 * The engine interface: everything numeric goes through it. Async throughout, so that threads and a GPU fit.
 * Index conventions: time-major windows, element (t, b) at t·B + b; sizes T (time), B (batch lanes), V (vocabulary), H (hidden).
 */
import type { Init, ModelSpec, Quantity } from '../model/spec.ts';
import type { ParameterSet, Tensor } from '../model/tensors.ts';
import { type Sentence, ToldError } from '../words.ts';

export interface Engine {
  /** For people and manifests, e.g. `wasm relaxed ×2`. */
  readonly name: string;
  readonly threads: number;
  open(spec: ModelSpec, start: Start, limits: Limits): Promise<Session>;
  /** Bytes that a session for these limits will hold once it has trained, been saved and read a stream. */
  memory(spec: ModelSpec, limits: Limits, dropout: boolean): number;
  /** Stops kernel threads. */
  dispose(): Promise<void>;
}

/** An engine that cannot compute any more, through no fault of the model: one of its threads ended. A new one can go on. */
export class EngineStopped extends ToldError {
  constructor(...told: Sentence[]) {
    super(...told);
    this.name = 'EngineStopped';
  }
}

export type Start =
  | { kind: 'fresh'; seed: number; init: Init }
  | { kind: 'parameters'; parameters: ParameterSet }
  | { kind: 'state'; state: SessionState };

export interface Limits {
  /** Largest training window this session will see (0 where it only reads). */
  maxTime: number;
  maxBatch: number;
}

/** Everything that training needs to continue identically: weights, optimiser state and carried hidden state. */
export interface SessionState {
  parameters: ParameterSet;
  /** Optimiser slots by `slot/parameter name` (e.g. `m/out.bias`), empty before the first step. */
  optimizer: Map<string, Tensor>;
  /** Number of optimiser steps taken (Adam's bias correction). */
  steps: number;
  /** Carried state after the last window, per layer; empty before the first window. */
  carry: LayerState[];
}

/** State of one layer for B lanes: h [B, H], and c [B, H] for LSTM. */
export interface LayerState {
  h: Float32Array;
  c: Float32Array | null;
}

/** One truncated-BPTT window. */
export interface Window {
  time: number;
  batch: number;
  /** [T·B] character indices, −1: zero input. */
  inputs: Int32Array;
  /** [T·B] index of the next character, −1: not scored. */
  targets: Int32Array;
  /** [T·B], 1 where a document starts: the lane's state is zeroed before reading that character, and no gradient passes. */
  reset: Uint8Array;
}

export type OptimizerSpec =
  | { kind: 'adam'; beta1: number; beta2: number; epsilon: number }
  | { kind: 'rmsprop'; decay: number; epsilon: number }
  | { kind: 'adadelta'; decay: number; epsilon: number }
  | { kind: 'sgd'; momentum: number };

export interface Update {
  optimizer: OptimizerSpec;
  learningRate: number;
  /** Global norm threshold, 0: no clipping. g ← clipNorm/‖g‖·g where ‖g‖ > clipNorm (Pascanu et al. 2013). */
  clipNorm: number;
  /** Probability of dropping a value between layers (never in time), 0: none. */
  dropout: number;
  /** Seed of this step's dropout masks. */
  dropoutSeed: number;
}

export interface StepReport {
  /** Mean cross-entropy in nats per scored character. */
  loss: number;
  scored: number;
  /** Global gradient norm before clipping. */
  gradientNorm: number;
  /** Factor applied to the gradient, 1 where not clipped. */
  clipScale: number;
  /** Gradient norm before clipping by parameter name (per layer health). */
  norms: Map<string, number>;
  /** Name of the first tensor that holds NaN or Inf after this step's backward pass, or null. The update is not applied when set. */
  nonFinite: string | null;
}

/** A stream of characters of one document (one lane). */
export interface Stream {
  /** [N] indices, −1: zero input. */
  inputs: Int32Array;
  /** State before the first character, per layer with h [H], c [H]; null: zero state. */
  start: LayerState[] | null;
  /**
   * [N] target of each state: element t is the character that the state after reading t must predict, −1: not scored.
   * Null: nothing is scored.
   */
  targets: Int32Array | null;
}

export interface ColumnRequest {
  layer: number;
  cell: number;
  quantity: Quantity;
}

export interface Capture {
  /** One [N] column of values each. */
  columns?: ColumnRequest[];
  /** All H cells of one quantity of one layer as [N, H]; only for short streams (inspection of a window). */
  blocks?: { layer: number; quantity: Quantity }[];
  /** −ln p(target_t | state after t) per position, NaN where not scored. */
  losses?: boolean;
  /** Positions t whose logits [V] are wanted, ascending. */
  logitsAt?: Int32Array;
  /** Keep the states after every `statesEvery` characters (after t = every−1, 2·every−1, …). */
  statesEvery?: number;
  /** Clamp cells to a constant after each step (ablation): c for LSTM (h follows), h for others. */
  clamp?: { layer: number; cell: number; value: number }[];
}

export interface Captured {
  columns: Float32Array[];
  blocks: Float32Array[];
  /** [N] or null. */
  losses: Float32Array | null;
  /** [logitsAt.length · V] or null. */
  logits: Float32Array | null;
  states: LayerState[][];
  /** State after the last character. */
  end: LayerState[];
}

/** Backward passes from single positions: which losses or logits to start from. */
export interface LossSeeds {
  stream: Stream;
  /** Positions t (0-based): the seed is J_t = −ln p(target_t | state after t), or the logit of `logit[s]` when given. */
  positions: Int32Array;
  logit?: Int32Array;
  /** False: the inputs' gradients are not wanted, and `x` is left 0. */
  inputs?: boolean;
  /** True: the products of gradient and value are wanted too. */
  signed?: boolean;
}

/** Per-step gradients of each seed: total derivatives, what PyTorch's retain_grad gives. Lag k is the state k characters before the seed. */
export interface StepGradients {
  /** Per layer: ‖∂J/∂h_{t−k}‖₂ as [seeds, lags+1], the same for c (LSTM) or null. */
  layers: { h: Float32Array; c: Float32Array | null }[];
  /** ‖∂J/∂x_{t−k}‖₂ over the vocabulary [seeds, lags+1]. */
  x: Float32Array;
  /**
   * Gradient × value, signed: ⟨∂J/∂h, h⟩, ⟨∂J/∂c, c⟩, and ∂J/∂x at the character that was read (0 for a zero input). To first
   * order, what J would lose without that value (Shrikumar et al. 2016). [seeds, lags+1] each; null unless asked for.
   */
  signed: { layers: { h: Float32Array; c: Float32Array | null }[]; x: Float32Array } | null;
}

/**
 * How the recurrent weights' gradient of J, the mean over scored seeds, is made up: D = ∂J/∂W_hh = Σ_k D_k, where D_k is the part
 * through the use of W_hh in the step that made the state k characters before the seed (Pascanu, Mikolov, Bengio 2013, eq. 3–5).
 */
export interface LagContributions {
  seeds: number;
  /** Per layer: ‖D_k‖² and ⟨D_k, D⟩ [lags+1], and ‖D‖² (Frobenius). */
  layers: { squares: Float64Array; products: Float64Array; total: number }[];
}

/** Gathers seeds of one or more streams; holds seeds·(lags+1)·(G+1)·H values per layer until its result. */
export interface LagCollector {
  add(seeds: LossSeeds): Promise<void>;
  result(): Promise<LagContributions>;
}

/** Products with one layer's recurrent weights on panels of 8 vectors, element j of vector b at j·8 + b. */
export interface RecurrentProduct {
  readonly hiddenSize: number;
  /** u [G·H, 8] = W_hh·v [H, 8] */
  forward(v: Float64Array, u: Float64Array): void;
  /** v [H, 8] = W_hhᵀ·u [G·H, 8] */
  backward(u: Float64Array, v: Float64Array): void;
}

export interface Session {
  readonly spec: ModelSpec;
  /** One truncated-BPTT step; the carried state is kept in the session. */
  trainStep(window: Window, update: Update): Promise<StepReport>;
  /** Gradient of the window's loss without an update (tests, diagnostics). The carried state is not advanced. */
  gradients(window: Window): Promise<{ loss: number; gradients: ParameterSet }>;
  run(stream: Stream, capture: Capture): Promise<Captured>;
  backward(seeds: LossSeeds, lags: number): Promise<StepGradients>;
  /** For ∂J/∂W_hh by lag over at most `capacity` seeds. */
  collectLags(capacity: number, lags: number): LagCollector;
  /** With the weights as they are now. */
  recurrentProduct(layer: number): RecurrentProduct;
  /** A copy of the current weights, float32. */
  parameters(): Promise<ParameterSet>;
  save(): Promise<SessionState>;
  close(): Promise<void>;
}
