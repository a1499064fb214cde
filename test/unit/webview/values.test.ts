import { describe, expect, it } from 'vitest';
import { ShownText, spliceMany } from '../../../webview/heatmap/text.ts';
import { CellValues, cellKey, ValueStore } from '../../../webview/heatmap/values.ts';

const line = (value: number): Float32Array => Float32Array.of(value);

describe('values of a cell', () => {
  it('are stale until they come', () => {
    const values = new CellValues(10);
    expect(values.staleWithin(2, 5)).toEqual({ start: 2, end: 5 });
    values.put(2, [line(1), line(2)], 1);
    expect(values.staleWithin(2, 4)).toBeNull();
    expect(values.staleWithin(0, 6)).toEqual({ start: 0, end: 6 });
    expect(values.staleWithin(2, 99)).toEqual({ start: 4, end: 10 });
  });

  it('stay through an edit, stale from its first line on', () => {
    const values = new CellValues(5);
    values.put(0, [0, 1, 2, 3, 4].map(line), 1);
    values.splice(1, 1, 3);
    expect(values.lines.map((entry) => entry?.[0])).toEqual([0, 1, undefined, undefined, 2, 3, 4]);
    expect([...values.fresh]).toEqual([1, 0, 0, 0, 0, 0, 0]);
    values.splice(2, 3, 0);
    expect(values.lines.map((entry) => entry?.[0])).toEqual([0, 1, 3, 4]);
  });

  it('lines beyond the text are dropped', () => {
    const values = new CellValues(2);
    values.put(1, [line(1), line(2)], 1);
    expect(values.lines).toHaveLength(2);
  });
});

describe('the store of values', () => {
  it('keeps the cells looked at last', () => {
    const store = new ValueStore(3, 2);
    store.open('a');
    store.open('b');
    store.open('a');
    store.open('c');
    expect([store.get('a'), store.get('b'), store.get('c')].map((entry) => entry !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('moves all its cells along with the text', () => {
    const store = new ValueStore(3);
    store.open('a').put(0, [0, 1, 2].map(line), 1);
    store.splice(0, 1, 2);
    expect(store.open('a').lines).toHaveLength(4);
    expect(store.open('new').lines).toHaveLength(4);
  });

  it('tells cells and models apart', () => {
    const cell = { layer: 1, cell: 2, quantity: 'h' as const };
    const keys = [
      cellKey('m', cell),
      cellKey('n', cell),
      cellKey('m', { ...cell, layer: 12, cell: 2 }),
      cellKey('m', { ...cell, quantity: 'f' }),
    ];
    expect(new Set(keys).size).toBe(4);
  });
});

describe('the shown text', () => {
  it('follows edits by lines', () => {
    const text = new ShownText({ id: 'a', version: 1, text: 'one\ntwo\nthree' });
    text.splice(2, 1, 1, ['2', '2½']);
    expect(text.lines).toEqual(['one', '2', '2½', 'three']);
    expect(text.version).toBe(2);
  });

  it('cuts between two places', () => {
    const text = new ShownText({ id: 'a', version: 1, text: 'one\ntwo\nthree' });
    expect(text.slice({ line: 0, column: 1 }, { line: 2, column: 2 })).toBe('ne\ntwo\nth');
    expect(text.slice({ line: 1, column: 0 }, { line: 1, column: 2 })).toBe('tw');
  });

  it('many lines are spliced as few are', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => i);
    const target = [-1, -2, -3];
    spliceMany(target, 1, 1, many);
    expect(target).toHaveLength(20_002);
    expect([target[0], target[1], target[20_000], target[20_001]]).toEqual([-1, 0, 19_999, -3]);
  });
});
