import { describe, expect, it } from 'vitest';
import { type CursorMove, middle, moveCursor } from '../../../webview/heatmap/cursor.ts';
import { Layouts } from '../../../webview/heatmap/layout.ts';

const lines = ['abcdef', 'x', '', 'abcdef'];
const layouts = new Layouts({
  charWidth: 10,
  monospace: true,
  tabSize: 4,
  measure: () => {},
  widthOf: () => 10,
  edgesOf: () => [],
});
const text = { lineCount: lines.length, pageLines: 2, layout: (line: number) => layouts.of(lines[line]!) };
const at = (line: number, character: number): CursorMove => ({
  spot: { line, character },
  aim: middle(text.layout(line), character),
});
const go = (from: CursorMove, ...keys: string[]): number[] => {
  let now = from;
  for (const key of keys) now = moveCursor(key.replace('^', ''), key.startsWith('^'), now, text) ?? now;
  return [now.spot.line, now.spot.character];
};

describe('the keyboard cursor', () => {
  it('goes by character, over the newline, from line to line', () => {
    expect(go(at(0, 5), 'ArrowRight')).toEqual([0, 6]);
    expect(go(at(0, 6), 'ArrowRight')).toEqual([1, 0]);
    expect(go(at(1, 0), 'ArrowLeft')).toEqual([0, 6]);
    expect(go(at(0, 0), 'ArrowLeft')).toEqual([0, 0]);
    expect(go(at(3, 6), 'ArrowRight')).toEqual([3, 6]);
  });

  it('keeps its column over shorter lines', () => {
    expect(go(at(0, 4), 'ArrowDown')).toEqual([1, 1]);
    expect(go(at(0, 4), 'ArrowDown', 'ArrowDown', 'ArrowDown')).toEqual([3, 4]);
    expect(go(at(3, 4), 'PageUp', 'PageUp')).toEqual([0, 4]);
  });

  it('goes to the ends of line and text', () => {
    expect(go(at(0, 3), 'End')).toEqual([0, 6]);
    expect(go(at(0, 3), 'Home')).toEqual([0, 0]);
    expect(go(at(1, 0), '^End')).toEqual([3, 6]);
    expect(go(at(3, 3), '^Home')).toEqual([0, 0]);
  });

  it('leaves other keys alone', () => {
    expect(moveCursor('a', false, at(0, 0), text)).toBeNull();
  });
});
