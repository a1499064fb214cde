/** One layer's recurrence linearised along a text: products of its state's Jacobian with vectors, never the matrix. */
import { addTransposed, affine } from '../engine/reference/linear.ts';
import { type Cell, cells, newTrace, type StepGradient, type Trace } from '../model/cells/cell.ts';
import type { CellKind, ModelSpec, Quantity } from '../model/spec.ts';
import type { ParameterSet } from '../model/tensors.ts';
import { type Tangent, tangents } from './tangent.ts';

/** What must be captured of a layer to linearise it. */
export const linearizedQuantities: Record<CellKind, readonly Quantity[]> = {
  tanh: ['h'],
  relu: ['h'],
  lstm: ['i', 'f', 'g', 'o', 'c', 'tanhc'],
  gru: ['h', 'r', 'z', 'n'],
};

/** W_hh [G·H, H] and b_hh [G·H] of one layer, in float64. */
export interface RecurrentWeights {
  cell: CellKind;
  hiddenSize: number;
  weight: Float64Array;
  bias: Float64Array;
}

export function recurrentWeights(spec: ModelSpec, parameters: ParameterSet, layer: number): RecurrentWeights {
  const { cell, hiddenSize } = spec.layers[layer]!;
  return {
    cell,
    hiddenSize,
    weight: Float64Array.from(parameters.get(`rnn.weight_hh_l${layer}`)!.data),
    bias: Float64Array.from(parameters.get(`rnn.bias_hh_l${layer}`)!.data),
  };
}

/**
 * The state s is h, or (h, c) of an LSTM in one vector. Step t leads from the state after character t − 1 to the one after
 * character t, for t = 1 … N − 1 of N captured characters, with the layer's input held fixed; in a stack that is all of
 * ∂s_t/∂s_{t−1}, as no state of the layer reaches its own input.
 */
export class LinearizedLayer {
  /** H, or 2H for an LSTM. */
  readonly stateSize: number;
  private readonly cell: Cell;
  private readonly tangent: Tangent;
  private readonly hiddenSize: number;
  private readonly weight: Float64Array;
  private readonly trace: Trace;
  private readonly zeros: Float64Array;
  private readonly u: Float64Array;
  private readonly step: StepGradient;

  /** @param blocks [N, H] of every one of `linearizedQuantities`, in that order */
  constructor({ cell, hiddenSize: H, weight, bias }: RecurrentWeights, blocks: readonly Float32Array[]) {
    const rows = blocks[0]!.length / H;
    const trace = newTrace(cells[cell], rows, H);
    linearizedQuantities[cell].forEach((quantity, k) => {
      trace[quantity].set(blocks[k]!);
    });
    if (cell === 'lstm') trace.cBefore.set(trace.c.subarray(0, (rows - 1) * H), H);
    else trace.hBefore.set(trace.h.subarray(0, (rows - 1) * H), H);
    const gates = bias.length;
    this.u = new Float64Array(gates);
    if (cell === 'gru')
      for (let t = 1; t < rows; t++) {
        affine(weight, bias, trace.hBefore, t * H, H, this.u);
        trace.q.set(this.u.subarray(2 * H), t * H);
      }
    this.cell = cells[cell];
    this.tangent = tangents[cell];
    this.hiddenSize = H;
    this.stateSize = this.cell.hasCellState ? 2 * H : H;
    this.weight = weight;
    this.trace = trace;
    this.zeros = new Float64Array(gates);
    this.step = {
      dh: new Float64Array(H),
      dc: new Float64Array(H),
      da: new Float64Array(gates),
      du: new Float64Array(gates),
      dhBefore: new Float64Array(H),
      dcBefore: new Float64Array(H),
    };
  }

  /** v ← ∂s_last/∂s_{last−count} v */
  forward(last: number, count: number, v: Float64Array): void {
    const H = this.hiddenSize;
    const dh = v.subarray(0, H);
    const dc = v.subarray(H);
    for (let t = last - count + 1; t <= last; t++) {
      affine(this.weight, this.zeros, v, 0, H, this.u);
      this.tangent(this.trace, t, this.u, dh, dc);
    }
  }

  /** v ← (∂s_last/∂s_{last−count})ᵀ v */
  backward(last: number, count: number, v: Float64Array): void {
    const { hiddenSize: H, step, weight } = this;
    const { hasCellState } = this.cell;
    for (let t = last; t > last - count; t--) {
      for (let j = 0; j < H; j++) step.dh[j] = v[j];
      if (hasCellState) for (let j = 0; j < H; j++) step.dc[j] = v[H + j];
      this.cell.backward(this.trace, t, H, step);
      addTransposed(weight, step.du, step.dhBefore, 0, H);
      for (let j = 0; j < H; j++) v[j] = step.dhBefore[j];
      if (hasCellState) for (let j = 0; j < H; j++) v[H + j] = step.dcBefore[j];
    }
  }
}
