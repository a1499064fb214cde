import { describe, expect, it } from 'vitest';
import { packPages } from '../../../src/host/panels/pack-pages.ts';
import { toHeatmap } from '../../../src/protocol/heatmap.ts';
import type { CellAddress, Page } from '../../../src/protocol/inspector-service.ts';
import { unpackPages } from '../../../webview/heatmap/pages.ts';

const cells: CellAddress[] = [
  { layer: 0, cell: 14, quantity: 'tanhc' },
  { layer: 1, cell: 3, quantity: 'f' },
];
/** Lines of 3, 1 and 0 characters; the values are views into larger buffers, as a worker may hand them over. */
function page(first: number): Page {
  const all = Float32Array.from({ length: 10 }, (_, i) => first + i);
  return {
    version: 7,
    startLine: 5,
    endLine: 8,
    lineStarts: Uint32Array.of(0, 3, 4, 4),
    values: all.subarray(2, 6),
    scale: first,
    pending: first > 100,
  };
}

describe('packed pages', () => {
  const packed = packPages(cells, [page(1), page(101)]);

  it('come out as they went in', () => {
    const out = unpackPages(packed)!;
    expect(out.map(({ layer, cell, quantity, scale }) => [layer, cell, quantity, scale])).toEqual([
      [0, 14, 'tanhc', 1],
      [1, 3, 'f', 101],
    ]);
    expect(out.map(({ lines }) => lines.map((line) => [...line]))).toEqual([
      [[3, 4, 5], [6], []],
      [[103, 104, 105], [106], []],
    ]);
    expect(packed.pending).toBe(true);
  });

  it('the buffer is exactly as large as what travels', () => {
    expect(packed.buffer.byteLength).toBe(4 * 4 + 2 * 4 * 4);
  });

  it('the message passes its own guard', () => {
    expect(toHeatmap.pages.is(toHeatmap.pages({ request: 1, id: 'x', model: 'm', ...packed }))).toBe(true);
  });

  it('a buffer that does not fit is refused', () => {
    expect(unpackPages({ ...packed, buffer: packed.buffer.slice(4) })).toBeNull();
    expect(unpackPages({ ...packed, endLine: packed.endLine + 1 })).toBeNull();
    expect(unpackPages({ ...packed, cells: packed.cells.slice(0, 1) })).toBeNull();
    const unordered = packed.buffer.slice();
    new Uint32Array(unordered, 0, 4).set([0, 4, 3, 4]);
    expect(unpackPages({ ...packed, buffer: unordered })).toBeNull();
    expect(unpackPages({ ...packed, buffer: new ArrayBuffer(0) })).toBeNull();
  });

  it('pages of different lines are not packed together', () => {
    expect(() => packPages(cells, [page(1), { ...page(2), endLine: 9 }])).toThrow(/same lines/);
    expect(() => packPages(cells, [page(1)])).toThrow(/2 cells/);
  });

  it('a scale that cannot be divided by is one', () => {
    expect(packPages(cells.slice(0, 1), [{ ...page(1), scale: 0 }]).cells[0]?.scale).toBe(1);
    expect(packPages(cells.slice(0, 1), [{ ...page(1), scale: Number.NaN }]).cells[0]?.scale).toBe(1);
  });
});
