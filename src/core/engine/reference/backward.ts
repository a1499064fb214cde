/** Backpropagation through time over a tape, the forward pass read backwards line by line. */
import type { StepGradient } from '../../model/cells/cell.ts';
import { drop, type Tape } from './forward.ts';
import { add, addOuter, addTransposed } from './linear.ts';
import type { Network } from './network.ts';

export interface BackwardRange {
  /** Steps to walk, `last` down to `first`, both included. */
  first: number;
  last: number;
  /** ∂J/∂features of step t, [B, F], or null where J does not read that step. */
  features(t: number): Float64Array | null;
  /** Gradients to add to (a network over zeros), or null where only the states' gradients are wanted. */
  into: Network | null;
  /** Called after each cell's step with its total ∂J/∂h and ∂J/∂c, and ∂J/∂a. */
  observe?(layer: number, row: number, gradient: StepGradient): void;
}

export function backward(network: Network, tape: Tape, range: BackwardRange): void {
  const { batch } = tape;
  const { layers } = network;
  // ∂J/∂h and ∂J/∂c that arrive from the step after, per layer [B, H].
  const later = layers.map(({ hiddenSize: H, cell }) => ({
    h: new Float64Array(batch * H),
    c: new Float64Array(cell.hasCellState ? batch * H : 0),
  }));
  const scratch = layers.map(({ hiddenSize: H, biasIh, inputSize }, k) => ({
    dy: new Float64Array(H),
    dx: new Float64Array(k > 0 ? inputSize : 0),
    step: newStepGradient(H, biasIh.length),
  }));

  for (let t = range.last; t >= range.first; t--) {
    const dFeatures = range.features(t);
    for (let lane = 0; lane < batch; lane++) {
      const row = t * batch + lane;
      for (const { dy } of scratch) dy.fill(0);
      takeFeatures(network, dFeatures, lane, scratch);
      for (let k = layers.length - 1; k >= 0; k--) {
        const layer = layers[k]!;
        const { hiddenSize: H, cell } = layer;
        const { trace, x } = tape.layers[k]!;
        const { dy, dx, step } = scratch[k]!;
        const { h, c } = later[k]!;
        const gradient = range.into?.layers[k] ?? null;

        drop(tape, k, layers.length - 1, row, dy);
        dx.fill(0);
        disconnect(network, range.into, k, tape, row, dy, dx); // dy is ∂J/∂h through the connection from here on
        for (let j = 0; j < H; j++) step.dh[j] = dy[j] + h[lane * H + j];
        if (cell.hasCellState) for (let j = 0; j < H; j++) step.dc[j] = c[lane * H + j];
        cell.backward(trace, row, H, step);
        range.observe?.(k, row, step);

        if (gradient) {
          add(step.da, gradient.biasIh);
          add(step.du, gradient.biasHh);
          addOuter(step.du, trace.hBefore, row * H, H, gradient.weightHh);
          if (k > 0) addOuter(step.da, x, row * layer.inputSize, layer.inputSize, gradient.weightIh);
          else addToColumn(step.da, tape.inputs[row], layer.inputSize, gradient.weightIh);
        }
        // The state before: nothing passes a reset.
        const passes = !tape.reset?.[row];
        if (passes) addTransposed(layer.weightHh, step.du, step.dhBefore, 0, H);
        for (let j = 0; j < H; j++) h[lane * H + j] = passes ? step.dhBefore[j] : 0;
        if (cell.hasCellState) for (let j = 0; j < H; j++) c[lane * H + j] = passes ? step.dcBefore[j] : 0;
        // The layers below.
        if (k > 0) {
          addTransposed(layer.weightIh, step.da, dx, 0, layer.inputSize);
          takeInput(network, k, dx, scratch);
        }
      }
    }
  }
}

type Scratch = { dy: Float64Array }[];

/** ∂J/∂y^k from ∂J/∂features. */
function takeFeatures(network: Network, dFeatures: Float64Array | null, lane: number, scratch: Scratch): void {
  if (!dFeatures) return;
  const { layers, spec, featureSize } = network;
  layers.forEach(({ hiddenSize: H, denseOffset }, k) => {
    const dense = spec.connections === 'dense';
    if (!dense && k < layers.length - 1) return;
    const from = lane * featureSize + (dense ? denseOffset : 0);
    for (let j = 0; j < H; j++) scratch[k]!.dy[j] += dFeatures[from + j];
  });
}

/** ∂J/∂y of the layers below from ∂J/∂x^k. */
function takeInput(network: Network, k: number, dx: Float64Array, scratch: Scratch): void {
  const { layers, spec } = network;
  if (spec.connections === 'dense') {
    for (let below = 0; below < k; below++) {
      const { hiddenSize, denseOffset } = layers[below]!;
      for (let j = 0; j < hiddenSize; j++) scratch[below]!.dy[j] += dx[denseOffset + j];
    }
  } else add(dx, scratch[k - 1]!.dy);
}

/** Backwards through y^k: turns ∂J/∂y^k into ∂J/∂h^k in place and adds the connection's part of ∂J/∂x^k to dx. */
function disconnect(
  network: Network,
  into: Network | null,
  k: number,
  tape: Tape,
  row: number,
  dy: Float64Array,
  dx: Float64Array,
): void {
  const { hiddenSize: H, highway, inputSize } = network.layers[k]!;
  const { trace, x, gate } = tape.layers[k]!;
  if (network.spec.connections === 'residual' && k > 0) add(dy, dx);
  if (!highway) return;
  const ds = new Float64Array(H); // ∂J/∂(W_hw x + b_hw)
  for (let j = 0, at = row * H; j < H; j++, at++) {
    const t = gate[at];
    ds[j] = dy[j] * (trace.h[at] - x[at]) * t * (1 - t);
    dx[j] += dy[j] * (1 - t);
    dy[j] *= t;
  }
  addTransposed(highway.weight, ds, dx, 0, inputSize);
  const gradient = into?.layers[k]?.highway;
  if (!gradient) return;
  add(ds, gradient.bias);
  addOuter(ds, x, row * inputSize, inputSize, gradient.weight);
}

/** The outer product with a one-hot x. */
function addToColumn(d: Float64Array, column: number, size: number, dWeight: Float64Array): void {
  if (column < 0) return;
  for (let m = 0; m < d.length; m++) dWeight[m * size + column] += d[m];
}

function newStepGradient(hiddenSize: number, gateRows: number): StepGradient {
  return {
    dh: new Float64Array(hiddenSize),
    dc: new Float64Array(hiddenSize),
    da: new Float64Array(gateRows),
    du: new Float64Array(gateRows),
    dhBefore: new Float64Array(hiddenSize),
    dcBefore: new Float64Array(hiddenSize),
  };
}
