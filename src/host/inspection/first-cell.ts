/** The cell that a model begins with where nobody has chosen one and none has a name. */
import type * as vscode from 'vscode';
import { quantitiesOf } from '../../core/model/spec.ts';
import type { CellAddress, ModelInfo } from '../../protocol/inspector-service.ts';
import { liveliestCells, restlessness } from './cell-choice.ts';
import type { InspectionSession } from './inspection-session.ts';

/** Lines of a text over which a first cell is sought. */
const longestText = 5000;
/** Cells among which the steadiest is sought, over how many lines; a page serves three. */
const candidates = 24;
const lines = 300;
const cellsOfAPage = 3;
/** Trained characters under which a network's liveliest cell says little. */
const hardlyLearned = 100_000;

/**
 * The steadiest of the cells that move most over the first of the texts that is short enough: the first cell of a model may stand
 * still, and the liveliest one flickers. Null where no text is short enough or no cell moves.
 */
export async function steadiestCell(
  { spec }: ModelInfo,
  documents: readonly vscode.TextDocument[],
  asked: Pick<InspectionSession, 'overview' | 'page'>,
): Promise<CellAddress | null> {
  const document = documents.find(({ lineCount }) => lineCount <= longestText);
  if (!document) return null;
  const lively = liveliestCells(await asked.overview(document), candidates).map(
    (cell): CellAddress => ({ ...cell, quantity: quantitiesOf[spec.layers[cell.layer]!.cell][0]! }),
  );
  let steadiest: CellAddress | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < lively.length; k += cellsOfAPage) {
    const cells = lively.slice(k, k + cellsOfAPage);
    const pages = await asked.page(document, { cells, startLine: 0, endLine: Math.min(document.lineCount, lines) });
    for (const [j, { values }] of pages.entries()) {
      const restless = restlessness(values);
      if (restless < least) [steadiest, least] = [cells[j]!, restless];
    }
  }
  return steadiest;
}

/** False for a checkpoint whose network has hardly learned: a later one gets a suggestion of its own. */
export function hasLearned({ generations, generation }: ModelInfo): boolean {
  const trained = generations.find(({ number }) => number === generation)?.trainedChars;
  return trained === undefined || trained >= hardlyLearned;
}
