import { describe, expect, it } from 'vitest';
import { type Match, matchingSpans, SelectionRanking } from '../../../../src/core/cells/matching.ts';
import { PortraitPainter } from '../../../../src/core/cells/portrait.ts';
import { SnippetCollector } from '../../../../src/core/cells/snippets.ts';
import { codePoints } from '../../../../src/core/concepts/concept.ts';
import { Random } from '../../../../src/core/random.ts';

const columns = [
  { layer: 0, cell: 0, quantity: 'tanhc' },
  { layer: 0, cell: 1, quantity: 'tanhc' },
  { layer: 0, cell: 0, quantity: 'h' },
  { layer: 0, cell: 1, quantity: 'h' },
] as const;

describe('cells for a selection', () => {
  const random = new Random(2);
  const noise = (): Float32Array => Float32Array.from({ length: 400 }, () => 0.2 * random.normal());
  const on = (base: Float32Array, value: number): Float32Array =>
    base.map((x, i) => (i >= 100 && i < 130 ? x + value : x));
  const values = [noise(), on(noise(), -1.5), on(noise(), 0.2), noise()];

  /** Of the characters 100 to 129. */
  const rank = (rows: readonly Float32Array[], count: number): Match[] => {
    const ranking = new SelectionRanking(400, 100, 130);
    for (const [k, row] of rows.entries()) ranking.add(columns[k]!, row);
    return ranking.matches(count);
  };

  it('are ranked, each once with its best quantity and sign', () => {
    const matches = rank(values, 5);
    expect(matches.map(({ cell, quantity, sign }) => [cell, quantity, sign])).toEqual([
      [1, 'tanhc', -1],
      [0, 'h', 1],
    ]);
    expect(matches[0]!.averagePrecision).toBeGreaterThan(0.99);
    expect(matches[0]!.threshold).toBeCloseTo(-0.75, 1);
    expect(rank(values, 1)).toHaveLength(1);
  });

  it('are none that hardly move, however well they rank', () => {
    const saturated = Float32Array.from({ length: 400 }, (_, i) => (i >= 100 && i < 130 ? 0.999 : 0.99));
    expect(rank([saturated, values[1]!], 5).map(({ cell }) => cell)).toEqual([1]);
  });

  it('match elsewhere in spans, strongest first', () => {
    const elsewhere = Float32Array.from([0, -1, -1, -1, 0, 0, -3, -3, -3, 0, -9, 0]);
    const spans = matchingSpans(elsewhere, { sign: -1, threshold: -0.5 }, 2, 10);
    expect(spans).toEqual([
      { start: 6, end: 9, strength: 2.5 },
      { start: 1, end: 4, strength: 0.5 },
    ]);
  });
});

describe('snippets', () => {
  const text = 'x'.repeat(500);
  const points = codePoints(text);
  const peaks = Float32Array.from({ length: 500 }, (_, i) =>
    i === 100 ? 0.9 : i === 103 ? 1 : i === 300 ? 0.8 : i / 1e4,
  );

  it('are the highest values, apart from each other, with what stands around', () => {
    const collector = new SnippetCollector(2, 1, 0.02, new Random(1));
    collector.add('a', points, peaks);
    collector.add(
      'b',
      points,
      peaks.map((value) => value / 2),
    );
    const { top, middle, random } = collector.result();
    expect(top.map(({ path, index }) => [path, index])).toEqual([
      ['a', 103],
      ['a', 300],
    ]);
    expect(top[0]!.start).toBe(63);
    expect(top[0]!.text).toHaveLength(81);
    expect(top[0]!.values[40]).toBe(1);
    expect(middle.map(({ index }) => index)).toContain(200);
    expect(random).toHaveLength(2);
  });

  it('of sign −1 are the lowest', () => {
    const collector = new SnippetCollector(1, -1, 0, new Random(1));
    collector.add('a', codePoints('😀bc'), Float32Array.from([0, -2, 1]));
    expect(collector.result().top[0]).toMatchObject({ index: 1, start: 0, text: '😀bc' });
  });
});

describe('a portrait', () => {
  it('counts values inside and outside and averages the courses at the boundaries', () => {
    //       index 0123456789…: opening mark at 3 and 11, closing at 6 and 14
    const values = Int8Array.from([0, 0, 0, -1, 1, 1, -1, 0, 0, 0, 0, -1, 1, 1, -1, 0, 0, 0]);
    const labels = { values, ends: Int32Array.from([6, 14]) };
    const column = Float32Array.from(values, (label, i) => (label === 1 ? 1 : label === 0 ? -1 : i < 8 ? 0.5 : -0.5));
    const painter = new PortraitPainter(['tanhc', 'f'], [-1, 1], 2);
    painter.add(labels, [column, column.map((value) => value * 2)]);
    const { histogram, courses, openings, closings } = painter.result();
    expect([openings, closings]).toEqual([2, 2]);
    expect(histogram.inside[59]).toBe(4);
    expect(histogram.outside[0]).toBe(10);
    expect(histogram.inside.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect([...courses[0]!.opening]).toEqual([-1, -1, 0, 1, 1]);
    expect([...courses[0]!.closing]).toEqual([1, 1, 0, -1, -1]);
    expect([...courses[1]!.opening]).toEqual([-2, -2, 0, 2, 2]);
  });
});
