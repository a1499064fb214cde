/** Values of the few cells that were looked at lately, line by line, kept through edits until fresh ones arrive. */
import type { Quantity } from '../../src/core/model/spec.ts';
import { spliceMany } from './text.ts';

export interface Cell {
  layer: number;
  cell: number;
  quantity: Quantity;
}

export function cellKey(model: string, cell: Cell): string {
  return `${model}\n${cell.layer}.${cell.cell}.${cell.quantity}`;
}

/** One cell along the text. */
export class CellValues {
  readonly lines: (Float32Array | undefined)[];
  /** 1 where the values are of the text as it stands. */
  fresh: Uint8Array;
  /** Values are divided by it. */
  scale = 1;

  constructor(lineCount: number) {
    this.lines = new Array(lineCount);
    this.fresh = new Uint8Array(lineCount);
  }

  put(startLine: number, lines: readonly Float32Array[], scale: number): void {
    this.scale = scale;
    for (let i = 0; i < lines.length; i++) {
      const line = startLine + i;
      if (line >= this.lines.length) return;
      this.lines[line] = lines[i];
      this.fresh[line] = 1;
    }
  }

  /** After an edit everything from its first line on is stale; lines that only moved keep their values meanwhile. */
  splice(startLine: number, removed: number, inserted: number): void {
    const kept = Math.min(removed, inserted);
    spliceMany(this.lines, startLine + kept, removed - kept, new Array<undefined>(inserted - kept).fill(undefined));
    const fresh = new Uint8Array(this.lines.length);
    fresh.set(this.fresh.subarray(0, Math.min(startLine, fresh.length)));
    this.fresh = fresh;
  }

  /** First and one-past-last stale line within [start, end), or null where all are fresh. */
  staleWithin(start: number, end: number): { start: number; end: number } | null {
    let first = start;
    const limit = Math.min(end, this.fresh.length);
    while (first < limit && this.fresh[first] === 1) first++;
    if (first >= limit) return null;
    let last = limit;
    while (last > first && this.fresh[last - 1] === 1) last--;
    return { start: first, end: last };
  }
}

/** The cells looked at last, the oldest forgotten. */
export class ValueStore {
  private readonly cells = new Map<string, CellValues>();
  private readonly capacity: number;
  private lineCount: number;

  constructor(lineCount: number, capacity = 12) {
    this.lineCount = lineCount;
    this.capacity = capacity;
  }

  get(key: string): CellValues | undefined {
    return this.cells.get(key);
  }

  /** The cell's values, made the most recent. */
  open(key: string): CellValues {
    const values = this.cells.get(key) ?? new CellValues(this.lineCount);
    this.cells.delete(key);
    this.cells.set(key, values);
    if (this.cells.size > this.capacity) this.cells.delete(this.cells.keys().next().value!);
    return values;
  }

  splice(startLine: number, removed: number, inserted: number): void {
    this.lineCount += inserted - removed;
    for (const values of this.cells.values()) values.splice(startLine, removed, inserted);
  }
}
