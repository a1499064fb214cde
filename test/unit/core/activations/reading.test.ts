import { describe, expect, it } from 'vitest';
import { readCharacter } from '../../../../src/core/activations/character.ts';
import { readPage } from '../../../../src/core/activations/page.ts';
import { atOnce, type Turn } from '../../../../src/core/activations/turns.ts';
import { Random } from '../../../../src/core/random.ts';
import { fromScratch, largestDifference, randomText, textOf, tinyModel } from './tiny.ts';

/** p(k) of the logits after character t. */
function probabilities(logits: Float32Array, t: number, V: number): number[] {
  const row = Array.from(logits.subarray(t * V, (t + 1) * V), Math.exp);
  const sum = row.reduce((a, b) => a + b, 0);
  return row.map((value) => value / sum);
}

describe('a page', () => {
  const cells = [
    { layer: 0, cell: 1, quantity: 'tanhc' as const },
    { layer: 0, cell: 1, quantity: 'c' as const },
  ];

  it('holds one value per character of its lines, newlines counted to the line they end', async () => {
    const model = await tinyModel(['lstm'], 4);
    const source = 'ab\r\n🐙c {\n\nabc';
    const text = textOf(source);
    const [tanhc, c] = await readPage(text.track(model), text, cells, { start: 1, end: 4 }, atOnce);
    expect([...tanhc!.lineStarts]).toEqual([0, 5, 6, 9]);
    const truth = await fromScratch(model, source, cells);
    expect(largestDifference(tanhc!.values, truth.columns[0]!.slice(3))).toBeLessThan(1e-6);
    expect(tanhc!.scale).toBe(1);
    expect(c!.scale).toBeCloseTo(Math.max(...truth.columns[1]!.map(Math.abs)), 6);
    expect(tanhc).toMatchObject({ version: 1, startLine: 1, endLine: 4 });
  });

  it('is cut to the lines that there are', async () => {
    const model = await tinyModel(['gru'], 3);
    const text = textOf('a\nb');
    const column = [{ layer: 0, cell: 0, quantity: 'h' as const }];
    const [page] = await readPage(text.track(model), text, column, { start: 1, end: 900 }, atOnce);
    expect(page).toMatchObject({ startLine: 1, endLine: 2 });
    expect([...page!.lineStarts]).toEqual([0, 1]);
    const [none] = await readPage(text.track(model), text, column, { start: 40, end: 50 }, atOnce);
    expect(none).toMatchObject({ startLine: 2, endLine: 2 });
    expect([...none!.lineStarts]).toEqual([0]);
  });

  it('scales a ReLU by the largest value seen', async () => {
    const model = await tinyModel(['relu'], 5, 'orthogonal');
    const text = textOf(randomText(new Random(4), 700));
    const column = [{ layer: 0, cell: 2, quantity: 'h' as const }];
    const [page] = await readPage(text.track(model), text, column, { start: 0, end: 1e6 }, atOnce);
    expect(page!.scale).toBe(Math.max(...page!.values));
  });
});

describe('a character', () => {
  it('takes surprisal from the state before it and expectations from the state after it', async () => {
    const model = await tinyModel(['lstm', 'lstm'], 5);
    const random = new Random(8);
    const source = randomText(random, 1400);
    const text = textOf(source);
    const track = text.track(model);
    const V = model.vocabulary.size;
    const cell = { layer: 1, cell: 3 };
    const quantities = ['tanhc', 'h', 'c', 'i', 'f', 'g', 'o'] as const;
    const truth = await fromScratch(
      model,
      source,
      quantities.map((quantity) => ({ ...cell, quantity })),
    );
    for (const index of [
      0,
      1,
      2,
      255,
      256,
      257,
      700,
      text.length - 1,
      ...Array.from({ length: 8 }, () => random.below(1300)),
    ]) {
      const line = lineOf(text, index);
      const reading = (await readCharacter(track, index, line, cell, atOnce))!;
      const target = track.index(index);
      if (index === 0 || target < 0) expect(reading.surprisal).toBe(null);
      else expect(reading.surprisal).toBeCloseTo(-Math.log2(probabilities(truth.logits!, index - 1, V)[target]!), 4);
      const after = probabilities(truth.logits!, index, V);
      const best = after.map((_, k) => k).sort((a, b) => after[b]! - after[a]!);
      expect(reading.expected.map(({ character }) => character)).toEqual(
        best.slice(0, 5).map((k) => model.vocabulary.entries[k]),
      );
      reading.expected.forEach(({ probability }, k) => {
        expect(probability).toBeCloseTo(after[best[k]!]!, 5);
      });
      expect(reading.stripStart).toBe(line.from);
      quantities.forEach((quantity, k) => {
        expect(Math.abs(reading.cell.values[quantity]! - truth.columns[k]![index]!)).toBeLessThan(1e-6);
        const strip = reading.strips.find((candidate) => candidate.quantity === quantity)!;
        expect(largestDifference(strip.values, truth.columns[k]!.slice(line.from, line.to))).toBeLessThan(1e-6);
      });
    }
  });

  it('finds the loudest cells by their z-score', async () => {
    const model = await tinyModel(['gru'], 8);
    const source = randomText(new Random(21), 900);
    const text = textOf(source);
    const track = text.track(model);
    await track.ensure(text.length, atOnce);
    const columns = Array.from({ length: 8 }, (_, cell) => ({ layer: 0, cell, quantity: 'h' as const }));
    const truth = await fromScratch(model, source, columns);
    const scores = truth.columns.map((values) => {
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
      return (values[450]! - mean) / deviation;
    });
    const order = scores.map((_, k) => k).sort((a, b) => Math.abs(scores[b]!) - Math.abs(scores[a]!));
    const reading = (await readCharacter(track, 450, lineOf(text, 450), null, atOnce))!;
    expect(reading.loudest.map(({ cell }) => cell)).toEqual(order.slice(0, 5));
    expect(reading.loudest[0]!.z).toBeCloseTo(scores[order[0]!]!, 3);
    // No cell was chosen: the loudest is shown.
    expect(reading.cell).toMatchObject({ layer: 0, cell: order[0] });
  });

  it('shows 400 characters around it in a very long line', async () => {
    const model = await tinyModel(['tanh'], 3);
    const source = `{}\n${'abc "'.repeat(600)}\nb`;
    const text = textOf(source);
    const cell = { layer: 0, cell: 1 };
    const truth = await fromScratch(model, source, [{ ...cell, quantity: 'h' }]);
    for (const [index, start] of [
      [3, 3],
      [1500, 1300],
      [3000, 2604],
    ] as const) {
      const reading = (await readCharacter(text.track(model), index, lineOf(text, index), cell, atOnce))!;
      expect(reading.stripStart).toBe(start);
      expect(reading.strips[0]!.values.length).toBe(400);
      const expected = truth.columns[0]!.slice(start, start + 400);
      expect(largestDifference(reading.strips[0]!.values, expected)).toBeLessThan(1e-6);
    }
  });

  it('gives the values there of further cells that are watched', async () => {
    const model = await tinyModel(['lstm', 'gru'], 4);
    const source = randomText(new Random(31), 700);
    const text = textOf(source);
    const watched = [
      { layer: 1, cell: 3, quantity: 'h' },
      { layer: 0, cell: 2, quantity: 'tanhc' },
    ] as const;
    const truth = await fromScratch(model, source, [...watched]);
    for (const index of [0, 5, 300, 650]) {
      const reading = await readCharacter(
        text.track(model),
        index,
        lineOf(text, index),
        { layer: 0, cell: 0 },
        atOnce,
        watched,
      );
      expect(reading!.watched.length).toBe(2);
      reading!.watched.forEach((value, k) => {
        expect(value).toBeCloseTo(truth.columns[k]![index]!, 5);
      });
    }
  });

  it('gives nothing where the text changes meanwhile', async () => {
    const model = await tinyModel(['lstm'], 3);
    const text = textOf(randomText(new Random(30), 600));
    const editing: Turn = async (slice) => {
      if (text.version < 3) text.edit(text.version + 1, [{ rangeOffset: 0, rangeLength: 0, text: 'a' }]);
      return slice();
    };
    expect(await readCharacter(text.track(model), 500, lineOf(text, 500), { layer: 0, cell: 0 }, editing)).toBe(null);
  });
});

function lineOf(text: ReturnType<typeof textOf>, index: number): { from: number; to: number } {
  let line = 0;
  while (line + 1 < text.lineCount && text.lineStart(line + 1) <= index) line++;
  return { from: text.lineStart(line), to: text.lineStart(line + 1) };
}
