/** Scores of columns for all concepts: chosen on the validation files, told of the test files. */
import type { Session } from '../engine/engine.ts';
import { Random } from '../random.ts';
import { edgeRanks, fitBins } from './bins.ts';
import { chooseCandidates, chosenPairs, reportCandidates } from './candidates.ts';
import type { Column } from './columns.ts';
import type { LabelledSides } from './held-out.ts';
import { partOf, type Watch } from './progress.ts';
import type { CellsReport } from './report.ts';
import { type ColumnSample, chooseText, readSample } from './sample.ts';
import { binsFor, labelRanks, scoreSide } from './score-side.ts';

export interface ScoreOptions {
  seed: number;
  /** Cells reported for each concept. */
  best: number;
  /** Characters of the validation sample that bins and ranks are fitted to. */
  validationSample: number;
}

export interface Scores {
  /** Without evidence: nothing is named yet. */
  report: CellsReport;
  /** The validation sample, all columns of it. */
  sample: ColumnSample;
}

/**
 * Streams both sides once. Cell, quantity, sign and threshold are chosen on the validation side, where every column is
 * scored for every concept; all figures are the test side's, where the chosen ones are. Memory does not grow with the texts.
 */
export async function scoreColumns(
  session: Session,
  { validation, test }: LabelledSides,
  columns: readonly Column[],
  { seed, best, validationSample }: ScoreOptions,
  watch: Watch,
): Promise<Scores> {
  const { concepts } = validation;
  const text = await chooseText(
    validation,
    validationSample,
    Random.derive(seed, 'validation sample'),
    partOf(watch, 0, 0.5),
  );
  const sample = await readSample(session, columns, text, partOf(watch, 0.5, 1));
  const ranks = edgeRanks(sample.length, binsFor(columns.length, concepts));
  const bins = sample.columns.map((values) => fitBins(values.slice(), ranks.length + 1, ranks));
  const rankOfLabels = labelRanks(concepts, sample);
  const onValidation = await scoreSide(session, validation, columns, bins, rankOfLabels, watch, 'validation', null);
  const choices = chooseCandidates(onValidation, columns, best);
  const onTest = await scoreSide(
    session,
    test,
    columns,
    bins,
    rankOfLabels,
    watch,
    'test',
    chosenPairs(choices, columns),
  );
  const chars = { validation: validation.chars, test: test.chars };
  return { report: reportCandidates(concepts, columns, bins, onTest, choices, chars), sample };
}
