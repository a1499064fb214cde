/** Rows of the tensor table and their order. */
import type { ShownStatistics, ShownTensor } from '../../src/protocol/safetensors.ts';

/** What is known of a tensor's values so far. */
export type Measured =
  | { kind: 'waiting' }
  | { kind: 'measuring'; fraction: number }
  | { kind: 'done'; statistics: ShownStatistics }
  | { kind: 'failed'; message: string };

export type SortKey = 'name' | 'values' | 'norm' | 'mean' | 'deviation' | 'min' | 'max';

export interface Order {
  /** Null: as they lie in the file. */
  key: SortKey | null;
  descending: boolean;
}

/** Ascending, descending, as in the file, and again. */
export function nextOrder({ key, descending }: Order, clicked: SortKey): Order {
  if (key !== clicked) return { key: clicked, descending: clicked !== 'name' };
  const last = clicked === 'name' ? descending : !descending;
  return last ? { key: null, descending: false } : { key: clicked, descending: !descending };
}

/** Places of the tensors in the file, in the order to show; those that are not measured yet come last. */
export function ordered(
  tensors: readonly ShownTensor[],
  measured: readonly Measured[],
  { key, descending }: Order,
): number[] {
  const places = tensors.map((_, place) => place);
  if (key === null) return places;
  const sign = descending ? -1 : 1;
  if (key === 'name') return places.sort((a, b) => sign * tensors[a]!.name.localeCompare(tensors[b]!.name, 'en'));
  const value = (place: number): number | null => {
    if (key === 'values') return tensors[place]!.values;
    const known = measured[place]!;
    return known.kind === 'done' ? known.statistics[key] : null;
  };
  return places.sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return (x === null ? 1 : 0) - (y === null ? 1 : 0);
    return sign * (x - y);
  });
}

/** The largest magnitude among what is measured: the scale of the range bars. 0: none yet. */
export function largestMagnitude(measured: readonly Measured[]): number {
  return measured.reduce((largest, known) => {
    if (known.kind !== 'done') return largest;
    const { min, max } = known.statistics;
    return Math.max(largest, Math.abs(min ?? 0), Math.abs(max ?? 0));
  }, 0);
}
