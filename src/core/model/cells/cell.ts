/** One recurrent cell's equations, in float64, one lane and one time step at a time. */
import type { CellKind, Quantity } from '../spec.ts';
import { gru } from './gru.ts';
import { lstm } from './lstm.ts';
import { relu, tanh } from './rnn.ts';

/**
 * What a layer keeps of every step to go back through it: each array [rows, H], one row per (t, b); empty where the cell
 * has no such quantity. `hBefore` and `cBefore` are the state the step started from (zero after a reset); `q` is GRU's
 * U_n h_{t−1} + b_hn.
 */
export type Trace = Record<Quantity | 'hBefore' | 'cBefore' | 'q', Float64Array>;

/** The gradients that one backward step reads and writes. All [H] but `da` and `du` [G·H]. */
export interface StepGradient {
  /** In: ∂J/∂h_t, total. */
  dh: Float64Array;
  /** In: ∂J/∂c_t through c_{t+1}. Out: ∂J/∂c_t, total (with the path through h_t). LSTM only. */
  dc: Float64Array;
  /** Out: ∂J/∂a_t and ∂J/∂u_t. */
  da: Float64Array;
  du: Float64Array;
  /** Out: the part of ∂J/∂h_{t−1} that does not pass through u (GRU's z∘h_{t−1}), else zero. */
  dhBefore: Float64Array;
  /** Out: ∂J/∂c_{t−1}. LSTM only. */
  dcBefore: Float64Array;
}

export interface Cell {
  readonly kept: readonly (keyof Trace)[];
  readonly hasCellState: boolean;
  /** Reads a = W_ih x_t + b_ih and u = W_hh h_{t−1} + b_hh, both [G·H], and the row's state before; fills the row. */
  forward(trace: Trace, row: number, hiddenSize: number, a: Float64Array, u: Float64Array): void;
  backward(trace: Trace, row: number, hiddenSize: number, gradient: StepGradient): void;
  /** Sets the carried value of one cell (c for LSTM, h for others) after the step; what depends on it follows. */
  clamp(trace: Trace, at: number, value: number): void;
}

export const cells: Record<CellKind, Cell> = { tanh, relu, lstm, gru };

export function newTrace(cell: Cell, rows: number, hiddenSize: number): Trace {
  const keep = (name: keyof Trace): Float64Array => new Float64Array(cell.kept.includes(name) ? rows * hiddenSize : 0);
  return {
    hBefore: keep('hBefore'),
    cBefore: keep('cBefore'),
    h: keep('h'),
    c: keep('c'),
    tanhc: keep('tanhc'),
    i: keep('i'),
    f: keep('f'),
    g: keep('g'),
    o: keep('o'),
    r: keep('r'),
    z: keep('z'),
    n: keep('n'),
    q: keep('q'),
  };
}
