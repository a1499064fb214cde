import type { CandidateReport, ConceptReport, GradedReport } from '../../core/cells/report.ts';
import type { CellsFile } from '../../core/formats/cells-file.ts';
import { inertText } from '../../core/formats/inert-text.ts';
import { t } from '../../core/words.ts';
import type { CellsStore } from '../cells/cells-store.ts';
import { lackWords } from '../cells/words.ts';
import type { Inspection, RunEntry, Runs } from '../contracts.ts';
import { chooseRun } from './run-choice.ts';
import type { Tool } from './tool.ts';

const usualLimit = 5;

/** What a run's kept report says of a concept's cells; without a concept, the best cell of each. Nothing is measured. */
export function cellsForConcept(
  runs: Runs,
  inspection: Pick<Inspection, 'model'>,
  cells: Pick<CellsStore, 'reportOf' | 'outdated'>,
): Tool<'cellscope_cells_for_concept'> {
  return {
    name: 'cellscope_cells_for_concept',
    doing: ({ concept }) =>
      concept === undefined ? t('Reading the cells of all concepts') : t('Reading the cells for “{0}”', concept),
    answer: async ({ run, concept, limit = usualLimit }) => {
      const entry = await chooseRun(runs, inspection, run);
      const file = cells.reportOf(entry.id);
      if (!file)
        throw new Error(
          `The cells of the run “${entry.manifest.name}” were not measured yet. A person does that with “Cellscope: Find Cells That Stand for Concepts” on the run.`,
        );
      const { report } = file;
      const head = headOf(entry, file, cells.outdated(entry)?.generation ?? false);
      if (concept === undefined)
        return {
          ...head,
          concepts: report.concepts.map((each) => overview(each)),
          graded: report.graded.map((each) => overviewOfGraded(each)),
        };
      const binary = report.concepts.find((each) => is(each, concept));
      if (binary) return { ...head, ...described(binary, limit) };
      const graded = report.graded.find((each) => is(each, concept));
      if (graded) return { ...head, ...describedGraded(graded, limit) };
      const known = [...report.concepts, ...report.graded].map((each) => each.concept);
      throw new Error(`There is no concept “${inertText(concept)}”. Concepts: ${known.join(', ')}.`);
    },
  };
}

function is({ concept, name }: { concept: string; name: string }, wanted: string): boolean {
  return [concept, name].some((word) => word.toLowerCase() === wanted.toLowerCase());
}

function headOf(entry: RunEntry, { generation, measured, report }: CellsFile, older: boolean): object {
  return {
    run: entry.id,
    name: entry.manifest.name,
    checkpoint: generation,
    measured,
    /** The run has been trained on since. */
    olderThanTheModel: older,
    complete: report.complete,
    namedCells: report.named,
    unnamedCells: report.unnamed,
    testCharacters: report.chars.test,
  };
}

function overview(concept: ConceptReport): object {
  const [best] = concept.best;
  return {
    concept: concept.concept,
    name: concept.name,
    baseRate: concept.base,
    best: best ? { layer: best.layer, cell: best.cell, averagePrecision: best.ap, named: best.named } : null,
  };
}

function overviewOfGraded({ concept, name, best: [best] }: GradedReport): object {
  return { concept, name, best: best ? { layer: best.layer, cell: best.cell, spearman: best.spearman } : null };
}

function described(concept: ConceptReport, limit: number): object {
  return {
    concept: concept.concept,
    conceptName: concept.name,
    baseRate: concept.base,
    positives: concept.positives,
    scoredCharacters: concept.scored,
    cells: concept.best.slice(0, limit).map((candidate) => cell(concept, candidate)),
  };
}

function cell(concept: ConceptReport, candidate: CandidateReport): object {
  const {
    layer,
    cell: index,
    quantity,
    sign,
    ap,
    confidence,
    f1,
    iou,
    pearson,
    selectivity,
    shift,
    ablation,
  } = candidate;
  return {
    layer,
    cell: index,
    quantity,
    inside: sign > 0 ? 'high' : 'low',
    averagePrecision: ap,
    confidence95: confidence,
    f1,
    iou,
    pearson,
    selectivity,
    adjustedP: shift?.adjusted ?? null,
    lossRiseWhenClamped: ablation && { inside: ablation.inside, outside: ablation.outside, control: ablation.control },
    named: candidate.named,
    lacks: lackWords({ concept, candidate }),
  };
}

function describedGraded(concept: GradedReport, limit: number): object {
  return {
    concept: concept.concept,
    conceptName: concept.name,
    scoredCharacters: concept.chars,
    cells: concept.best.slice(0, limit),
  };
}
