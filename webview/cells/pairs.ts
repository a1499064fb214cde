/** Concepts of two runs, side by side. Pure. */
import type { ShownCells } from '../../src/protocol/cells.ts';
import { type ConceptRow, conceptRows } from './words.ts';

export interface PairRow {
  id: string;
  name: string;
  description: string;
  /** Null: this run was not measured for the concept. */
  sides: [ConceptRow | null, ConceptRow | null];
}

/** AP of the first run less that of the second; null where either has none. */
export function gapOf([own, other]: PairRow['sides']): number | null {
  return own?.first && other?.first ? own.first.ap - other.first.ap : null;
}

/** Concepts of both reports, those that occur nowhere left out. */
export function pairsOf(mine: ShownCells, theirs: ShownCells): PairRow[] {
  const [own, other] = [conceptRows(mine), conceptRows(theirs)];
  const ids = [...new Set([...own, ...other].map(({ concept }) => concept.id))];
  return ids.flatMap((id): PairRow[] => {
    const sides: PairRow['sides'] = [
      own.find(({ concept }) => concept.id === id) ?? null,
      other.find(({ concept }) => concept.id === id) ?? null,
    ];
    const { concept } = (sides[0] ?? sides[1])!;
    return sides.every((side) => side === null || side.status === 'absent')
      ? []
      : [{ id, name: concept.name, description: concept.description, sides }];
  });
}
