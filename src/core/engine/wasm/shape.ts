/**
 * A model in the kernels' terms. Hidden sizes are padded to multiples of 8 (`units`); padded units have zero weights, stay zero
 * and have zero gradients, so they change nothing.
 *
 * Gate blocks as the kernels keep them: LSTM i, f, g, o; GRU n, r, z and m = U_n h + b_hn, so that the input product fills blocks
 * 0–2 and the recurrent product blocks 1–3; the plain cells have one.
 */
import { featureSize, inputSize, parameterLayout } from '../../model/layout.ts';
import type { CellKind, Connections, ModelSpec } from '../../model/spec.ts';

/** Numbers that the kernels know cells by. */
export const kindOf: Record<CellKind, number> = { tanh: 0, relu: 1, lstm: 2, gru: 3 };

export interface LayerShape {
  cell: CellKind;
  kind: number;
  hidden: number;
  units: number;
  /** Gate blocks in the activations, and rows = blocks·units. */
  blocks: number;
  rows: number;
  /** PyTorch's gate of each block that the input product fills, from block 0 on. */
  inputGates: readonly number[];
  /** PyTorch's gate of each block that the recurrent product fills, from `recurrentBlock` on. */
  recurrentGates: readonly number[];
  recurrentBlock: number;
  /** Layers whose outputs it reads; none for layer 0. */
  sources: number[];
  /** Whether its output differs from h: residual or highway. */
  connection: 'none' | 'residual' | 'highway';
}

export interface ModelShape {
  layers: LayerShape[];
  connections: Connections;
  vocabulary: number;
  /** Layers whose outputs the output layer reads. */
  outSources: number[];
  tensors: TensorPlace[];
  /** Floats of the whole parameter arena. */
  size: number;
}

/**
 * Where (a part of) a parameter lies in the arena, `at` in floats. Layouts:
 * `matrix` [columns/8][rows][8], `table` (transposed, one row more for "no character") [columns + 1][rows], `vector` [rows].
 * Rows are gate blocks of `units`, `hidden` of which are real. A dense layer's input weight is one matrix per source, at `column`.
 */
export interface TensorPlace {
  name: string;
  layout: 'matrix' | 'table' | 'vector';
  at: number;
  size: number;
  gates: readonly number[];
  hidden: number;
  units: number;
  columns: number;
  paddedColumns: number;
  column: number;
  totalColumns: number;
}

const gatesOf: Record<CellKind, { input: number[]; recurrent: number[]; recurrentBlock: number; blocks: number }> = {
  tanh: { input: [0], recurrent: [0], recurrentBlock: 0, blocks: 1 },
  relu: { input: [0], recurrent: [0], recurrentBlock: 0, blocks: 1 },
  lstm: { input: [0, 1, 2, 3], recurrent: [0, 1, 2, 3], recurrentBlock: 0, blocks: 4 },
  gru: { input: [2, 0, 1], recurrent: [0, 1, 2], recurrentBlock: 1, blocks: 4 },
};

export const pad8 = (n: number): number => Math.ceil(n / 8) * 8;

export function shapeOf(spec: ModelSpec): ModelShape {
  const last = spec.layers.length - 1;
  const dense = spec.connections === 'dense';
  const below = (k: number): number[] => Array.from({ length: k }, (_, j) => j);
  const layers = spec.layers.map((layer, k): LayerShape => {
    const gates = gatesOf[layer.cell];
    const units = pad8(layer.hiddenSize);
    return {
      cell: layer.cell,
      kind: kindOf[layer.cell],
      hidden: layer.hiddenSize,
      units,
      blocks: gates.blocks,
      rows: gates.blocks * units,
      inputGates: gates.input,
      recurrentGates: gates.recurrent,
      recurrentBlock: gates.recurrentBlock,
      sources: k === 0 ? [] : dense ? below(k) : [k - 1],
      connection:
        k > 0 && (spec.connections === 'residual' || spec.connections === 'highway') ? spec.connections : 'none',
    };
  });
  const shape: ModelShape = {
    layers,
    connections: spec.connections,
    vocabulary: spec.vocabulary.length,
    outSources: dense ? below(last + 1) : [last],
    tensors: [],
    size: 0,
  };
  for (const { name } of parameterLayout(spec)) placeTensor(shape, spec, name);
  return shape;
}

function placeTensor(shape: ModelShape, spec: ModelSpec, name: string): void {
  const { vocabulary } = shape;
  const match = /_l(\d+)$/.exec(name);
  const k = match ? Number(match[1]) : -1;
  const layer = shape.layers[k];
  const rows = layer ? { hidden: layer.hidden, units: layer.units } : { hidden: vocabulary, units: vocabulary };
  const gates =
    !layer || name.startsWith('highway') ? [0] : /_hh_/.test(name) ? layer.recurrentGates : layer.inputGates;
  const place = (
    layout: TensorPlace['layout'],
    columns: number,
    paddedColumns: number,
    column: number,
    totalColumns: number,
  ): void => {
    const height = gates.length * rows.units;
    const width = layout === 'matrix' ? paddedColumns : layout === 'table' ? columns + 1 : 1;
    const size = pad8(height * width);
    const at = shape.size;
    shape.tensors.push({ name, layout, at, size, gates, ...rows, columns, paddedColumns, column, totalColumns });
    shape.size += size;
  };
  if (name.includes('bias')) place('vector', 1, 1, 0, 1);
  else if (name.includes('weight_hh')) place('matrix', layer!.hidden, layer!.units, 0, layer!.hidden);
  else if (k === 0) place('table', vocabulary, vocabulary, 0, vocabulary);
  else {
    const sources = layer ? layer.sources : shape.outSources;
    const total = layer ? inputSize(spec, k) : featureSize(spec);
    let column = 0;
    for (const j of sources) {
      const { hidden, units } = shape.layers[j]!;
      place('matrix', hidden, units, column, total);
      column += hidden;
    }
  }
}

/** The arena places of one parameter, a dense one's in the order of its sources. */
export function placesOf(shape: ModelShape, name: string): TensorPlace[] {
  return shape.tensors.filter((tensor) => tensor.name === name);
}
