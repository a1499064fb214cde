import { describe, expect, it } from 'vitest';
import { averagePrecision } from '../../../../src/core/cells/average-precision.ts';
import { fitBins } from '../../../../src/core/cells/bins.ts';
import type { LabelledDocument } from '../../../../src/core/cells/held-out.ts';
import { labelRanks } from '../../../../src/core/cells/score-side.ts';
import { ScoreTable } from '../../../../src/core/cells/score-table.ts';
import type { Concept } from '../../../../src/core/concepts/concept.ts';
import { Random } from '../../../../src/core/random.ts';

const binary = {
  name: '',
  description: '',
  scale: 'binary',
  grammars: null,
  label: () => ({ values: new Int8Array(), ends: new Int32Array() }),
} as const;
const graded = {
  name: '',
  description: '',
  scale: 'graded',
  grammars: null,
  label: () => ({ values: new Float32Array() }),
} as const;
const concepts: Concept[] = [
  { ...binary, id: 'a' },
  { ...graded, id: 'g' },
  { ...binary, id: 'b' },
];

/** Two columns over documents with labels of two binary concepts (the second not everywhere) and a graded one. */
function makeDocuments(): { documents: LabelledDocument[]; values: Float32Array[][] } {
  const random = new Random(3);
  const values: Float32Array[][] = [];
  const documents = [700, 1, 1300, 900].map((n, d): LabelledDocument => {
    const a = Int8Array.from({ length: n }, () => [1, 0, 0, 0, -1][random.below(5)]!);
    const b = Int8Array.from({ length: n }, () => (random.next() < 0.02 ? 1 : 0));
    const g = Float32Array.from({ length: n }, () => (random.next() < 0.2 ? Number.NaN : random.below(7)));
    values.push([
      Float32Array.from({ length: n }, (_, i) => Math.tanh(random.normal() + a[i]! - b[i]!)),
      Float32Array.from({ length: n }, (_, i) => (Number.isNaN(g[i]) ? 9 : -(g[i]! ** 3)) + random.normal()),
    ]);
    return {
      path: '',
      inputs: new Int32Array(n),
      targets: new Int32Array(n),
      points: new Uint32Array(n),
      labels: [
        { scale: 'binary', values: a, ends: new Int32Array() },
        { scale: 'graded', values: g },
        d === 2 ? null : { scale: 'binary', values: b, ends: new Int32Array() },
      ],
    };
  });
  return { documents, values };
}

function pearson(x: readonly number[], y: readonly number[]): number {
  const mean = (v: readonly number[]): number => v.reduce((sum, one) => sum + one, 0) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  const dot = (u: readonly number[], mu: number, v: readonly number[], mv: number): number =>
    u.reduce((sum, one, k) => sum + (one - mu) * (v[k]! - mv), 0);
  return dot(x, mx, y, my) / Math.sqrt(dot(x, mx, x, mx) * dot(y, my, y, my));
}

/** Ranks, equal values at their mean. */
function ranks(v: readonly number[]): number[] {
  const sorted = [...v].sort((a, b) => a - b);
  return v.map((one) => (sorted.indexOf(one) + sorted.lastIndexOf(one)) / 2);
}

describe('streaming scores', () => {
  const { documents, values } = makeDocuments();
  const columns = [0, 1].map((column) => Float32Array.from(values.flatMap((document) => [...document[column]!])));
  const bins = columns.map((column) => fitBins(column.slice(), 1024));
  const sample = {
    segments: documents.map((document) => ({ document, from: 0, at: 0, length: document.inputs.length })),
    length: 0,
  };
  const options = { chunk: 256, labelRanks: labelRanks(concepts, sample), gradedStride: 1 };
  const every = {
    binary: [
      [0, 1],
      [0, 1],
    ],
    graded: [[0], [0]],
  };
  const table = new ScoreTable(concepts, bins, { ...options, pairs: every });
  const unlimited = new ScoreTable(concepts, bins, { ...options, pairs: null });
  const few = new ScoreTable(concepts, bins, { ...options, pairs: { binary: [[1], []], graded: [[], [0]] } });
  documents.forEach((document, d) => {
    for (let from = 0; from < document.inputs.length; from += 256) {
      const length = Math.min(256, document.inputs.length - from);
      // Two columns as one block of two cells.
      const data = new Float32Array(length * 2);
      for (let t = 0; t < length; t++) for (const cell of [0, 1]) data[t * 2 + cell] = values[d]![cell]![from + t]!;
      for (const one of [table, unlimited, few])
        one.add(document, from, length, [{ data, stride: 2, first: 0, cells: [0, 1] }]);
    }
  });
  const labelsOf = (concept: number): Int8Array =>
    Int8Array.from(
      documents.flatMap((document) => {
        const labels = document.labels[concept];
        return labels?.scale === 'binary' ? [...labels.values] : new Array<number>(document.inputs.length).fill(-1);
      }),
    );

  it('count what is positive and scored, where a concept applies', () => {
    for (const [k, concept] of [
      [0, 0],
      [1, 2],
    ] as const) {
      const labels = labelsOf(concept);
      expect(table.count(k)).toEqual({
        positives: labels.filter((label) => label === 1).length,
        scored: labels.filter((label) => label >= 0).length,
      });
    }
  });

  it('equal the exact AP in both signs', () => {
    for (const column of [0, 1])
      for (const [k, concept] of [
        [0, 0],
        [1, 2],
      ] as const) {
        const { high, low } = table.averagePrecisions(column, k);
        expect(high).toBeCloseTo(averagePrecision(columns[column]!, labelsOf(concept), 1), 2);
        expect(low).toBeCloseTo(averagePrecision(columns[column]!, labelsOf(concept), -1), 2);
      }
  });

  it('are the same whichever other columns and concepts are looked at', () => {
    for (const column of [0, 1]) {
      for (const k of [0, 1])
        expect(unlimited.averagePrecisions(column, k)).toEqual(table.averagePrecisions(column, k));
      expect(unlimited.gradedCorrelation(column, 0)).toEqual(table.gradedCorrelation(column, 0));
    }
    for (const k of [0, 1]) expect(few.count(k)).toEqual(table.count(k));
    expect(few.averagePrecisions(0, 1)).toEqual(table.averagePrecisions(0, 1));
    expect(few.pearson(0, 1)).toBe(table.pearson(0, 1));
    expect(few.gradedCorrelation(1, 0)).toEqual(table.gradedCorrelation(1, 0));
    expect(few.averagePrecisions(1, 0).high).toBeNaN();
  });

  it("equal Pearson's correlation with a binary concept", () => {
    for (const column of [0, 1])
      for (const [k, concept] of [
        [0, 0],
        [1, 2],
      ] as const) {
        const labels = labelsOf(concept);
        const scored = [...labels.keys()].filter((i) => labels[i]! >= 0);
        const expected = pearson(
          scored.map((i) => columns[column]![i]!),
          scored.map((i) => labels[i]!),
        );
        expect(table.pearson(column, k)).toBeCloseTo(expected, 9);
      }
  });

  it("equal Pearson's and Spearman's correlation with a graded concept", () => {
    const labels = documents.flatMap((document) => {
      const of = document.labels[1];
      return of?.scale === 'graded' ? [...of.values] : [];
    });
    const scored = [...labels.keys()].filter((i) => !Number.isNaN(labels[i]!));
    const y = scored.map((i) => labels[i]!);
    for (const column of [0, 1]) {
      const x = scored.map((i) => columns[column]![i]!);
      const { pearson: r, spearman } = table.gradedCorrelation(column, 0);
      expect(r).toBeCloseTo(pearson(x, y), 9);
      expect(spearman).toBeCloseTo(pearson(ranks(x), ranks(y)), 1);
    }
    // A monotone bond that is not linear: the ranks see it whole.
    expect(Math.abs(table.gradedCorrelation(1, 0).spearman)).toBeGreaterThan(0.95);
  });

  it('is 0 where a column does not vary', () => {
    const constant = new ScoreTable(concepts, [fitBins(new Float32Array(8), 16)], { ...options, pairs: every });
    const data = new Float32Array(256).fill(0.25);
    constant.add(documents[0]!, 0, 256, [{ data, stride: 1, first: 0, cells: [0] }]);
    expect(constant.pearson(0, 0)).toBe(0);
    expect(constant.gradedCorrelation(0, 0)).toEqual({ pearson: 0, spearman: 0 });
  });
});
