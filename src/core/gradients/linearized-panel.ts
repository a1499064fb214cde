/** A layer's recurrence linearised at eight places of texts side by side: products of its state's Jacobians with vectors, never a matrix. */
import type { RecurrentProduct } from '../engine/engine.ts';
import { type Cell, cells, newTrace, type StepGradient, type Trace } from '../model/cells/cell.ts';
import type { CellKind, Quantity } from '../model/spec.ts';
import { type Tangent, tangents } from './tangent.ts';

/** Places that are worked on together. */
export const panelLanes = 8;

/** What must be captured of a layer to linearise it. */
export const linearizedQuantities: Record<CellKind, readonly Quantity[]> = {
  tanh: ['h'],
  relu: ['h'],
  lstm: ['i', 'f', 'g', 'o', 'c', 'tanhc'],
  gru: ['h', 'r', 'z', 'n'],
};

/** Steps between two looks at the size of the vectors, which float32 products must not lose. */
const rescaleEvery = 8;

/**
 * The state s is h, or (h, c) of an LSTM. Vectors are [S, 8], element j of lane b at j·8 + b, S = H or 2H (h before c). Step t leads
 * from the state after character t − 1 of the capture to the one after character t, t = 1 … N − 1, with the layer's input held
 * fixed; in a stack that is all of ∂s_t/∂s_{t−1}, as no state of a layer reaches its own input.
 */
export class LinearizedPanel {
  readonly stateSize: number;
  /** N − 1 */
  readonly last: number;
  private readonly cell: Cell;
  private readonly tangent: Tangent;
  private readonly product: RecurrentProduct;
  /** H·8: to the cells' pointwise equations a panel is one wide state. */
  private readonly width: number;
  private readonly trace: Trace;
  private readonly u: Float64Array;
  private readonly step: StepGradient;

  /**
   * @param biasHh [G·H]
   * @param lanes up to 8 captures, each [N, H] of every one of `linearizedQuantities` in that order
   */
  constructor(
    cell: CellKind,
    biasHh: ArrayLike<number>,
    product: RecurrentProduct,
    lanes: readonly (readonly ArrayLike<number>[])[],
  ) {
    const H = product.hiddenSize;
    const rows = lanes[0]![0]!.length / H;
    const width = H * panelLanes;
    const trace = newTrace(cells[cell], rows, width);
    lanes.forEach((blocks, lane) => {
      linearizedQuantities[cell].forEach((quantity, k) => {
        const block = blocks[k]!;
        for (let at = 0; at < block.length; at++) trace[quantity][at * panelLanes + lane] = block[at]!;
      });
    });
    if (cell === 'lstm') trace.cBefore.set(trace.c.subarray(0, (rows - 1) * width), width);
    else trace.hBefore.set(trace.h.subarray(0, (rows - 1) * width), width);
    const gates = biasHh.length * panelLanes;
    this.cell = cells[cell];
    this.tangent = tangents[cell];
    this.product = product;
    this.width = width;
    this.stateSize = this.cell.hasCellState ? 2 * H : H;
    this.last = rows - 1;
    this.trace = trace;
    this.u = new Float64Array(gates);
    this.step = {
      dh: new Float64Array(width),
      dc: new Float64Array(width),
      da: new Float64Array(gates),
      du: new Float64Array(gates),
      dhBefore: new Float64Array(width),
      dcBefore: new Float64Array(width),
    };
    if (cell === 'gru') this.restoreProducts(biasHh);
  }

  /** v ← ∂s_last/∂s_{last−count} v; each lane's result is v·scale[lane], scale being multiplied on. */
  forward(count: number, v: Float64Array, scale: Float64Array): void {
    const { width, last, trace, u } = this;
    const dh = v.subarray(0, width);
    const dc = v.subarray(width);
    for (let t = last - count + 1; t <= last; t++) {
      this.product.forward(dh, u);
      this.tangent(trace, t, u, dh, dc);
      if ((last - t) % rescaleEvery === 0) rescaleLanes(v, scale);
    }
  }

  /** v ← (∂s_last/∂s_{last−count})ᵀ v, scaled likewise. */
  backward(count: number, v: Float64Array, scale: Float64Array): void {
    const { width, last, step, trace } = this;
    const gh = v.subarray(0, width);
    const gc = v.subarray(width);
    for (let t = last; t > last - count; t--) {
      step.dh.set(gh);
      if (gc.length > 0) step.dc.set(gc);
      this.cell.backward(trace, t, width, step);
      this.product.backward(step.du, gh);
      for (let j = 0; j < width; j++) gh[j] += step.dhBefore[j];
      if (gc.length > 0) gc.set(step.dcBefore);
      if ((last - t) % rescaleEvery === rescaleEvery - 1) rescaleLanes(v, scale);
    }
    rescaleLanes(v, scale);
  }

  /** A GRU's q = U_n h_{t−1} + b_hn, which the engines do not show. */
  private restoreProducts(biasHh: ArrayLike<number>): void {
    const { width, trace, u } = this;
    const first = biasHh.length - this.product.hiddenSize;
    for (let t = 1; t <= this.last; t++) {
      this.product.forward(trace.hBefore.subarray(t * width, (t + 1) * width), u);
      for (let j = 0; j < width; j++)
        trace.q[t * width + j] = u[2 * width + j] + biasHh[first + Math.floor(j / panelLanes)]!;
    }
  }
}

/** Scales every lane to length 1 and multiplies its length into `scale`; a lane of zeros gets scale 0. */
export function rescaleLanes(v: Float64Array, scale: Float64Array): void {
  for (let lane = 0; lane < panelLanes; lane++) {
    // By the largest first: what float64 holds may be too small to be squared.
    let largest = 0;
    for (let j = lane; j < v.length; j += panelLanes) largest = Math.max(largest, Math.abs(v[j]));
    if (largest === 0) {
      scale[lane] = 0;
      continue;
    }
    let square = 0;
    for (let j = lane; j < v.length; j += panelLanes) square += (v[j] / largest) ** 2;
    const length = largest * Math.sqrt(square);
    for (let j = lane; j < v.length; j += panelLanes) v[j] /= length;
    scale[lane] *= length;
  }
}
