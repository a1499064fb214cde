/** The cell in force: what a model has, what is remembered, what a person types. */
import { type ModelSpec, quantitiesOf } from '../../core/model/spec.ts';
import { t } from '../../core/words.ts';
import type { CellAddress } from '../../protocol/inspector-service.ts';

/** The nearest address that the model has: the same where it can be, the kind's first quantity where it lacks this one. */
export function fittingCell(spec: ModelSpec, wanted: CellAddress): CellAddress {
  const layer = Math.min(wanted.layer, spec.layers.length - 1);
  const { cell: kind, hiddenSize } = spec.layers[layer]!;
  const quantities = quantitiesOf[kind];
  return {
    layer,
    cell: Math.min(wanted.cell, hiddenSize - 1),
    quantity: quantities.includes(wanted.quantity) ? wanted.quantity : quantities[0]!,
  };
}

/** The cells that move most over a text, liveliest first: at least half as much as the first. Empty where none moves. */
export function liveliestCells(
  cells: readonly { layer: number; cell: number; deviation: number }[],
  count: number,
): { layer: number; cell: number }[] {
  const sorted = cells.filter(({ deviation }) => deviation > 0).sort((a, b) => b.deviation - a.deviation);
  const least = (sorted[0]?.deviation ?? 0) / 2;
  return sorted
    .filter(({ deviation }) => deviation >= least)
    .slice(0, count)
    .map(({ layer, cell }) => ({ layer, cell }));
}

/**
 * How restless a cell is over some characters: mean |x_t − x_{t−1}| over the standard deviation. A cell that holds a state
 * over many characters (inside a comment, inside brackets) is near 0, one that answers to single characters near 1.
 */
export function restlessness(values: ArrayLike<number>): number {
  const n = values.length;
  let sum = 0;
  let squares = 0;
  let travel = 0;
  for (let t = 0; t < n; t++) {
    sum += values[t]!;
    squares += values[t]! ** 2;
    if (t > 0) travel += Math.abs(values[t]! - values[t - 1]!);
  }
  const deviation = Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2));
  return deviation > 1e-3 ? travel / (n - 1) / deviation : Number.POSITIVE_INFINITY;
}

/** What was kept in the workspace's state, or null where it is none of ours. */
export function rememberedCell(value: unknown): CellAddress | null {
  if (typeof value !== 'object' || value === null) return null;
  const { layer, cell, quantity } = value as Record<string, unknown>;
  const known = Object.values(quantitiesOf).some((quantities) => quantities.some((name) => name === quantity));
  return isIndex(layer) && isIndex(cell) && known
    ? { layer, cell, quantity: quantity as CellAddress['quantity'] }
    : null;
}

function isIndex(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

/** `14`, `0 14`, `0·14 f`, `layer 0, cell 14` → an address of the model, or the reason why not. The quantity stays where none is named. */
export function parseCell(text: string, spec: ModelSpec, current: CellAddress): CellAddress | string {
  const numbers = (text.match(/\d+/g) ?? []).map(Number);
  const [first, second] = numbers;
  if (first === undefined || numbers.length > 2) return t('Type a cell, or a layer and a cell: 14, or 0 14.');
  const layer = second === undefined ? 0 : first;
  const cell = second ?? first;
  const found = spec.layers[layer];
  if (!found) return t('There is no layer {0}: the layers are 0 to {1}.', layer, spec.layers.length - 1);
  if (cell >= found.hiddenSize)
    return t('There is no cell {0}: layer {1} has the cells 0 to {2}.', cell, layer, found.hiddenSize - 1);
  const named = /[a-z]+\s*$/i.exec(text)?.[0].trim();
  const quantity = quantitiesOf[found.cell].find((name) => name === named);
  if (named && !quantity) return t('There is no quantity {0}: choose {1}.', named, quantitiesOf[found.cell].join(', '));
  return fittingCell(spec, { layer, cell, quantity: quantity ?? current.quantity });
}
