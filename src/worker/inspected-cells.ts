/** Cells and quantities that are asked for, against what a model has. All throw CodedError `no-cell`. */
import { type ModelSpec, quantitiesOf } from '../core/model/spec.ts';
import { t } from '../core/words.ts';
import type { CellAddress } from '../protocol/inspector-service.ts';
import { CodedError } from './channel.ts';

const MOST_CELLS = 3;

export function checkPlace(spec: ModelSpec, { layer, cell }: { layer: number; cell: number }): void {
  const size = spec.layers[layer]?.hiddenSize;
  if (size === undefined) throw new CodedError('no-cell', t('The model has no layer {0}.', layer));
  if (!(Number.isInteger(cell) && cell >= 0 && cell < size))
    throw new CodedError('no-cell', t('Layer {0} has cells 0 to {1}, not {2}.', layer, size - 1, cell));
}

export function checkCells(spec: ModelSpec, cells: readonly CellAddress[]): void {
  if (cells.length > MOST_CELLS)
    throw new CodedError('no-cell', t('At most {0} cells can be read at a time.', MOST_CELLS));
  for (const address of cells) checkAddress(spec, address);
}

export function checkAddress(spec: ModelSpec, address: CellAddress): void {
  checkPlace(spec, address);
  const kind = spec.layers[address.layer]!.cell;
  if (!quantitiesOf[kind].includes(address.quantity))
    throw new CodedError('no-cell', t('A cell of kind {0} has no quantity “{1}”.', kind, address.quantity));
}
