/** What the quantities are called, their range, and the colour they are drawn in. */
import type { Quantity } from '../../src/core/model/spec.ts';
import { t } from '../ui/words.ts';

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
  tanhc: { label: 'tanh c', name: t('tanh of the cell state'), signed: true, colour: 'state' },
  c: { label: 'c', name: t('cell state'), signed: true, colour: 'state' },
  h: { label: 'h', name: t('hidden state'), signed: true, colour: 'state' },
  i: { label: t('input'), name: t('input gate'), signed: false, colour: 'input' },
  f: { label: t('forget'), name: t('forget gate'), signed: false, colour: 'forget' },
  g: { label: t('new g'), name: t('candidate'), signed: true, colour: 'plain' },
  o: { label: t('output'), name: t('output gate'), signed: false, colour: 'output' },
  z: { label: t('update z'), name: t('update gate'), signed: false, colour: 'forget' },
  r: { label: t('reset r'), name: t('reset gate'), signed: false, colour: 'input' },
  n: { label: t('new n'), name: t('candidate'), signed: true, colour: 'plain' },
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
