/** What the quantities are called, their range, and the colour they are drawn in. */
import type { Quantity } from '../../src/core/model/spec.ts';

interface QuantityLook {
  label: string;
  /** As spoken and in tooltips. */
  name: string;
  /** Values lie in −1…1 (signed) or 0…1; `c` and ReLU's h are open. */
  signed: boolean;
  /** Class of the colour: see heatmap-panel.css. */
  colour: 'state' | 'forget' | 'input' | 'output' | 'plain';
}

export const looks: Record<Quantity, QuantityLook> = {
  tanhc: { label: 'tanh c', name: 'tanh of the cell state', signed: true, colour: 'state' },
  c: { label: 'c', name: 'cell state', signed: true, colour: 'state' },
  h: { label: 'h', name: 'hidden state', signed: true, colour: 'state' },
  i: { label: 'input', name: 'input gate', signed: false, colour: 'input' },
  f: { label: 'forget', name: 'forget gate', signed: false, colour: 'forget' },
  g: { label: 'new g', name: 'candidate', signed: true, colour: 'plain' },
  o: { label: 'output', name: 'output gate', signed: false, colour: 'output' },
  z: { label: 'update z', name: 'update gate', signed: false, colour: 'forget' },
  r: { label: 'reset r', name: 'reset gate', signed: false, colour: 'input' },
  n: { label: 'new n', name: 'candidate', signed: true, colour: 'plain' },
};

export type CellKind = 'tanh' | 'relu' | 'lstm' | 'gru';

/** Quantities of a kind of cell, the one for colouring first (the same as core's `quantitiesOf`). */
export const quantitiesOf: Record<CellKind, readonly Quantity[]> = {
  tanh: ['h'],
  relu: ['h'],
  lstm: ['tanhc', 'h', 'c', 'i', 'f', 'g', 'o'],
  gru: ['h', 'z', 'r', 'n'],
};

/** In the readout: state first, then the gates that made it. */
export const readoutOrder: Record<CellKind, readonly Quantity[]> = {
  tanh: ['h'],
  relu: ['h'],
  lstm: ['tanhc', 'c', 'h', 'f', 'i', 'o', 'g'],
  gru: ['h', 'z', 'r', 'n'],
};

/** In the strip under the line. */
export const stripOrder: Record<CellKind, readonly Quantity[]> = {
  tanh: ['h'],
  relu: ['h'],
  lstm: ['tanhc', 'f', 'i', 'o'],
  gru: ['h', 'z', 'r'],
};
