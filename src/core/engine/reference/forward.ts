/** The forward pass, step by step through all layers, keeping what the backward pass and captures need. */
import { newTrace, type Trace } from '../../model/cells/cell.ts';
import { sigmoid } from '../../model/cells/functions.ts';
import { dropoutFactor, dropoutKey } from '../../model/dropout.ts';
import { affine, affineOneHot } from './linear.ts';
import type { Layer, Network } from './network.ts';

/** State of every layer for B lanes, h and c [B, H]; c is empty where the cell has none. */
export type State = { h: Float64Array; c: Float64Array }[];

export function zeroState(network: Network, batch: number): State {
  return network.layers.map(({ cell, hiddenSize }) => ({
    h: new Float64Array(batch * hiddenSize),
    c: new Float64Array(cell.hasCellState ? batch * hiddenSize : 0),
  }));
}

export interface Dropout {
  probability: number;
  seed: number;
}

export interface Clamp {
  layer: number;
  cell: number;
  value: number;
}

/** Rows are (t, b) at t·B + b. */
export interface Tape {
  time: number;
  batch: number;
  inputs: Int32Array;
  reset: Uint8Array | null;
  dropout: Dropout | null;
  layers: LayerTape[];
  /** What the output layer reads, [T·B, F]. */
  features: Float64Array;
}

export interface LayerTape {
  trace: Trace;
  /** What the layer read, [T·B, inputSize]; empty for layer 0, which reads characters. */
  x: Float64Array;
  /** Highway gate t [T·B, H], else empty. */
  gate: Float64Array;
}

export interface Feed {
  batch: number;
  /** [T·B], −1: zero input. */
  inputs: Int32Array;
  reset?: Uint8Array;
  dropout?: Dropout | null;
  clamp?: readonly Clamp[];
}

/** Reads T steps from `state`, which moves on to the state after the last one. */
export function forward(network: Network, feed: Feed, state: State): Tape {
  const { batch, inputs, reset, clamp = [] } = feed;
  const rows = inputs.length;
  const time = rows / batch;
  const tape: Tape = {
    time,
    batch,
    inputs,
    reset: reset ?? null,
    dropout: feed.dropout && feed.dropout.probability > 0 ? feed.dropout : null,
    layers: network.layers.map((layer, k) => ({
      trace: newTrace(layer.cell, rows, layer.hiddenSize),
      x: new Float64Array(k > 0 ? rows * layer.inputSize : 0),
      gate: new Float64Array(layer.highway ? rows * layer.hiddenSize : 0),
    })),
    features: new Float64Array(rows * network.featureSize),
  };
  const scratch = network.layers.map((layer) => ({
    a: new Float64Array(layer.biasIh.length),
    u: new Float64Array(layer.biasIh.length),
    y: new Float64Array(layer.hiddenSize),
  }));

  for (let row = 0; row < rows; row++) {
    const lane = row % batch;
    network.layers.forEach((layer, k) => {
      const { hiddenSize: H, cell } = layer;
      const { trace, x } = tape.layers[k]!;
      const { h, c } = state[k]!;
      const { a, u, y } = scratch[k]!;
      // Row-sized copies are plain loops: `set(subarray())` costs more than the arithmetic in small layers.
      if (!reset?.[row]) {
        for (let j = 0; j < H; j++) trace.hBefore[row * H + j] = h[lane * H + j];
        if (cell.hasCellState) for (let j = 0; j < H; j++) trace.cBefore[row * H + j] = c[lane * H + j];
      }
      if (k === 0) affineOneHot(layer.weightIh, layer.biasIh, inputs[row], layer.inputSize, a);
      else affine(layer.weightIh, layer.biasIh, x, row * layer.inputSize, layer.inputSize, a);
      affine(layer.weightHh, layer.biasHh, trace.hBefore, row * H, H, u);
      cell.forward(trace, row, H, a, u);
      for (const { layer: clamped, cell: unit, value } of clamp)
        if (clamped === k) cell.clamp(trace, row * H + unit, value);
      for (let j = 0; j < H; j++) h[lane * H + j] = trace.h[row * H + j];
      if (cell.hasCellState) for (let j = 0; j < H; j++) c[lane * H + j] = trace.c[row * H + j];
      connect(network, k, tape, row, y);
      giveOn(network, k, tape, row, y);
    });
  }
  return tape;
}

/** y^k from h^k and x^k. */
function connect(network: Network, k: number, tape: Tape, row: number, y: Float64Array): void {
  const { hiddenSize: H, highway, inputSize } = network.layers[k]!;
  const { trace, x, gate } = tape.layers[k]!;
  for (let j = 0; j < H; j++) y[j] = trace.h[row * H + j];
  if (network.spec.connections === 'residual' && k > 0) for (let j = 0; j < H; j++) y[j] += x[row * H + j];
  if (highway) {
    const t = new Float64Array(H);
    affine(highway.weight, highway.bias, x, row * inputSize, inputSize, t);
    for (let j = 0; j < H; j++) {
      t[j] = sigmoid(t[j]);
      gate[row * H + j] = t[j];
      y[j] = t[j] * y[j] + (1 - t[j]) * x[row * H + j];
    }
  }
}

/** Hands y^k, through dropout, to the layers above and the output layer that read it. */
function giveOn(network: Network, k: number, tape: Tape, row: number, y: Float64Array): void {
  const { layers, spec } = network;
  const { hiddenSize: H, denseOffset } = layers[k]!;
  const last = layers.length - 1;
  drop(tape, k, last, row, y);
  const write = (into: Float64Array, at: number): void => {
    for (let j = 0; j < H; j++) into[at + j] = y[j];
  };
  if (spec.connections === 'dense') {
    for (let above = k + 1; above <= last; above++)
      write(tape.layers[above]!.x, row * (layers[above] as Layer).inputSize + denseOffset);
    write(tape.features, row * network.featureSize + denseOffset);
  } else if (k < last) write(tape.layers[k + 1]!.x, row * H);
  else write(tape.features, row * H);
}

/** D(y^k) in place, forward and (being linear) backward; the last layer's output is never dropped. */
export function drop(tape: Tape, k: number, last: number, row: number, y: Float64Array): void {
  if (!tape.dropout || k === last) return;
  const key = dropoutKey(tape.dropout.seed, k);
  for (let j = 0; j < y.length; j++) y[j] *= dropoutFactor(key, row * y.length + j, tape.dropout.probability);
}
