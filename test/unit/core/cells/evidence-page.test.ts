import { beforeAll, describe, expect, it } from 'vitest';
import { AblationBench, endPlaces, momentsOf } from '../../../../src/core/cells/ablation.ts';
import { scoreCheckpoint } from '../../../../src/core/cells/birth.ts';
import { defaultPictureOptions, pictureCell } from '../../../../src/core/cells/cell-picture.ts';
import { columnsOf } from '../../../../src/core/cells/columns.ts';
import { defaultCellsOptions, findCells } from '../../../../src/core/cells/find-cells.ts';
import { LabelCache } from '../../../../src/core/cells/label-cache.ts';
import { chooseText, readSample } from '../../../../src/core/cells/sample.ts';
import { scoreCell } from '../../../../src/core/cells/score-cell.ts';
import { positionInLine } from '../../../../src/core/concepts/text/position-in-line.ts';
import type { Session } from '../../../../src/core/engine/engine.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { Random } from '../../../../src/core/random.ts';
import { insideQuotes, plantedParameters, plantedSpec, quotedTexts, sideOf } from './planted.ts';

const engine = referenceEngine();
const spec = plantedSpec(12);
const concepts = [insideQuotes, positionInLine];
const sides = {
  validation: sideOf(quotedTexts(6, 600, 11), concepts),
  test: sideOf(quotedTexts(6, 600, 12), concepts),
};
const limits = { maxTime: 0, maxBatch: 0 };
let session: Session;
beforeAll(async () => {
  session = await engine.open(spec, { kind: 'parameters', parameters: plantedParameters(spec, -1, 5) }, limits);
});

describe('the scores of one cell', () => {
  const options = { seed: 1, validationSample: defaultCellsOptions.validationSample, quantities: [] };

  it('are those that the search over all cells finds', async () => {
    const report = await findCells(engine, session, sides, { ...defaultCellsOptions, evidence: false });
    const best = report.concepts[0]!.best[0]!;
    const { concepts: scored, graded, chars } = await scoreCell(session, sides, best, options);
    expect(scored[0]!.candidate).toEqual(best);
    expect(best.ap).toBeGreaterThan(0.99);
    expect(chars).toEqual(report.chars);
    const counter = await scoreCell(session, sides, { layer: 0, cell: 1 }, options);
    const expected = report.graded[0]!.best.find(({ cell }) => cell === 1)!;
    expect(counter.graded[0]!.best).toEqual(expected);
    expect(Math.abs(graded[0]!.best.pearson)).toBeLessThan(Math.abs(expected.pearson));
  });

  it('of a cell that stands for nothing are low', async () => {
    const { concepts: scored } = await scoreCell(session, sides, { layer: 0, cell: 7 }, options);
    expect(scored[0]!.candidate.ap).toBeLessThan(0.9);
  });
});

describe('the picture of a cell that is off inside quotes', () => {
  const column = { layer: 0, cell: 0, quantity: 'tanhc' } as const;

  it('parts inside from outside, turns over at the quotes, keeps its value between them', async () => {
    const picture = await pictureCell(session, sides.test, column, -1, 0);
    const { histogram, courses, openings, closings } = picture.portrait;
    const [inside, outside] = [histogram.inside, histogram.outside];
    const half = inside.length / 2;
    expect(inside.slice(half).every((count) => count === 0)).toBe(true);
    expect(inside.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(300);
    // Before the first quote of a file the cell has not been written yet.
    const high = outside.slice(half).reduce((sum, count) => sum + count, 0);
    expect(high).toBeGreaterThan(0.9 * outside.reduce((sum, count) => sum + count, 0));
    expect(openings).toBeGreaterThan(50);
    expect(closings).toBeGreaterThan(50);
    const { reach } = defaultPictureOptions;
    const value = courses.find(({ quantity }) => quantity === 'tanhc')!;
    expect(value.opening[reach]! - value.opening[reach - 1]!).toBeLessThan(-0.3);
    expect(value.closing[reach]! - value.closing[reach - 1]!).toBeGreaterThan(0.3);
    const gate = courses.find(({ quantity }) => quantity === 'f')!;
    expect(gate.closing[reach]).toBeLessThan(0.01);
    expect(picture.memory!.spans!.median).toBeCloseTo(1, 6);
    expect(picture.memory!.horizon).toBeGreaterThan(5);
    expect(picture.snippets.top.every(({ values, index, start }) => values[index - start]! < -0.7)).toBe(true);
  });

  it('reads no more than it may, and goes without a concept', async () => {
    const picture = await pictureCell(session, sides.test, column, 1, null, {
      ...defaultPictureOptions,
      mostChars: 900,
    });
    expect([picture.chars, picture.files]).toEqual([900, 2]);
    expect(picture.portrait).toMatchObject({ openings: 0, closings: 0 });
    expect(picture.portrait.histogram.outside.reduce((sum, count) => sum + count, 0)).toBe(900);
    expect(picture.memory!.spans).toBeNull();
  });
});

describe('a clamped cell without matched cells', () => {
  it('raises the loss at closing quotes and nowhere else', async () => {
    const text = await chooseText(sides.test, 3000, new Random(1));
    const sample = await readSample(session, [], text, {});
    const bench = new AblationBench(session, sample, await momentsOf(session, sample, {}), async () => {});
    const places = endPlaces(sample, 0);
    const own = await bench.riseAt(0, 0, places);
    expect(own!.places).toBe(places.length);
    expect(own!.inside).toBeGreaterThan(0.3);
    expect(own!.outside).toBeLessThan(0.1);
    const full = await bench.ablate(0, 0, places, 5, new Random(1));
    expect([full!.inside, full!.outside]).toEqual([own!.inside, own!.outside]);
    expect(await bench.riseAt(0, 0, places.subarray(0, 3))).toBeNull();
  });
});

describe('a cell at checkpoints', () => {
  it('is nothing in an untrained network and all in the planted one', async () => {
    const columns = columnsOf(spec);
    const texts = {
      validation: await chooseText(sides.validation, 2000, new Random(1)),
      test: await chooseText(sides.test, 2000, new Random(2)),
    };
    const followed = { layer: 0, cell: 0, quantity: 'tanhc', sign: -1 } as const;
    const wanted = [{ concept: 0, followed }];
    const fresh = await engine.open(spec, { kind: 'fresh', seed: 9, init: 'orthogonal' }, limits);
    const [before] = await scoreCheckpoint(fresh, texts, columns, wanted);
    const [after] = await scoreCheckpoint(session, texts, columns, wanted);
    expect(after!.best).toMatchObject({ cell: 0, sign: -1 });
    expect(after!.best.ap).toBeGreaterThan(0.99);
    expect(after!.followed).toBeGreaterThan(0.99);
    expect(before!.best.ap).toBeLessThan(0.8);
    expect(before!.followed).toBeLessThanOrEqual(0.8);
    expect(after!.base).toBe(before!.base);
  });

  it('concepts that do not occur are left out', async () => {
    const none = {
      ...insideQuotes,
      label: ({ points }: { points: Uint32Array }) => ({
        values: new Int8Array(points.length),
        ends: new Int32Array(),
      }),
    };
    const empty = sideOf(quotedTexts(2, 300, 3), [none]);
    const text = await chooseText(empty, 400, new Random(1));
    const found = await scoreCheckpoint(session, { validation: text, test: text }, columnsOf(spec), [
      { concept: 0, followed: null },
    ]);
    expect(found).toEqual([]);
  });
});

describe('labels that are kept', () => {
  let labelled = 0;
  const counted = {
    ...insideQuotes,
    label: (document: Parameters<typeof insideQuotes.label>[0]) => {
      labelled++;
      return insideQuotes.label(document);
    },
  };
  const texts = quotedTexts(3, 500, 4).map((text, k) => ({ ...text, sha256: `digest ${k}` }));
  const read = async (cache: LabelCache, indices: readonly number[], documents = texts): Promise<number> => {
    labelled = 0;
    const side = sideOf(documents, [counted], cache);
    for (const index of indices) {
      const { path, inputs, points, labels } = await side.document(index);
      expect(path).toBe(documents[index]!.path);
      expect(inputs.length).toBe(points.length);
      expect(labels[0]).toEqual({ scale: 'binary', ...insideQuotes.label({ points } as never) });
    }
    return labelled;
  };

  it('are made once for each text, as far as the bytes reach', async () => {
    expect(await read(new LabelCache(), [0, 1, 2, 0, 1, 2])).toBe(3);
    expect(await read(new LabelCache(5 * texts[0]!.chars + 400), [0, 1, 0, 1])).toBe(3);
  });

  it('stay for the same texts and concepts only', async () => {
    const cache = new LabelCache();
    cache.keepTo('a', texts);
    expect(await read(cache, [0, 1, 2])).toBe(3);
    cache.keepTo('a', texts.slice(0, 2));
    expect(await read(cache, [0, 1, 2])).toBe(1);
    cache.keepTo('b', texts);
    expect(await read(cache, [0, 1, 2])).toBe(3);
  });

  it('are not taken for those of another text, of a part of the file or of a text without a digest', async () => {
    const cache = new LabelCache();
    expect(await read(cache, [0])).toBe(1);
    const [first, second] = texts;
    const part = { ...first!, text: first!.text.slice(100), chars: first!.chars - 100, range: { start: 100, end: 9 } };
    expect(await read(cache, [0, 1], [part, { ...second!, sha256: '' }])).toBe(2);
    expect(await read(cache, [0, 1], [part, { ...second!, sha256: '' }])).toBe(1);
  });
});
