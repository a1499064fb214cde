/** Where a key moves the cursor. */
import { characterAt, type LineLayout } from './layout.ts';
import type { Spot } from './text-view.ts';

export interface CursorText {
  lineCount: number;
  pageLines: number;
  layout(line: number): LineLayout;
}

export interface CursorMove {
  spot: Spot;
  /** Where up and down aim at, in pixels: kept over short lines. */
  aim: number;
}

/** The place after a key, or null where the key moves nothing. */
export function moveCursor(key: string, control: boolean, from: CursorMove, text: CursorText): CursorMove | null {
  const { line, character } = from.spot;
  const last = text.lineCount - 1;
  const at = (targetLine: number, targetCharacter: number): CursorMove => ({
    spot: { line: targetLine, character: targetCharacter },
    aim: middle(text.layout(targetLine), targetCharacter),
  });
  const vertical = (lines: number): CursorMove => {
    const target = Math.max(0, Math.min(last, line + lines));
    return { spot: { line: target, character: characterAt(text.layout(target), from.aim) }, aim: from.aim };
  };
  switch (key) {
    case 'ArrowRight':
      if (character < text.layout(line).count) return at(line, character + 1);
      return line < last ? at(line + 1, 0) : null;
    case 'ArrowLeft':
      if (character > 0) return at(line, character - 1);
      return line > 0 ? at(line - 1, text.layout(line - 1).count) : null;
    case 'ArrowDown':
      return vertical(1);
    case 'ArrowUp':
      return vertical(-1);
    case 'PageDown':
      return vertical(text.pageLines);
    case 'PageUp':
      return vertical(-text.pageLines);
    case 'Home':
      return control ? at(0, 0) : at(line, 0);
    case 'End':
      return control ? at(last, text.layout(last).count) : at(line, text.layout(line).count);
    default:
      return null;
  }
}

export function middle(layout: LineLayout, character: number): number {
  return ((layout.edges[character] ?? 0) + (layout.edges[character + 1] ?? 0)) / 2;
}
