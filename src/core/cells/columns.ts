/** Columns: one quantity of one cell each. All cells of a model are read at once, chunk by chunk. */
import type { Captured, LayerState, Session } from '../engine/engine.ts';
import { type CellKind, type ModelSpec, type Quantity, quantitiesOf } from '../model/spec.ts';

export interface Column {
  layer: number;
  cell: number;
  quantity: Quantity;
}

/** Quantities that are scored without asking: what the cell remembers and what it shows. */
export const scoredQuantities: Record<CellKind, readonly Quantity[]> = {
  tanh: ['h'],
  relu: ['h'],
  lstm: ['tanhc', 'h'],
  gru: ['h'],
};

/** Every column of a model: layers, then quantities, then cells. `extra` quantities are read where a layer has them. */
export function columnsOf(spec: ModelSpec, extra: readonly Quantity[] = []): Column[] {
  return spec.layers.flatMap(({ cell: kind, hiddenSize }, layer) =>
    scoredOf(kind, extra).flatMap((quantity) =>
      Array.from({ length: hiddenSize }, (_, cell) => ({ layer, cell, quantity })),
    ),
  );
}

/** Gates and other quantities of a model's cells that are scored on request only, in the order of `quantitiesOf`. */
export function furtherQuantities({ layers }: Pick<ModelSpec, 'layers'>): Quantity[] {
  const further = layers.flatMap(({ cell }) =>
    quantitiesOf[cell].filter((quantity) => !scoredQuantities[cell].includes(quantity)),
  );
  return [...new Set(further)];
}

/** Every quantity that `columnsOf` gives columns of. */
export function quantitiesScored({ layers }: Pick<ModelSpec, 'layers'>, extra: readonly Quantity[]): Quantity[] {
  return [...new Set(layers.flatMap(({ cell }) => scoredOf(cell, extra)))];
}

function scoredOf(kind: CellKind, extra: readonly Quantity[]): Quantity[] {
  return quantitiesOf[kind].filter((quantity) => scoredQuantities[kind].includes(quantity) || extra.includes(quantity));
}

/** Characters that are read at once. */
export const chunkSize = 4096;

/** Reads characters from a state (null: the zero state) and hands over each chunk's columns. */
export async function readColumns(
  session: Session,
  columns: readonly Column[],
  inputs: Int32Array,
  visit: (chunk: { from: number; length: number; blocks: readonly ColumnBlock[] }) => void | Promise<void>,
  from: LayerState[] | null = null,
): Promise<void> {
  const groups: { layer: number; quantity: Quantity; columns: number[] }[] = [];
  columns.forEach(({ layer, quantity }, index) => {
    const last = groups.at(-1);
    if (last && last.layer === layer && last.quantity === quantity) last.columns.push(index);
    else groups.push({ layer, quantity, columns: [index] });
  });
  let start = from;
  for (let at = 0; at < inputs.length; at += chunkSize) {
    const part = inputs.slice(at, at + chunkSize);
    const captured: Captured = await session.run({ inputs: part, start, targets: null }, { blocks: groups });
    start = captured.end;
    const blocks = groups.map((group, k) => ({
      data: captured.blocks[k]!,
      stride: session.spec.layers[group.layer]!.hiddenSize,
      first: group.columns[0]!,
      cells: group.columns.map((index) => columns[index]!.cell),
    }));
    await visit({ from: at, length: part.length, blocks });
  }
}

/** The state after `length` characters from the zero state, null for none. */
export async function stateAfter(session: Session, inputs: Int32Array, length: number): Promise<LayerState[] | null> {
  let state: LayerState[] | null = null;
  for (let at = 0; at < length; at += chunkSize) {
    const part = inputs.slice(at, Math.min(length, at + chunkSize));
    const captured: Captured = await session.run({ inputs: part, start: state, targets: null }, {});
    state = captured.end;
  }
  return state;
}

/** All columns of one quantity of one layer: column first + k is cell cells[k], element t at data[t·stride + cell]. */
export interface ColumnBlock {
  data: Float32Array;
  stride: number;
  first: number;
  cells: readonly number[];
}

/** Copies one cell's values of a block. */
export function gather({ data, stride }: ColumnBlock, cell: number, length: number, into: Float32Array, at = 0): void {
  for (let t = 0, k = cell; t < length; t++, k += stride) into[at + t] = data[k]!;
}
