import type { Ablation } from './ablation.ts';
import type { Column } from './columns.ts';
import type { Lack } from './naming.ts';
import type { ProbeResult } from './probe.ts';

/** One cell as a candidate for a binary concept. All scores are from the test files unless said otherwise. */
export interface CandidateReport extends Column {
  /** 1: on where the value is high, −1: where it is low. Chosen on the validation files. */
  sign: 1 | -1;
  /** What the choice rests on. */
  validationAp: number;
  ap: number;
  /** At the threshold with the best F1 on the validation files. */
  threshold: number;
  f1: number;
  iou: number;
  /** Of the value, not of the sign's: negative where the cell is off inside. */
  pearson: number;
  /** From here on null where it was not measured: the AP is less than half-way from the base rate to 1. */
  sampleAp: number | null;
  confidence: [number, number] | null;
  untrained: number[] | null;
  randomLabels: number[] | null;
  /** AP on the sample less the best AP under random labels per character type. */
  selectivity: number | null;
  shift: { shifts: number; reached: number; p: number; adjusted: number } | null;
  ablation: Ablation | null;
  named: boolean;
  lacks: Lack[];
}

export interface ConceptReport {
  concept: string;
  name: string;
  /** Share of positives among the scored characters of the test files. */
  base: number;
  positives: number;
  scored: number;
  /** Highest AP first; empty where the concept does not occur on either side. */
  best: CandidateReport[];
  /** AP of linear probes on k cells, null where not measured. */
  probes: ProbeResult[] | null;
}

export interface GradedReport {
  concept: string;
  name: string;
  /** Scored characters that were looked at. */
  chars: number;
  /** Highest |Pearson| on the validation files first; figures from the test files. */
  best: (Column & { pearson: number; spearman: number })[];
}

export interface CellsReport {
  concepts: ConceptReport[];
  graded: GradedReport[];
  /** Cells with at least one name, and the others. */
  named: number;
  unnamed: number;
  chars: { validation: number; test: number };
  /** False while evidence is still being gathered. */
  complete: boolean;
}

/** Counts named cells anew and sorts candidates by AP. */
export function summarise(report: CellsReport, cells: number): CellsReport {
  const named = new Set<string>();
  for (const { best } of report.concepts) {
    best.sort((a, b) => b.ap - a.ap);
    for (const candidate of best) if (candidate.named) named.add(`${candidate.layer}:${candidate.cell}`);
  }
  return { ...report, named: named.size, unnamed: cells - named.size };
}
