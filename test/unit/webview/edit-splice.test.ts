import { describe, expect, it } from 'vitest';
import { spliceOf } from '../../../src/host/panels/edit-splice.ts';

const change = (start: number, end: number) => ({ range: { start: { line: start }, end: { line: end } } });

/** Replaces whole lines as the webview does. */
function applied(before: string[], after: string[], changes: ReturnType<typeof change>[]): string[] {
  const splice = spliceOf(changes, before.length, after.length)!;
  const lines = [...before];
  lines.splice(splice.startLine, splice.removed, ...after.slice(splice.startLine, splice.startLine + splice.inserted));
  return lines;
}

describe('an edit as one replacement of lines', () => {
  it('a typed character replaces its line', () => {
    expect(spliceOf([change(4, 4)], 10, 10)).toEqual({ startLine: 4, removed: 1, inserted: 1 });
  });

  it('lines that come and go', () => {
    const before = ['a', 'b', 'c', 'd'];
    expect(applied(before, ['a', 'b1', 'b2', 'b3', 'c', 'd'], [change(1, 1)])).toEqual([
      'a',
      'b1',
      'b2',
      'b3',
      'c',
      'd',
    ]);
    expect(applied(before, ['a', 'bd'], [change(1, 3)])).toEqual(['a', 'bd']);
    expect(applied(before, [''], [change(0, 3)])).toEqual(['']);
  });

  it('several changes at once, in any order', () => {
    const before = ['a', 'b', 'c', 'd', 'e'];
    const after = ['a!', 'x', 'b', 'd', 'e!'];
    expect(applied(before, after, [change(4, 4), change(2, 3), change(0, 0)])).toEqual(after);
  });

  it('no change is no edit', () => {
    expect(spliceOf([], 3, 3)).toBeNull();
  });
});
