import type { CellKind, Connections, Init } from '../model/spec.ts';

/** What people choose from; `irnn` is a ReLU RNN with an identity start. */
export type Architecture = 'lstm' | 'gru' | 'rnn' | 'relu' | 'irnn';

export const cellOf: Record<Architecture, CellKind> = {
  lstm: 'lstm',
  gru: 'gru',
  rnn: 'tanh',
  relu: 'relu',
  irnn: 'relu',
};

export type Budget = { kind: 'chars' | 'epochs' | 'seconds'; amount: number };

/** Everything that decides a training besides the text. Stored in run.json. */
export interface TrainingOptions {
  architecture: Architecture;
  layers: number;
  hiddenSize: number;
  connections: Connections;
  /** Window length T and lanes B. */
  sequence: number;
  batch: number;
  budget: Budget;
  learningRate: number;
  schedule: 'constant' | 'cosine' | 'step';
  /** Characters of linear warm-up. */
  warmup: number;
  clipNorm: number;
  optimizer: 'adam' | 'rmsprop' | 'adadelta' | 'sgd';
  momentum: number;
  init: Init;
  dropout: number;
  /** Evaluations on the validation files without improvement before stopping; 0: never. */
  patience: number;
  seed: number;
  engine: 'auto' | 'wasm' | 'reference';
  /** 0: cores − 1, at least 1. */
  threads: number;
}

/** Defaults; ENGINE measurements choose them (`npm run bench`). */
export const defaultOptions: TrainingOptions = {
  architecture: 'lstm',
  layers: 1,
  hiddenSize: 128,
  connections: 'none',
  sequence: 64,
  batch: 16,
  budget: { kind: 'chars', amount: 6_000_000 },
  learningRate: 1e-2,
  schedule: 'cosine',
  warmup: 20_000,
  clipNorm: 1,
  optimizer: 'adam',
  momentum: 0.9,
  init: 'orthogonal',
  dropout: 0,
  patience: 0,
  seed: 1,
  engine: 'auto',
  threads: 0,
};
