/** Cells that earn their names: from a trained model and held-out texts to a report with evidence. */
import type { Engine, Session } from '../engine/engine.ts';
import type { Init, Quantity } from '../model/spec.ts';
import { Random } from '../random.ts';
import { momentsOf } from './ablation.ts';
import { columnsOf } from './columns.ts';
import { type EvidenceOptions, gatherEvidence } from './evidence.ts';
import type { LabelledSides } from './held-out.ts';
import type { Watch } from './progress.ts';
import { type CellsReport, summarise } from './report.ts';
import { chooseText, readSample } from './sample.ts';
import { type ScoreOptions, scoreColumns } from './score-columns.ts';

export interface CellsOptions extends EvidenceOptions, ScoreOptions {
  /** Characters of the test sample. */
  testSample: number;
  /** Gates and other quantities that are scored beside the default ones. */
  quantities: readonly Quantity[];
  /** False: scores only. */
  evidence: boolean;
}

export const defaultCellsOptions: CellsOptions = {
  seed: 1,
  init: 'orthogonal' satisfies Init,
  best: 5,
  candidates: 2,
  validationSample: 32_768,
  testSample: 24_576,
  untrained: 5,
  shifts: 199,
  randomLabels: 5,
  controls: 20,
  resamples: 200,
  quantities: [],
  evidence: true,
};

/** Values that a sample may hold: columns × characters. */
export const sampleBudget = 16 * 2 ** 20;

/**
 * Scores every cell for every concept. Validation files decide on cell, quantity, sign and threshold; all figures are
 * the test files'. Memory does not grow with the texts.
 * `onReport` hands over what stands: first the scores, then the evidence stage by stage.
 */
export async function findCells(
  engine: Engine,
  session: Session,
  sides: LabelledSides,
  options: CellsOptions,
  watch: Watch = {},
  onReport: (report: CellsReport) => void = () => {},
): Promise<CellsReport> {
  const { concepts } = sides.validation;
  const columns = columnsOf(session.spec, options.quantities);
  const cells = session.spec.layers.reduce((sum, { hiddenSize }) => sum + hiddenSize, 0);
  const affordable = Math.floor(sampleBudget / columns.length);
  const scores = await scoreColumns(
    session,
    sides,
    columns,
    { ...options, validationSample: Math.min(options.validationSample, affordable) },
    watch,
  );
  const report = summarise(scores.report, cells);
  if (!options.evidence) return report;
  onReport(report);

  // The second sample is read for what follows: how far it all is never goes back.
  const after: Watch = {
    ...watch,
    onProgress: (at) => watch.onProgress?.(at.stage === 'sample' ? { stage: 'untrained', fraction: 0 } : at),
  };
  const testText = await chooseText(
    sides.test,
    Math.min(options.testSample, affordable),
    Random.derive(options.seed, 'test sample'),
    after,
  );
  const input = {
    engine,
    session,
    concepts,
    columns,
    validation: scores.sample,
    test: await readSample(session, columns, testText, after),
    moments: await momentsOf(session, scores.sample, after),
  };
  await gatherEvidence(report, input, options, after, () => onReport(summarise(report, cells)));
  return { ...summarise(report, cells), complete: true };
}
