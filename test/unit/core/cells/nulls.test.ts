import { describe, expect, it } from 'vitest';
import { averagePrecision } from '../../../../src/core/cells/average-precision.ts';
import { BinnedSample, positionsOf } from '../../../../src/core/cells/binned-sample.ts';
import { bootstrapByFile, intervalAbout } from '../../../../src/core/cells/bootstrap.ts';
import { type Evidence, lacksOf } from '../../../../src/core/cells/naming.ts';
import {
  holm,
  permutationP,
  randomTypeLabels,
  shiftedLabels,
  shiftsNeeded,
  thinLabels,
} from '../../../../src/core/cells/nulls.ts';
import { sparseProbes } from '../../../../src/core/cells/probe.ts';
import type { Segment } from '../../../../src/core/cells/sample.ts';
import { Random } from '../../../../src/core/random.ts';

function segmentsOf(lengths: readonly number[], inputs: (i: number) => number = () => 0): Segment[] {
  let at = 0;
  return lengths.map((length) => {
    const segment = {
      from: 0,
      at,
      length,
      document: {
        path: '',
        inputs: Int32Array.from({ length }, (_, i) => inputs(i)),
        targets: new Int32Array(length),
        labels: [],
        points: new Uint32Array(length),
      },
    };
    at += length;
    return segment;
  });
}

describe('shifted labels', () => {
  it('keep every file its own labels, turned round, unscored ones with them', () => {
    const labels = Int8Array.from([1, 1, 0, -1, 0, 0, 0, 1, 0, 0, 0, -1, 1, 1, 1]);
    const segments = segmentsOf([7, 1, 7]);
    const random = new Random(1);
    for (let k = 0; k < 20; k++) {
      const { positives, unscored } = shiftedLabels(segments, positionsOf(labels), random);
      const shifted = new Int8Array(15);
      for (const i of positives) shifted[i] = 1;
      for (const i of unscored) shifted[i] = -1;
      for (const { at, length } of segments) {
        const before = [...labels.subarray(at, at + length)].join();
        const after = [...shifted.subarray(at, at + length)];
        const turns = after.map((_, turn) => [...after.slice(turn), ...after.slice(0, turn)].join());
        expect(turns).toContain(before);
        if (length > 1) expect(after.join()).not.toBe(before);
      }
    }
  });
});

describe('thinned labels', () => {
  it('keep those of every n-th character', () => {
    const { positives, unscored } = thinLabels(positionsOf(Int8Array.from([1, 1, -1, 0, 1, 1, 0, -1, -1])), 2);
    expect([...positives]).toEqual([0, 2]);
    expect([...unscored]).toEqual([1, 4]);
  });
});

describe('random labels per character type', () => {
  it('label all of a type alike, about as many characters as the concept has, none a quarter of them', () => {
    const random = new Random(2);
    const segments = segmentsOf([4000], () => Math.floor(40 * random.next() ** 2));
    const types = segments[0]!.document.inputs;
    const labels = Int8Array.from({ length: 4000 }, (_, i) => (i % 5 === 0 ? 1 : i % 17 === 0 ? -1 : 0));
    const { positives, unscored } = randomTypeLabels({ segments, length: 4000 }, positionsOf(labels), random);
    expect(positives.length).toBeGreaterThan(600);
    expect(positives.length).toBeLessThan(1000);
    const chosen = new Set([...positives].map((i) => types[i]));
    const hidden = new Set(unscored);
    const expected = [...types.keys()].filter((i) => chosen.has(types[i]!) && !hidden.has(i));
    expect([...positives]).toEqual(expected);
    for (const type of chosen) expect(expected.filter((i) => types[i] === type).length).toBeLessThanOrEqual(200);
  });
});

describe('p-values', () => {
  it('count the observed labelling', () => {
    expect(permutationP({ shifts: 199, reached: 0 })).toBe(0.005);
    expect(permutationP({ shifts: 199, reached: 9 })).toBe(0.05);
  });

  it("Holm's correction steps down and keeps the order", () => {
    // 0.01·4, max(…, 0.02·3), max(…, 0.03·2), max(…, 0.04·1)
    const adjusted = holm([0.03, 0.01, 0.04, 0.02]);
    [0.06, 0.04, 0.06, 0.06].forEach((expected, k) => {
      expect(adjusted[k]).toBeCloseTo(expected, 12);
    });
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });

  it('as many shifts as a correction over all concepts needs', () => {
    expect(shiftsNeeded(4, 199, 0.05)).toBe(199);
    const shifts = shiftsNeeded(31, 199, 0.05);
    expect(31 * permutationP({ shifts, reached: 0 })).toBeLessThan(0.05);
  });
});

describe('a sample in bins', () => {
  it('gives about the exact AP, best over columns and signs', () => {
    const random = new Random(4);
    const labels = Int8Array.from({ length: 5000 }, () => [1, 0, 0, 0, 0, 0, -1][random.below(7)]!);
    const columns = [0, -2, 0.5].map((gap) => Float32Array.from(labels, (label) => random.normal() + gap * label));
    const sample = new BinnedSample({ columns, length: 5000, segments: [], starts: [] });
    const positions = positionsOf(labels);
    columns.forEach((column, c) => {
      for (const sign of [1, -1] as const)
        expect(
          Math.abs(sample.averagePrecision(c, positions, sign) - averagePrecision(column, labels, sign)),
        ).toBeLessThan(0.02);
    });
    expect(sample.best(positions)).toBe(sample.averagePrecision(1, positions, -1));
    // More positives than negatives: the negatives are counted instead.
    const turned = positionsOf(labels.map((label) => (label < 0 ? label : 1 - label)));
    expect(sample.best(turned)).toBe(sample.averagePrecision(1, turned, 1));
  });
});

describe('bootstrap over files', () => {
  it('holds the AP within its interval, wider where files differ', () => {
    const random = new Random(6);
    const segments = segmentsOf(new Array<number>(12).fill(300));
    const labels = Int8Array.from({ length: 3600 }, () => (random.next() < 0.2 ? 1 : 0));
    const alike = Float32Array.from(labels, (label) => random.normal() + 2 * label);
    const unlike = Float32Array.from(labels, (label, i) => random.normal() + (Math.floor(i / 300) % 2 ? 4 : 0) * label);
    const sample = new BinnedSample({ columns: [alike, unlike], length: 3600, segments, starts: [] });
    const width = (column: number): number => {
      const files = sample.segmentCounts(column, labels, segments);
      const [low, high] = bootstrapByFile(files, 1, 200, new Random(1))!;
      const ap = averagePrecision([alike, unlike][column]!, labels);
      expect(low).toBeLessThan(ap);
      expect(high).toBeGreaterThan(ap);
      return high - low;
    };
    expect(width(1)).toBeGreaterThan(width(0));
  });

  it('of a sample lies about the AP of the whole text, within 0 and 1', () => {
    const [low, high] = intervalAbout([0.67, 0.93], 0.85, 0.951);
    expect(low).toBeCloseTo(0.8743, 4); // odds 0.67/0.33 times (0.951/0.049) / (0.85/0.15)
    expect(high).toBeCloseTo(0.9785, 4);
    expect(intervalAbout([0.2, 0.4], 0.3, 0.3)).toEqual([expect.closeTo(0.2, 12), expect.closeTo(0.4, 12)]);
    for (const end of intervalAbout([0.5, 1], 0.9, 1)) expect(end).toBeLessThanOrEqual(1);
  });

  it('says nothing with three files', () => {
    const files = Array.from({ length: 3 }, () => ({ positives: Uint32Array.of(1, 2), scored: Uint32Array.of(2, 2) }));
    expect(bootstrapByFile(files, 1, 20, new Random(1))).toBeNull();
    expect(bootstrapByFile([...files, files[0]!], 1, 20, new Random(1))).not.toBeNull();
  });
});

describe('k-sparse probes', () => {
  const random = new Random(8);
  const make = (local: boolean): { columns: Float32Array[]; labels: Int8Array } => {
    const n = 4000;
    const columns = Array.from({ length: 20 }, () => Float32Array.from({ length: n }, () => random.normal()));
    const labels = Int8Array.from({ length: n }, (_, i) => {
      const score = local ? 3 * columns[7]![i]! : columns.slice(0, 8).reduce((sum, column) => sum + column[i]!, 0);
      return score > 2 ? 1 : 0;
    });
    return { columns, labels };
  };

  it('one cell suffices where the concept is local', () => {
    const results = sparseProbes(make(true), make(true))!;
    expect(results.map(({ k }) => k)).toEqual([1, 2, 4, 8, 16]);
    expect(results[0]!.columns).toEqual([7]);
    expect(results[0]!.averagePrecision).toBeGreaterThan(0.99);
  });

  it('more cells help where it is distributed', () => {
    const results = sparseProbes(make(false), make(false))!;
    expect(results[0]!.averagePrecision).toBeLessThan(0.6);
    expect(results[3]!.averagePrecision).toBeGreaterThan(0.98);
    expect([...results[3]!.columns].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('says nothing where a sample has one class', () => {
    const data = make(true);
    expect(sparseProbes(data, { ...data, labels: new Int8Array(4000) })).toBeNull();
  });
});

describe('the rule of names', () => {
  const ablation = { inside: 0.2, outside: 0, control: 0.1, exceeds: 1, places: 20, controls: 20 };
  const passing: Evidence = {
    base: 0.2,
    averagePrecision: 0.6,
    sampleAveragePrecision: 0.62,
    untrained: [0.3, 0.4],
    randomLabels: [0.5],
    adjustedP: 0.04,
    ablation,
  };
  it('names what passes everything', () => {
    expect(lacksOf(passing)).toEqual([]);
  });

  const failures: [string, Partial<Evidence>][] = [
    ['precision', { averagePrecision: 0.599 }],
    ['untrained', { untrained: [0.3, 0.62] }],
    ['untrained', { untrained: null }],
    ['random-labels', { randomLabels: [0.5, 0.7] }],
    ['random-labels', { randomLabels: null }],
    ['chance', { adjustedP: 0.05 }],
    ['chance', { adjustedP: null }],
    ['cause', { ablation: null }],
    ['cause', { ablation: { ...ablation, control: 0.2 } }],
    ['cause', { ablation: { ...ablation, inside: -0.1, control: -0.2 } }],
    ['cause', { ablation: { ...ablation, inside: 0.049, control: 0.007 } }],
  ];
  for (const [lack, change] of failures)
    it(`${lack}: ${JSON.stringify(change)}`, () => {
      expect(lacksOf({ ...passing, ...change })).toEqual([lack]);
    });

  it('a NaN passes nothing', () => {
    expect(lacksOf({ ...passing, averagePrecision: Number.NaN })).toEqual(['precision']);
  });
});
