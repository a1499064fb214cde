import { describe, expect, it } from 'vitest';
import {
  characterAt,
  characterOfColumn,
  columnOf,
  type FontMetrics,
  Layouts,
} from '../../../webview/heatmap/layout.ts';

/** A font of 10 px columns; emoji and Chinese are two columns wide, joined letters 7 px. */
function font(): FontMetrics & { asked: string[][] } {
  const asked: string[][] = [];
  return {
    asked,
    charWidth: 10,
    monospace: true,
    tabSize: 4,
    measure: (graphemes) => void asked.push([...graphemes]),
    widthOf: (grapheme) => (/^[\x20-\x7e]$/.test(grapheme) ? 10 : 20),
    edgesOf: (graphemes) => Array.from({ length: graphemes.length + 1 }, (_, i) => 7 * i),
  };
}
const edges = (text: string): number[] => [...new Layouts(font()).of(text).edges];

describe('where characters stand', () => {
  it('plain text stands on the grid; the newline is half a column', () => {
    expect(edges('abc')).toEqual([0, 10, 20, 30, 35]);
    expect(edges('')).toEqual([0, 5]);
  });

  it('tabs reach to the next stop', () => {
    expect(edges('\ta\tb')).toEqual([0, 40, 50, 80, 90, 95]);
    expect(edges('abcd\t')).toEqual([0, 10, 20, 30, 40, 80, 85]);
  });

  it('a character outside the plane is one, and its columns are two', () => {
    const layout = new Layouts(font()).of('a🙂b');
    expect(layout.count).toBe(3);
    expect([...layout.edges]).toEqual([0, 10, 30, 40, 45]);
    expect([0, 1, 2, 3].map((character) => columnOf(layout, character))).toEqual([0, 1, 3, 4]);
    expect([0, 1, 2, 3, 4].map((column) => characterOfColumn(layout, column))).toEqual([0, 1, 1, 2, 3]);
  });

  it('the code points of one grapheme share its width', () => {
    const layout = new Layouts(font()).of('e\u0301x');
    expect([...layout.edges]).toEqual([0, 10, 20, 30, 35]);
    expect(layout.columns).toBeNull();
  });

  it('a tab after wide characters ends at a stop as well', () => {
    expect(edges('世\tx')).toEqual([0, 20, 40, 50, 55]);
  });

  it('joined scripts are measured as a whole line', () => {
    expect(edges('مر')).toEqual([0, 7, 14, 19]);
  });

  it('what must be measured is measured together, once', () => {
    const own = font();
    new Layouts(own).prepare(['plain', 'naïve', 'été', '\ttab']);
    expect(own.asked).toHaveLength(1);
    expect(own.asked[0]).toContain('ï');
  });

  it('the character under a point is the one whose cell holds it', () => {
    const layout = new Layouts(font()).of('\tab');
    expect([-5, 0, 39, 40, 49.9, 50, 59, 60, 999].map((x) => characterAt(layout, x))).toEqual([
      0, 0, 0, 1, 1, 2, 2, 3, 3,
    ]);
  });
});
