/** Packs pages of values for the webview: one buffer of exactly the size that travels (layout: protocol/heatmap.ts). */
import type { CellAddress, Page } from '../../protocol/inspector-service.ts';

export interface PackedCells {
  startLine: number;
  endLine: number;
  version: number;
  pending: boolean;
  cells: (CellAddress & { scale: number })[];
  buffer: ArrayBuffer;
}

/** All pages are of the same lines and version, one per cell. Throws where they are not. */
export function packPages(cells: readonly CellAddress[], pages: readonly Page[]): PackedCells {
  const [first] = pages;
  if (!first || pages.length !== cells.length) throw new Error(`Asked for ${cells.length} cells, got ${pages.length}.`);
  const lineCount = first.endLine - first.startLine;
  const total = first.lineStarts[lineCount] ?? 0;
  for (const page of pages) {
    if (page.startLine !== first.startLine || page.endLine !== first.endLine || page.values.length !== total)
      throw new Error('Pages of one answer must be of the same lines.');
  }
  const buffer = new ArrayBuffer(4 * (lineCount + 1) + 4 * total * pages.length);
  new Uint32Array(buffer, 0, lineCount + 1).set(first.lineStarts.subarray(0, lineCount + 1));
  pages.forEach((page, i) => {
    new Float32Array(buffer, 4 * (lineCount + 1) + 4 * total * i, total).set(page.values);
  });
  return {
    startLine: first.startLine,
    endLine: first.endLine,
    version: first.version,
    pending: pages.some((page) => page.pending),
    cells: cells.map((cell, i) => ({ ...cell, scale: usableScale(pages[i]!.scale) })),
    buffer,
  };
}

function usableScale(scale: number): number {
  return Number.isFinite(scale) && scale > 0 ? scale : 1;
}
