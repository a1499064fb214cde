/** What a report says of single cells: names, and candidates for concepts that have no named cell. */
import type { CandidateReport, CellsReport, ConceptReport } from './report.ts';

/** A cell beside a concept: named for it, or its best candidate. */
export interface Standing {
  concept: ConceptReport;
  candidate: CandidateReport;
}

/** Every name, the surest first (AP above the base rate, as a share of what is possible). */
export function namedCells(report: CellsReport): Standing[] {
  return report.concepts
    .flatMap((concept) => concept.best.filter(({ named }) => named).map((candidate) => ({ concept, candidate })))
    .sort((a, b) => lift(b) - lift(a));
}

/** The best candidate of each concept that occurs and has no named cell, the nearest to a name first. */
export function bestCandidates(report: CellsReport): Standing[] {
  return report.concepts
    .flatMap((concept) => {
      const first = concept.best[0];
      return first && !concept.best.some(({ named }) => named) ? [{ concept, candidate: first }] : [];
    })
    .sort((a, b) => lift(b) - lift(a));
}

/** (AP − base)/(1 − base): 0 where the cell says nothing, 1 where it says all. */
export function lift({ concept: { base }, candidate: { ap } }: Standing): number {
  return base < 1 ? (ap - base) / (1 - base) : 0;
}

/** Whether a cell is "on" for a candidate's concept, by the threshold that the validation files froze. */
export function isOn({ sign, threshold }: Pick<CandidateReport, 'sign' | 'threshold'>, value: number): boolean {
  return sign > 0 ? value >= threshold : value < threshold;
}

/** Names and candidacies by cell (`layer:cell`), names first. */
export function standings(report: CellsReport): Map<string, Standing[]> {
  const byCell = new Map<string, Standing[]>();
  for (const standing of [...namedCells(report), ...bestCandidates(report)]) {
    const key = `${standing.candidate.layer}:${standing.candidate.cell}`;
    byCell.set(key, [...(byCell.get(key) ?? []), standing]);
  }
  return byCell;
}
