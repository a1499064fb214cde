import { describe, expect, it } from 'vitest';
import { overallFraction, type Stage } from '../../../../src/core/cells/progress.ts';
import type { CandidateReport, CellsReport, ConceptReport } from '../../../../src/core/cells/report.ts';
import { bestCandidates, isOn, namedCells, standings } from '../../../../src/core/cells/standing.ts';

const candidate = (cell: number, ap: number, named = false): CandidateReport =>
  ({ layer: 0, cell, quantity: 'h', sign: 1, threshold: 0, ap, named }) as CandidateReport;

const concept = (id: string, base: number, best: CandidateReport[]): ConceptReport => ({
  concept: id,
  name: id,
  base,
  positives: 10,
  scored: 100,
  best,
  probes: null,
});

const report = {
  concepts: [
    concept('common', 0.8, [candidate(1, 0.95, true), candidate(2, 0.9, true)]),
    concept('rare', 0.02, [candidate(1, 0.9, true)]),
    concept('missed', 0.1, [candidate(3, 0.4), candidate(4, 0.3)]),
    concept('near', 0.1, [candidate(5, 0.5)]),
    concept('absent', 0, []),
  ],
} as unknown as CellsReport;

const ids = (list: ReturnType<typeof namedCells>): string[] =>
  list.map((standing) => `${standing.concept.concept} ${standing.candidate.cell}`);

describe('what a report says of single cells', () => {
  it('are names, the surest above its base rate first', () => {
    expect(ids(namedCells(report))).toEqual(['rare 1', 'common 1', 'common 2']);
  });

  it('are best candidates of concepts without a name, the nearest first', () => {
    expect(ids(bestCandidates(report))).toEqual(['near 5', 'missed 3']);
  });

  it('goes by cell, names first', () => {
    const byCell = standings(report);
    expect([...byCell.keys()]).toEqual(['0:1', '0:2', '0:5', '0:3']);
    expect(ids(byCell.get('0:1')!)).toEqual(['rare 1', 'common 1']);
  });

  it('a cell is on from its threshold up, or below it where it was chosen upside down', () => {
    expect([0.4, 0.5, 0.6].map((value) => isOn({ sign: 1, threshold: 0.5 }, value))).toEqual([false, true, true]);
    expect([0.4, 0.5, 0.6].map((value) => isOn({ sign: -1, threshold: 0.5 }, value))).toEqual([true, false, false]);
    expect(isOn({ sign: 1, threshold: Number.NEGATIVE_INFINITY }, -1)).toBe(true);
    expect(isOn({ sign: -1, threshold: Number.POSITIVE_INFINITY }, 1)).toBe(true);
  });
});

describe('how far a measurement is', () => {
  it('grows from 0 to 1 through its stages', () => {
    const order: Stage[] = ['sample', 'validation', 'test', 'untrained', 'shifts', 'ablation', 'probe'];
    const fractions = order.flatMap((stage) => [overallFraction(stage, 0, true), overallFraction(stage, 1, true)]);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions[0]).toBe(0);
    expect(fractions.at(-1)).toBeCloseTo(1, 12);
    expect(overallFraction('test', 1, false)).toBeCloseTo(1, 12);
  });
});
