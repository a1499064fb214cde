/** Values of single cells over whole lines, as a heatmap or an editor shows them. */
import type { ColumnRequest } from '../engine/engine.ts';
import type { ModelSpec } from '../model/spec.ts';
import type { InspectedText } from './inspected-text.ts';
import type { Track } from './track.ts';
import type { Turn } from './turns.ts';

export interface PageValues {
  /** The text's version that the values belong to. */
  version: number;
  /** 0-based, end exclusive, clamped to the lines that there are. */
  startLine: number;
  endLine: number;
  /** [endLine − startLine + 1] first value of each line; the last entry is the total. A line's newline is its last character. */
  lineStarts: Uint32Array;
  values: Float32Array;
  /** Range of the colour scale: 1 for bounded quantities, the largest |value| seen so far for the others. */
  scale: number;
}

/** Computes what is missing up to the end of the lines, then reads up to three cells there. */
export async function readPage(
  track: Track,
  text: InspectedText,
  cells: readonly ColumnRequest[],
  lines: { start: number; end: number },
  turn: Turn,
): Promise<PageValues[]> {
  const range = () => {
    const startLine = clamp(lines.start, 0, text.lineCount);
    const endLine = clamp(lines.end, startLine, text.lineCount);
    const lineStarts = new Uint32Array(endLine - startLine + 1);
    const from = text.lineStart(startLine);
    for (let line = startLine; line <= endLine; line++) lineStarts[line - startLine] = text.lineStart(line) - from;
    return { version: text.version, startLine, endLine, lineStarts, from, to: text.lineStart(endLine) };
  };
  const { range: at, values } = await track.columns(cells, range, turn);
  return cells.map((cell, k) => ({
    version: at.version,
    startLine: at.startLine,
    endLine: at.endLine,
    lineStarts: at.lineStarts.slice(),
    values: values[k]!,
    scale: isBounded(track.spec, cell) ? 1 : track.peak(cell) || 1,
  }));
}

/** True for quantities that lie in [−1, 1]; c grows without bound, and so does a ReLU's h. */
function isBounded(spec: ModelSpec, { layer, quantity }: ColumnRequest): boolean {
  return quantity !== 'c' && !(quantity === 'h' && spec.layers[layer]!.cell === 'relu');
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
