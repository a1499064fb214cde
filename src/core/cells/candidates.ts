import type { Concept } from '../concepts/concept.ts';
import { averagePrecisionOfBins, bestCut, scoreAtCut } from './average-precision.ts';
import type { Bins } from './bins.ts';
import type { Column } from './columns.ts';
import { halfWay, lacksOf } from './naming.ts';
import type { CandidateReport, CellsReport, ConceptReport, GradedReport } from './report.ts';
import type { Pairs, ScoreTable } from './score-table.ts';

/** A choice made on the validation files. */
export interface Choice {
  column: number;
  sign: 1 | -1;
  averagePrecision: number;
  /** First bin that is on (sign 1), or off (sign −1). */
  cut: number;
}

export interface Choices {
  /** By binary concept, in the table's order. */
  binary: Choice[][];
  /** Columns by graded concept. */
  graded: number[][];
}

/** The best cells of every concept, each with its best quantity and sign. */
export function chooseCandidates(table: ScoreTable, columns: readonly Column[], count: number): Choices {
  const binary = table.binary.map((_, k) => {
    const { positives, scored } = table.count(k);
    if (positives === 0 || positives === scored) return [];
    const bestByCell = new Map<string, Choice>();
    columns.forEach(({ layer, cell }, column) => {
      const { high, low } = table.averagePrecisions(column, k);
      const sign = high >= low ? 1 : -1;
      const averagePrecision = Math.max(high, low);
      const key = `${layer}:${cell}`;
      if (averagePrecision > (bestByCell.get(key)?.averagePrecision ?? 0))
        bestByCell.set(key, { column, sign, averagePrecision, cut: 0 });
    });
    const choices = [...bestByCell.values()].sort((a, b) => b.averagePrecision - a.averagePrecision).slice(0, count);
    for (const choice of choices) {
      const counts = table.binCounts(choice.column, k);
      choice.cut = bestCut(counts.positives, counts.scored, counts.scored.length, choice.sign);
    }
    return choices;
  });
  const graded = table.graded.map((_, k) => {
    if (table.gradedCount(k) === 0) return [];
    const bestByCell = new Map<string, { column: number; strength: number }>();
    columns.forEach(({ layer, cell }, column) => {
      const strength = Math.abs(table.gradedCorrelation(column, k).pearson);
      const key = `${layer}:${cell}`;
      if (strength > (bestByCell.get(key)?.strength ?? 0)) bestByCell.set(key, { column, strength });
    });
    return [...bestByCell.values()]
      .sort((a, b) => b.strength - a.strength)
      .slice(0, count)
      .map(({ column }) => column);
  });
  return { binary, graded };
}

/** What the test files are asked. */
export function chosenPairs({ binary, graded }: Choices, columns: readonly Column[]): Pairs {
  const pairs = { binary: columns.map((): number[] => []), graded: columns.map((): number[] => []) };
  for (const [k, chosen] of binary.entries()) for (const { column } of chosen) pairs.binary[column]!.push(k);
  for (const [k, chosen] of graded.entries()) for (const column of chosen) pairs.graded[column]!.push(k);
  return pairs;
}

/** What the test files say of the choices; evidence is still open. */
export function reportCandidates(
  concepts: readonly Concept[],
  columns: readonly Column[],
  bins: readonly Bins[],
  table: ScoreTable,
  choices: Choices,
  chars: { validation: number; test: number },
): CellsReport {
  const reportOf = (choice: Choice, k: number, base: number): CandidateReport => {
    const { column, sign, cut, averagePrecision } = choice;
    const counts = table.binCounts(column, k);
    const count = counts.scored.length;
    const ap = averagePrecisionOfBins(counts.positives, counts.scored, count, sign);
    const evidence = {
      sampleAveragePrecision: null,
      untrained: null,
      randomLabels: null,
      adjustedP: null,
      ablation: null,
    };
    return {
      ...columns[column]!,
      sign,
      validationAp: averagePrecision,
      ap,
      // Below the first edge and above the last one there are bins, but no value between two.
      threshold: cut === 0 ? Number.NEGATIVE_INFINITY : (bins[column]!.edges[cut - 1] ?? Number.POSITIVE_INFINITY),
      ...scoreAtCut(counts.positives, counts.scored, count, sign, cut),
      pearson: table.pearson(column, k),
      sampleAp: null,
      confidence: null,
      untrained: null,
      randomLabels: null,
      selectivity: null,
      shift: null,
      ablation: null,
      named: false,
      lacks: lacksOf({ base, averagePrecision: ap, ...evidence }),
    };
  };
  const reports = table.binary.map((concept, k): ConceptReport => {
    const { positives, scored } = table.count(k);
    const occurs = positives > 0 && positives < scored;
    const { id, name } = concepts[concept]!;
    const base = scored > 0 ? positives / scored : 0;
    const best = occurs ? choices.binary[k]!.map((choice) => reportOf(choice, k, base)) : [];
    return { concept: id, name, base, positives, scored, best, probes: null };
  });
  const graded = table.graded.map((concept, k): GradedReport => {
    const { id, name } = concepts[concept]!;
    const chars = table.gradedCount(k);
    const best = chars === 0 ? [] : choices.graded[k]!;
    return {
      concept: id,
      name,
      chars,
      best: best.map((column) => ({ ...columns[column]!, ...table.gradedCorrelation(column, k) })),
    };
  });
  return { concepts: reports, graded, named: 0, unnamed: 0, chars, complete: false };
}

/** Candidates whose AP reaches half-way: those that evidence is gathered for. */
export function reachesHalfWay(concept: ConceptReport, candidate: CandidateReport): boolean {
  return candidate.ap >= halfWay(concept.base);
}
