import { describe, expect, it } from 'vitest';
import { InspectedText, joinChanges } from '../../../../src/core/activations/inspected-text.ts';
import { atOnce, type Turn } from '../../../../src/core/activations/turns.ts';
import type { TextEdit } from '../../../../src/core/corpus/text.ts';
import type { Capture, Stream } from '../../../../src/core/engine/engine.ts';
import { Random } from '../../../../src/core/random.ts';
import { fromScratch, largestDifference, randomText, textOf, tinyModel } from './tiny.ts';

const apply = (source: string, { rangeOffset, rangeLength, text }: TextEdit): string =>
  source.slice(0, rangeOffset) + text + source.slice(rangeOffset + rangeLength);

function randomEdit(random: Random, source: string): TextEdit {
  const rangeOffset = random.below(source.length + 1);
  const large = random.below(5) === 0;
  const rangeLength = Math.min(source.length - rangeOffset, random.below(large ? 900 : 4));
  return { rangeOffset, rangeLength, text: randomText(random, random.below(random.below(8) === 0 ? 1200 : 4)) };
}

/** A model whose session counts the characters that it reads. */
async function counting(...args: Parameters<typeof tinyModel>) {
  const { session, vocabulary } = await tinyModel(...args);
  const read = { chars: 0 };
  const counted = Object.create(session) as typeof session;
  counted.run = (stream: Stream, capture: Capture) => {
    read.chars += stream.inputs.length;
    return session.run(stream, capture);
  };
  return { model: { session: counted, vocabulary }, read };
}

describe('recomputation after edits', () => {
  for (const cells of [['lstm'], ['gru'], ['tanh'], ['relu'], ['lstm', 'lstm']] as const) {
    it(`gives the values of a reading from the start: ${cells.join(' + ')}`, async () => {
      const random = new Random(cells.length * 31 + cells[0].length);
      const model = await tinyModel([...cells], 6);
      const layer = cells.length - 1;
      const columns = [
        { layer, cell: 2, quantity: 'h' as const },
        { layer: 0, cell: 5, quantity: cells[0] === 'lstm' ? ('c' as const) : ('h' as const) },
      ];
      let source = randomText(random, 2500);
      const text = textOf(source);
      const track = text.track(model);
      for (let step = 0; step < 40; step++) {
        const changes = [randomEdit(random, source)];
        source = apply(source, changes[0]!);
        if (random.below(3) === 0) {
          changes.push(randomEdit(random, source));
          source = apply(source, changes[1]!);
        }
        text.edit(step + 2, changes);
        // Sometimes several edits pile up, sometimes only a part is asked for before the next one.
        const asked = random.below(3);
        if (asked === 0) continue;
        const to = asked === 1 ? track.length : random.below(track.length + 1);
        const from = random.below(to + 1);
        const { values } = await track.columns(columns, () => ({ from, to }), atOnce);
        const truth = await fromScratch(model, source, columns);
        expect(track.length).toBe(truth.columns[0]!.length);
        columns.forEach((_, k) => {
          expect(largestDifference(values[k]!, truth.columns[k]!.slice(from, to))).toBeLessThan(1e-6);
        });
      }
    });
  }

  it('keeps the statistics of the text as it is now', async () => {
    const random = new Random(5);
    const model = await tinyModel(['lstm'], 4);
    let source = randomText(random, 3000);
    const text = textOf(source);
    const track = text.track(model);
    for (let step = 0; step < 12; step++) {
      const change = randomEdit(random, source);
      source = apply(source, change);
      text.edit(step + 2, [change]);
      if (step % 2 === 0) await track.ensure(random.below(track.length), atOnce);
    }
    await track.ensure(track.length, atOnce);
    const { columns } = await fromScratch(model, source, [{ layer: 0, cell: 3, quantity: 'tanhc' }]);
    const values = columns[0]!;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(track.statistics.count).toBe(values.length);
    expect(Math.abs(track.statistics.mean(3) - mean)).toBeLessThan(1e-6);
    expect(Math.abs(track.statistics.deviation(3) - Math.sqrt(variance))).toBeLessThan(1e-6);
    const { min, max } = track.extremes();
    expect(Math.abs(min[3]! - Math.min(...values))).toBeLessThan(1e-6);
    expect(Math.abs(max[3]! - Math.max(...values))).toBeLessThan(1e-6);
  });

  it('reads only a part of a long text again after one typed character', async () => {
    const { model, read } = await counting(['lstm'], 6);
    const source = randomText(new Random(2), 60_000);
    const text = textOf(source);
    const track = text.track(model);
    await track.ensure(track.length, atOnce);
    expect(read.chars).toBe(track.length);
    read.chars = 0;
    text.edit(2, [{ rangeOffset: source.length >> 1, rangeLength: 0, text: 'a' }]);
    expect(track.complete).toBe(false);
    await track.ensure(track.length, atOnce);
    expect(track.complete).toBe(true);
    expect(read.chars).toBeGreaterThan(0);
    expect(read.chars).toBeLessThan(2000);
  });

  it('asks for no state that it has: a new cell costs the lines that show it', async () => {
    const { model, read } = await counting(['gru'], 6);
    const track = textOf(randomText(new Random(3), 20_000)).track(model);
    await track.ensure(track.length, atOnce);
    read.chars = 0;
    const range = () => ({ from: 15_000, to: 15_100 });
    const column = [{ layer: 0, cell: 1, quantity: 'z' as const }];
    await track.columns(column, range, atOnce);
    expect(read.chars).toBeLessThanOrEqual(512);
    read.chars = 0;
    await track.columns(column, range, atOnce);
    expect(read.chars).toBe(0);
  });

  it('drops what was computed for a text that changed meanwhile', async () => {
    const random = new Random(11);
    const model = await tinyModel(['lstm'], 5);
    let source = randomText(random, 4000);
    const text = textOf(source);
    const track = text.track(model);
    const columns = [{ layer: 0, cell: 1, quantity: 'tanhc' as const }];
    // Between any two slices somebody types.
    let edits = 0;
    const interrupted: Turn = async (slice) => {
      const result = await slice();
      if (edits < 25) {
        const change = { rangeOffset: random.below(1000), rangeLength: 0, text: randomText(random, 2) };
        source = apply(source, change);
        text.edit(++edits + 1, [change]);
      }
      return result;
    };
    const { range, values } = await track.columns(columns, () => ({ from: 0, to: text.length }), interrupted);
    expect(edits).toBe(25);
    expect(range.to).toBe(text.length);
    const truth = await fromScratch(model, source, columns);
    expect(largestDifference(values[0]!, truth.columns[0]!)).toBeLessThan(1e-6);
  });

  it('lets two jobs read the same text at once', async () => {
    const random = new Random(13);
    const model = await tinyModel(['lstm'], 5);
    const source = randomText(random, 5000);
    const track = textOf(source).track(model);
    const slow: Turn = async (slice) => {
      await Promise.resolve();
      return slice();
    };
    const columns = [{ layer: 0, cell: 0, quantity: 'o' as const }];
    const [page] = await Promise.all([
      track.columns(columns, () => ({ from: 100, to: 3000 }), slow),
      track.ensure(track.length, slow),
    ]);
    const truth = await fromScratch(model, source, columns);
    expect(largestDifference(page.values[0]!, truth.columns[0]!.slice(100, 3000))).toBeLessThan(1e-6);
    expect(track.statistics.count).toBe(track.length);
  });

  it('holds at most eight columns that nobody reads, and still answers for more', async () => {
    const model = await tinyModel(['lstm'], 6);
    const source = randomText(new Random(17), 1500);
    const track = textOf(source).track(model);
    const all = Array.from({ length: 6 }, (_, cell) =>
      (['tanhc', 'h', 'i'] as const).map((quantity) => ({ layer: 0, cell, quantity })),
    );
    const range = () => ({ from: 0, to: track.length });
    const pages = await Promise.all(all.map((columns) => track.columns(columns, range, atOnce)));
    const truth = await fromScratch(model, source, all.flat());
    pages
      .flatMap(({ values }) => values)
      .forEach((values, k) => {
        expect(largestDifference(values, truth.columns[k]!)).toBeLessThan(1e-6);
      });
  });

  it('has nothing to compute in an empty text and starts with the first character typed', async () => {
    const model = await tinyModel(['tanh'], 3);
    const text = new InspectedText(1, '');
    const track = text.track(model);
    await track.ensure(10, atOnce);
    expect(track.complete).toBe(true);
    text.edit(2, [{ rangeOffset: 0, rangeLength: 0, text: 'ab' }]);
    const columns = [{ layer: 0, cell: 0, quantity: 'h' as const }];
    const { values } = await track.columns(columns, () => ({ from: 0, to: 2 }), atOnce);
    expect(largestDifference(values[0]!, (await fromScratch(model, 'ab', columns)).columns[0]!)).toBeLessThan(1e-6);
    text.edit(3, [{ rangeOffset: 0, rangeLength: 2, text: '' }]);
    expect(track.length).toBe(0);
    expect(track.complete).toBe(true);
  });
});

describe('many changes in one step', () => {
  it('are joined where they descend, and give the same text', () => {
    const source = 'one two three two one';
    const changes = [
      { rangeOffset: 14, rangeLength: 3, text: 'zwei' },
      { rangeOffset: 4, rangeLength: 3, text: '2' },
      { rangeOffset: 0, rangeLength: 0, text: '>' },
    ];
    expect(apply(source, joinChanges(source, changes)!)).toBe(changes.reduce(apply, source));
    expect(joinChanges(source, [...changes].reverse())).toBe(null);
    expect(joinChanges(source, [{ rangeOffset: 20, rangeLength: 5, text: '' }])).toBe(null);
  });

  it('reach the track as one', async () => {
    const model = await tinyModel(['lstm'], 3);
    let source = 'ab '.repeat(300);
    const text = textOf(source);
    const track = text.track(model);
    await track.ensure(track.length, atOnce);
    const changes = Array.from({ length: 250 }, (_, k) => ({
      rangeOffset: (299 - k) * 3,
      rangeLength: 2,
      text: 'cc{',
    }));
    source = changes.reduce(apply, source);
    text.edit(2, changes);
    expect(track.revision).toBe(1);
    const columns = [{ layer: 0, cell: 2, quantity: 'f' as const }];
    const { values } = await track.columns(columns, () => ({ from: 0, to: track.length }), atOnce);
    expect(largestDifference(values[0]!, (await fromScratch(model, source, columns)).columns[0]!)).toBeLessThan(1e-6);
  });
});
