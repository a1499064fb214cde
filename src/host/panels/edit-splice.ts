/** One replacement of whole lines that stands for all changes of one edit. No vscode: tests reach it. */

export interface LineSplice {
  startLine: number;
  /** Lines of the old text that go. */
  removed: number;
  /** Lines of the new text that come, from `startLine` on. */
  inserted: number;
}

interface Change {
  range: { start: { line: number }; end: { line: number } };
}

/** @param changes ranges in the old text; @param oldLines @param newLines line counts before and after */
export function spliceOf(changes: readonly Change[], oldLines: number, newLines: number): LineSplice | null {
  if (changes.length === 0) return null;
  let first = oldLines - 1;
  let last = 0;
  for (const { range } of changes) {
    first = Math.min(first, range.start.line);
    last = Math.max(last, range.end.line);
  }
  const removed = last - first + 1;
  return { startLine: first, removed, inserted: removed + newLines - oldLines };
}
