/** What the heatmap's list tells of the cells that stand for concepts. */
import { overallFraction } from '../../core/cells/progress.ts';
import { bestCandidates, namedCells, type Standing } from '../../core/cells/standing.ts';
import { t } from '../../core/words.ts';
import type { CellStanding, ShownStandings } from '../../protocol/heatmap.ts';
import type { ModelInfo } from '../../protocol/inspector-service.ts';
import type { CellsStore } from '../cells/cells-store.ts';
import { conceptName } from '../cells/concept-name.ts';
import { evidenceLine, lackWords, outdatedWords } from '../cells/words.ts';
import type { RunEntry } from '../contracts.ts';
import { summaryOfModel } from './heatmap-messages.ts';

/** `run`: whose model it is, undefined for a model file. */
export function shownStandings(cells: CellsStore, model: ModelInfo, run: RunEntry | undefined): ShownStandings {
  const key = summaryOfModel(model).key;
  if (!run) return { model: key, state: 'impossible', fraction: 0, note: null, cells: [] };
  const measuring = cells.measuring(run.id);
  const file = cells.reportOf(run.id);
  const report = measuring?.report ?? file?.report;
  return {
    model: key,
    state: measuring ? 'finding' : file ? 'found' : 'none',
    fraction: measuring ? overallFraction(measuring.stage, measuring.fraction, true) : 0,
    note: measuring ? null : (cells.failureOf(run.id) ?? noteOf(cells, model, run)),
    cells: report ? [...namedCells(report), ...bestCandidates(report)].map(shownStanding) : [],
  };
}

function noteOf(cells: CellsStore, model: ModelInfo, run: RunEntry): string | null {
  const file = cells.reportOf(run.id);
  const outdated = cells.outdated(run);
  if (!file || !outdated) return null;
  const words = outdatedWords(outdated, file.generation);
  if (words !== null) return words;
  return file.generation === model.generation ? null : t('Names are those of checkpoint {0}.', file.generation);
}

function shownStanding(standing: Standing): CellStanding {
  const { concept, candidate } = standing;
  const { layer, cell, quantity, named, ap } = candidate;
  const line = evidenceLine(standing);
  const called = conceptName(concept);
  const words = named
    ? t('Named for {0}: {1}', called, line)
    : t('Best candidate for {0}: {1}. It lacks {2}', called, line, lackWords(standing).join('; '));
  return { layer, cell, quantity, concept: called, named, ap, base: concept.base, words };
}
