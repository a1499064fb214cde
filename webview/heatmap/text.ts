/** The shown text as lines, kept in step with the document by splices. */
import type { ShownDocument } from '../../src/protocol/heatmap.ts';

export class ShownText {
  readonly id: string;
  version: number;
  readonly lines: string[];

  constructor(document: Pick<ShownDocument, 'id' | 'version' | 'text'>) {
    this.id = document.id;
    this.version = document.version;
    this.lines = document.text.split('\n');
  }

  get isEmpty(): boolean {
    return this.lines.length === 1 && this.lines[0] === '';
  }

  /** The line's text; empty outside the text. */
  line(index: number): string {
    return this.lines[index] ?? '';
  }

  /** Replaces `removed` lines from `startLine` on. */
  splice(version: number, startLine: number, removed: number, lines: readonly string[]): void {
    this.version = version;
    spliceMany(this.lines, startLine, removed, lines);
  }

  /** The text between two places (line, UTF-16 column), line ends as `\n`. */
  slice(from: Place, to: Place): string {
    if (from.line === to.line) return this.line(from.line).slice(from.column, to.column);
    return [
      this.line(from.line).slice(from.column),
      ...this.lines.slice(from.line + 1, to.line),
      this.line(to.line).slice(0, to.column),
    ].join('\n');
  }
}

export interface Place {
  line: number;
  /** UTF-16 units. */
  column: number;
}

/** `splice` without spreading: a million lines are too many arguments. */
export function spliceMany<T>(target: T[], start: number, removed: number, inserted: readonly T[]): void {
  if (inserted.length < 10_000) {
    target.splice(start, removed, ...inserted);
    return;
  }
  const tail = target.slice(start + removed);
  target.length = start;
  for (const item of inserted) target.push(item);
  for (const item of tail) target.push(item);
}
