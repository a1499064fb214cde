/** The shape of a model: what is stored in a checkpoint's metadata and what every engine builds from. */

export type CellKind = 'tanh' | 'relu' | 'lstm' | 'gru';
export type Connections = 'none' | 'residual' | 'dense' | 'highway';
/** How parameters start. `orthogonal`: every H×H recurrent block orthogonal; `uniform`: everything U(±0.08); `identity`: IRNN, W_hh = I, zero biases (Le et al. 2015). */
export type Init = 'orthogonal' | 'uniform' | 'identity';

export interface LayerSpec {
  cell: CellKind;
  hiddenSize: number;
  directions: ['forward'] | ['forward', 'backward'];
}

export interface ModelSpec {
  formatVersion: 1;
  layers: LayerSpec[];
  connections: Connections;
  /** One entry per index: a single Unicode code point each, or `<unk>`. Its length is V. */
  vocabulary: string[];
  /** Index of `<unk>` in `vocabulary`, or null: then an unknown character is a zero input and is not scored. */
  unknown: number | null;
}

/** Number of gate blocks in the stacked weights of one cell (PyTorch's order: LSTM i,f,g,o; GRU r,z,n). */
export const gateCount: Record<CellKind, number> = { tanh: 1, relu: 1, lstm: 4, gru: 3 };

/** What can be read from a cell at a character. `c` and `tanhc` are LSTM only; z, r, n GRU only; i, f, g, o LSTM only. */
export type Quantity = 'c' | 'tanhc' | 'h' | 'i' | 'f' | 'g' | 'o' | 'z' | 'r' | 'n';

/** Quantities a cell of this kind has, the default one for colouring first. */
export const quantitiesOf: Record<CellKind, readonly Quantity[]> = {
  tanh: ['h'],
  relu: ['h'],
  lstm: ['tanhc', 'h', 'c', 'i', 'f', 'g', 'o'],
  gru: ['h', 'z', 'r', 'n'],
};
