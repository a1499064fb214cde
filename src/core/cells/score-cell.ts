/** One cell's scores for all concepts: the figures that a search over all cells would print for it. */
import type { Session } from '../engine/engine.ts';
import type { Quantity } from '../model/spec.ts';
import { columnsOf } from './columns.ts';
import type { LabelledSides } from './held-out.ts';
import type { Watch } from './progress.ts';
import type { GradedReport } from './report.ts';
import { type ScoreOptions, scoreColumns } from './score-columns.ts';
import { lift, type Standing } from './standing.ts';

export interface CellScores {
  /** Binary concepts that occur on both sides, the highest AP above its base rate first. */
  concepts: Standing[];
  graded: { concept: string; name: string; best: GradedReport['best'][number] }[];
  chars: { validation: number; test: number };
}

/** Quantity, sign and threshold are the cell's best on the validation side, concept by concept. Without evidence. */
export async function scoreCell(
  session: Session,
  sides: LabelledSides,
  { layer, cell }: { layer: number; cell: number },
  { quantities, ...options }: Omit<ScoreOptions, 'best'> & { quantities: readonly Quantity[] },
  watch: Watch = {},
): Promise<CellScores> {
  const columns = columnsOf(session.spec, quantities).filter(
    (column) => column.layer === layer && column.cell === cell,
  );
  const { report } = await scoreColumns(session, sides, columns, { ...options, best: 1 }, watch);
  return {
    concepts: report.concepts
      .flatMap((concept): Standing[] => concept.best.map((candidate) => ({ concept, candidate })))
      .sort((a, b) => lift(b) - lift(a)),
    graded: report.graded.flatMap(({ concept, name, best: [best] }) => (best ? [{ concept, name, best }] : [])),
    chars: report.chars,
  };
}
