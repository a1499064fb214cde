/** Unpacks a message of pages (layout: src/protocol/heatmap.ts). */
import type { Quantity } from '../../src/core/model/spec.ts';

export interface UnpackedCell {
  layer: number;
  cell: number;
  quantity: Quantity;
  scale: number;
  /** Values of each line, its newline's value last (the text's last line has none). Views on one buffer. */
  lines: Float32Array[];
}

interface PackedPages {
  startLine: number;
  endLine: number;
  cells: readonly { layer: number; cell: number; quantity: Quantity; scale: number }[];
  buffer: ArrayBuffer;
}

/** Null where the buffer's size and starts do not fit what the message says. */
export function unpackPages(packed: PackedPages): UnpackedCell[] | null {
  const lineCount = packed.endLine - packed.startLine;
  const head = 4 * (lineCount + 1);
  if (lineCount < 0 || packed.buffer.byteLength < head) return null;
  const starts = new Uint32Array(packed.buffer, 0, lineCount + 1);
  const total = starts[lineCount] ?? 0;
  if (packed.buffer.byteLength !== head + 4 * total * packed.cells.length) return null;
  for (let i = 0; i < lineCount; i++) if (starts[i]! > starts[i + 1]!) return null;
  if (starts[0] !== 0) return null;
  return packed.cells.map((cell, c) => {
    const values = new Float32Array(packed.buffer, head + 4 * total * c, total);
    const lines: Float32Array[] = [];
    for (let i = 0; i < lineCount; i++) lines.push(values.subarray(starts[i], starts[i + 1]));
    return { ...cell, lines };
  });
}
