import { beforeAll, describe, expect, it } from 'vitest';
import { AblationBench, momentsOf } from '../../../../src/core/cells/ablation.ts';
import { averagePrecision } from '../../../../src/core/cells/average-precision.ts';
import { columnsOf } from '../../../../src/core/cells/columns.ts';
import { type CellsOptions, defaultCellsOptions, findCells } from '../../../../src/core/cells/find-cells.ts';
import { MeasurementCancelled } from '../../../../src/core/cells/progress.ts';
import type { CandidateReport, CellsReport } from '../../../../src/core/cells/report.ts';
import { chooseText, readSample } from '../../../../src/core/cells/sample.ts';
import type { BinaryConcept } from '../../../../src/core/concepts/concept.ts';
import { positionInLine } from '../../../../src/core/concepts/text/position-in-line.ts';
import type { Session } from '../../../../src/core/engine/engine.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { Random } from '../../../../src/core/random.ts';
import { insideQuotes, plantedParameters, plantedSpec, quotedTexts, sideOf } from './planted.ts';

const engine = referenceEngine();
const spec = plantedSpec(24);
const validation = quotedTexts(8, 700, 11);
const test = quotedTexts(10, 700, 12);
const options: CellsOptions = {
  ...defaultCellsOptions,
  validationSample: 4096,
  testSample: 4096,
};

async function opened(sign: 1 | -1): Promise<Session> {
  const start = { kind: 'parameters', parameters: plantedParameters(spec, sign, 5) } as const;
  return engine.open(spec, start, { maxTime: 0, maxBatch: 0 });
}

function measure(
  session: Session,
  concepts: readonly BinaryConcept[],
  change: Partial<CellsOptions> = {},
): Promise<CellsReport> {
  return findCells(
    engine,
    session,
    { validation: sideOf(validation, concepts), test: sideOf(test, concepts) },
    { ...options, ...change },
  );
}

/** The concept with its labels changed after the truth. */
function altered(change: (values: Int8Array, random: Random) => void): BinaryConcept {
  return {
    ...insideQuotes,
    label(document) {
      const labels = insideQuotes.label(document);
      change(labels.values, new Random(document.points.length));
      return labels;
    },
  };
}

for (const sign of [1, -1] as const)
  describe(`a cell that is exactly “inside double quotes”, ${sign > 0 ? 'on' : 'off'} inside`, () => {
    let report: CellsReport;
    let best: CandidateReport;
    beforeAll(async () => {
      report = await measure(await opened(sign), [insideQuotes]);
      best = report.concepts[0]!.best[0]!;
    });

    it('is found with its sign, AP above 0.99, and separates the classes at its threshold', () => {
      expect(best).toMatchObject({ layer: 0, cell: 0, sign });
      expect(best.ap).toBeGreaterThan(0.99);
      expect(best.f1).toBe(1);
      expect(best.iou).toBe(1);
      expect(sign * best.pearson).toBeGreaterThan(0.9);
    });

    it('is named, and it alone', () => {
      expect(best.lacks).toEqual([]);
      expect(best.named).toBe(true);
      expect(report).toMatchObject({ named: 1, unnamed: 23, complete: true });
    });

    it('its clamping raises the loss at closing quotes, more than that of any other cell and than elsewhere', () => {
      const { inside, outside, control, places } = best.ablation!;
      expect(inside).toBeGreaterThan(0.3);
      expect(inside).toBeGreaterThan(10 * Math.abs(control));
      expect(inside).toBeGreaterThan(outside);
      expect(places).toBeGreaterThan(50);
    });

    it('beats untrained networks, random labels and 199 shifts', () => {
      expect(best.untrained).toHaveLength(5);
      expect(Math.max(...best.untrained!)).toBeLessThan(0.8);
      expect(best.selectivity).toBeGreaterThan(0.05);
      expect(best.shift).toEqual({ shifts: 199, reached: 0, p: 0.005, adjusted: 0.005 });
      expect(best.confidence![0]).toBeGreaterThan(0.99);
    });

    it('one cell is all that a probe needs', () => {
      expect(report.concepts[0]!.probes![0]!.averagePrecision).toBeGreaterThan(0.99);
    });
  });

describe('a cell clamped to its mean', () => {
  it('is felt by the kind of character that it predicts', async () => {
    const session = await opened(1);
    const columns = columnsOf(spec);
    const text = await chooseText(sideOf(test, [insideQuotes]), 4096, new Random(1));
    const sample = await readSample(session, columns, text, {});
    const moments = await momentsOf(session, sample, {});
    expect(moments).toHaveLength(24);
    const bench = new AblationBench(session, sample, moments, async () => {});
    const byClass = await bench.riseByClass(0, 0);
    const riseOf = (name: string): number => byClass.find((row) => row.name === name)!.rise!;
    expect(riseOf('quote')).toBeGreaterThan(0.2);
    expect(riseOf('letter')).toBeLessThan(0.05);
    expect(byClass.find((row) => row.name === 'digit')).toEqual({ name: 'digit', count: 0, rise: null });
    // Nothing is lost on the way: the means together are the mean over all characters.
    const [base, clamped] = [await bench.losses(null), await bench.losses({ layer: 0, cell: 0 })];
    const changes = clamped.map((loss, t) => loss - base[t]!).filter((change) => !Number.isNaN(change));
    const total = byClass.reduce((sum, { count, rise }) => sum + count * (rise ?? 0), 0);
    expect(total).toBeCloseTo(
      changes.reduce((sum, change) => sum + change, 0),
      3,
    );
  });

  it('reads a stretch as the whole document does', async () => {
    const session = await opened(1);
    const text = await chooseText(sideOf(test, [insideQuotes]), 2048, new Random(3));
    expect(text.segments.some(({ from }) => from > 0)).toBe(true);
    const columns = columnsOf(spec);
    const sample = await readSample(session, columns, text, {});
    for (const { document, from, at, length } of text.segments) {
      const requests = { columns: [{ layer: 0, cell: 5, quantity: 'tanhc' as const }] };
      const whole = await session.run({ inputs: document.inputs, start: null, targets: null }, requests);
      const column = columns.findIndex(({ cell, quantity }) => cell === 5 && quantity === 'tanhc');
      const stretch = sample.columns[column]!.subarray(at, at + length);
      whole.columns[0]!.subarray(from, from + length).forEach((value, t) => {
        expect(stretch[t]).toBeCloseTo(value, 5);
      });
    }
  });
});

describe('degraded labels', () => {
  it('half of the labels removed, and as many wrong ones added, lower the score', async () => {
    const session = await opened(1);
    const halved = altered((values, random) => {
      for (let i = 0; i < values.length; i++) if (values[i] === 1 && random.next() < 0.5) values[i] = 0;
    });
    const doubled = altered((values, random) => {
      const share = values.filter((v) => v === 1).length / values.filter((v) => v === 0).length;
      for (let i = 0; i < values.length; i++) if (values[i] === 0 && random.next() < share) values[i] = 1;
    });
    const scores: number[] = [];
    for (const concept of [insideQuotes, halved, doubled]) {
      const report = await measure(session, [concept], { evidence: false });
      scores.push(report.concepts[0]!.best.find(({ cell }) => cell === 0)!.ap);
    }
    expect(scores[0]).toBeGreaterThan(0.99);
    expect(scores[1]).toBeLessThan(0.6);
    expect(scores[2]).toBeLessThan(0.8);
  });
});

describe('what earns no name', () => {
  it('untrained networks', async () => {
    for (const seed of [101, 102, 103]) {
      const session = await engine.open(spec, { kind: 'fresh', seed, init: 'orthogonal' }, { maxTime: 0, maxBatch: 0 });
      const report = await measure(session, [insideQuotes]);
      expect(report.named).toBe(0);
      expect(report.concepts[0]!.best[0]!.lacks).toContain('precision');
    }
  });

  it('shifted labelings of the planted network', async () => {
    const session = await opened(1);
    for (const shift of [37, 101, 223]) {
      const shifted = altered((values) => {
        const before = values.slice();
        before.forEach((label, i) => {
          values[(i + shift) % values.length] = label;
        });
      });
      expect((await measure(session, [shifted])).named).toBe(0);
    }
  });

  it('a label of 1 % that position alone tells with ROC-AUC 0.95', async () => {
    // Cell 1 counts the position in the line; the label falls on some late positions by chance.
    const late: BinaryConcept = {
      ...insideQuotes,
      id: 'late',
      label(document) {
        const column = positionInLine.label(document).values;
        const random = Random.derive(7, document.text.slice(0, 20));
        const values = Int8Array.from(column, (position) => (position > 40 && random.next() < 0.12 ? 1 : 0));
        const ends = [...values.keys()].filter((i) => i > 0 && values[i - 1] === 1 && values[i] !== 1);
        return { values, ends: Int32Array.from(ends) };
      },
    };
    const side = sideOf(test, [late]);
    const scores: number[] = [];
    const labels: number[] = [];
    for (let k = 0; k < side.size; k++) {
      const document = await side.document(k);
      const of = document.labels[0];
      if (of?.scale === 'binary') labels.push(...of.values);
      scores.push(...positionInLine.label({ ...document, language: '', text: '', tree: null }).values);
    }
    const base = labels.filter((label) => label === 1).length / labels.length;
    expect(base).toBeGreaterThan(0.005);
    expect(base).toBeLessThan(0.02);
    expect(rocAuc(scores, labels)).toBeGreaterThan(0.94);
    expect(averagePrecision(Float32Array.from(scores), labels)).toBeLessThan(0.3);
    const report = await measure(await opened(1), [late]);
    expect(report.named).toBe(0);
    expect(report.concepts[0]!.best[0]!.lacks).toContain('precision');
  });
});

describe('a measurement', () => {
  it('is the same again with the same seed', async () => {
    const session = await opened(1);
    const first = await measure(session, [insideQuotes]);
    expect(await measure(session, [insideQuotes])).toEqual(first);
  });

  it('finds the counter for the position in the line', async () => {
    const concepts = [insideQuotes, positionInLine];
    const sides = { validation: sideOf(validation, concepts), test: sideOf(test, concepts) };
    const report = await findCells(engine, await opened(1), sides, { ...options, evidence: false });
    const [best] = report.graded[0]!.best;
    expect(best).toMatchObject({ layer: 0, cell: 1 });
    // Not 1: the counter is cleared at the newline, which still belongs to the line that it ends.
    expect(best!.pearson).toBeGreaterThan(0.85);
    expect(best!.spearman).toBeGreaterThan(0.85);
  });

  it('serves every kind of cell, several layers, and gates on request', async () => {
    for (const kind of ['gru', 'tanh', 'relu', 'lstm'] as const) {
      const layer = { cell: kind, hiddenSize: 6, directions: ['forward'] as ['forward'] };
      const session = await engine.open(
        { ...spec, layers: [layer, layer] },
        { kind: 'fresh', seed: 4, init: 'uniform' },
        {
          maxTime: 0,
          maxBatch: 0,
        },
      );
      // A character's own class: some cell tells it, so that evidence is gathered.
      const spaces: BinaryConcept = {
        ...insideQuotes,
        id: 'spaces',
        label({ points }) {
          const values = Int8Array.from(points, (point) => (point === 32 ? 1 : 0));
          const ends = [...values.keys()].filter((i) => i > 0 && values[i - 1] === 1);
          return { values, ends: Int32Array.from(ends) };
        },
      };
      const report = await measure(session, [spaces], { quantities: ['c', 'f', 'z'], untrained: 1 });
      expect(report.named).toBe(0);
      expect(report.unnamed).toBe(12);
      const [best] = report.concepts[0]!.best;
      expect(best!.ap).toBeGreaterThan(0.2);
      expect(report.complete).toBe(true);
    }
  });

  it('a concept that does not occur has no candidates', async () => {
    const never = altered((values) => values.fill(0));
    const report = await measure(await opened(1), [never]);
    expect(report.concepts[0]).toMatchObject({ positives: 0, base: 0, best: [] });
  });

  it('tells its progress and what stands, and stops where it is told to', async () => {
    const session = await opened(1);
    const sides = { validation: sideOf(validation, [insideQuotes]), test: sideOf(test, [insideQuotes]) };
    const stages = new Set<string>();
    const reports: CellsReport[] = [];
    const signal = { aborted: false };
    const watch = { signal, onProgress: ({ stage }: { stage: string }) => stages.add(stage) };
    await findCells(engine, session, sides, options, watch, (report) => reports.push(structuredCopy(report)));
    expect([...stages]).toEqual(['sample', 'validation', 'test', 'untrained', 'shifts', 'ablation', 'probe']);
    expect(reports[0]!.concepts[0]!.best[0]!.ablation).toBeNull();
    expect(reports.at(-1)!.concepts[0]!.best[0]!.ablation).not.toBeNull();

    let calls = 0;
    const stopping = { signal, onProgress: () => (signal.aborted = ++calls > 3) };
    await expect(findCells(engine, session, sides, options, stopping)).rejects.toThrow(MeasurementCancelled);
  });
});

function structuredCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** P(score of a positive > score of a negative), ties half. */
function rocAuc(scores: readonly number[], labels: readonly number[]): number {
  const order = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]!);
  let sum = 0;
  let negatives = 0;
  for (let k = 0; k < order.length; ) {
    let to = k;
    while (to < order.length && scores[order[to]!] === scores[order[k]!]) to++;
    const tied = order.slice(k, to);
    const positive = tied.filter((i) => labels[i] === 1).length;
    sum += positive * (negatives + (tied.length - positive) / 2);
    negatives += tied.length - positive;
    k = to;
  }
  return sum / (negatives * (scores.length - negatives));
}
