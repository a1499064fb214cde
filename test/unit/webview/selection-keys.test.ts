import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HeatmapApp } from '../../../webview/heatmap/app.ts';
import { type CursorMove, middle, moveCursor } from '../../../webview/heatmap/cursor.ts';
import { Layouts } from '../../../webview/heatmap/layout.ts';
import type { LineRows } from '../../../webview/heatmap/line-rows.ts';
import { TextSelection } from '../../../webview/heatmap/selection.ts';
import { movingEnd, selectTo } from '../../../webview/heatmap/selection-keys.ts';
import { ShownText } from '../../../webview/heatmap/text.ts';
import type { TextView } from '../../../webview/heatmap/text-view.ts';

const content = 'ab🦊cd\nx\n\nlast';
const layouts = new Layouts({
  charWidth: 10,
  monospace: true,
  tabSize: 4,
  measure: () => {},
  widthOf: () => 10,
  edgesOf: (graphemes) => graphemes.map((_, i) => 10 * (i + 1)),
});

let text: ShownText;
let selection: TextSelection;
let view: TextView;
let said: string[];
let cursor: CursorMove;

/** Lines that are not on the page yet: what is selected is known all the same. */
beforeEach(() => {
  vi.stubGlobal('document', { addEventListener() {} });
  vi.stubGlobal('getSelection', () => null);
  text = new ShownText({ id: 'a', version: 1, text: content });
  const rows = { lineOf: () => null, nodeOf: () => null } as unknown as LineRows;
  selection = new TextSelection({ addEventListener() {} } as unknown as HTMLElement, rows, () => text);
  view = { selection, layout: (line: number) => layouts.of(text.line(line)) } as unknown as TextView;
  said = [];
  cursor = { spot: { line: 0, character: 0 }, aim: middle(view.layout(0), 0) };
});
afterEach(() => vi.unstubAllGlobals());

function press(...keys: string[]): string | null {
  for (const key of keys) {
    const control = key.startsWith('^');
    const from = movingEnd(view, cursor);
    const shown = { lineCount: text.lines.length, pageLines: 2, layout: (line: number) => view.layout(line) };
    const move = moveCursor(key.replace('^', ''), control, from, shown);
    if (!move) continue;
    const app = { view, text, announcer: { say: (words: string) => said.push(words) } } as unknown as HeatmapApp;
    selectTo(app, from.spot, move.spot);
    cursor = move;
  }
  return selection.selected();
}

describe('selecting in the heatmap with Shift and the keys that move the cursor', () => {
  it('takes in one character after the other, over emoji and line ends', () => {
    expect(press('ArrowRight', 'ArrowRight', 'ArrowRight')).toBe('ab🦊');
    expect(press('ArrowRight', 'ArrowRight', 'ArrowRight')).toBe('ab🦊cd\n');
    expect(said.at(-1)).toBe('6 characters selected');
  });

  it('gives them back, and goes on before where it began', () => {
    cursor = { spot: { line: 0, character: 2 }, aim: middle(view.layout(0), 2) };
    expect(press('ArrowRight', 'ArrowLeft')).toBeNull();
    expect(said.at(-1)).toBe('Nothing is selected');
    expect(press('Home')).toBe('ab');
    expect(selection.range).toEqual([
      { line: 0, column: 0 },
      { line: 0, column: 2 },
    ]);
  });

  it('goes to the ends of lines and of the text; the lines of both ends are to be on the page', () => {
    cursor = { spot: { line: 1, character: 0 }, aim: middle(view.layout(1), 0) };
    expect(press('End')).toBe('x');
    expect(press('^End')).toBe('x\n\nlast');
    expect(selection.pinned).toEqual([1, 3]);
    expect(press('^Home')).toBe('ab🦊cd\n');
    expect(selection.pinned).toEqual([0, 1]);
  });

  it('is gone with another text, and after an edit', () => {
    press('ArrowRight');
    selection.edited();
    expect(selection.selected()).toBeNull();
    press('ArrowRight');
    selection.clear();
    expect(selection.range).toBeNull();
  });
});
