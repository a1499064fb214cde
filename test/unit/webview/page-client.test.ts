import { describe, expect, it } from 'vitest';
import { PageClient, type PageRequest, type Wanted } from '../../../webview/heatmap/page-client.ts';
import { cellKey, ValueStore } from '../../../webview/heatmap/values.ts';

const cell = { layer: 0, cell: 1, quantity: 'h' as const };
const next = { ...cell, cell: 2 };
const wanted: Wanted = {
  model: 'm',
  version: 3,
  lineCount: 1000,
  cell,
  overlays: [],
  neighbours: [next],
  visible: { start: 100, end: 140 },
  moving: 0,
};

function setUp() {
  const asked: PageRequest[] = [];
  const clock = { now: 0 };
  const store = new ValueStore(1000);
  const client = new PageClient(
    (request) => asked.push(request),
    () => clock.now,
  );
  const answer = (request: PageRequest): void => {
    client.answered(request.request);
    for (const each of request.cells) {
      const lines = Array.from({ length: request.endLine - request.startLine }, () => Float32Array.of(1));
      store.open(cellKey('m', each)).put(request.startLine, lines, 1);
    }
  };
  return { asked, clock, store, client, answer };
}

describe('what is asked for', () => {
  it('nothing that came unasked, which is no answer to what was asked', () => {
    const { asked, client, store, answer } = setUp();
    answer({ request: 0, version: 3, cells: [cell], startLine: 0, endLine: 120 });
    client.update(wanted, store);
    expect(asked.map(({ request, startLine, endLine }) => [request, startLine, endLine])).toEqual([[1, 120, 140]]);
    client.failed(0);
    client.update(wanted, store);
    expect(asked).toHaveLength(1);
    answer(asked[0]!);
    client.update(wanted, store);
    expect(asked).toHaveLength(2);
  });

  it('first what is in view, then around it, then the neighbours, then nothing', () => {
    const { asked, client, store, answer } = setUp();
    const ranges: unknown[] = [];
    for (let i = 0; i < 8; i++) {
      client.update(wanted, store);
      const request = asked[i];
      if (!request) break;
      ranges.push([request.cells.map((each) => each.cell), request.startLine, request.endLine]);
      answer(request);
    }
    expect(ranges).toEqual([
      [[1], 100, 140],
      [[1], 60, 220],
      [[2], 100, 140],
    ]);
    expect(asked[0]?.version).toBe(3);
  });

  it.each([
    [
      1,
      100,
      500,
      [
        [1, 100, 140],
        [1, 60, 572],
        [1, 572, 1000],
      ],
    ],
    [
      -1,
      900,
      500,
      [
        [1, 900, 940],
        [1, 468, 980],
        [1, 0, 468],
      ],
    ],
  ] as const)('while somebody scrolls (%i), much at a time and nothing for later', (moving, from, to, expected) => {
    const { asked, client, store, answer } = setUp();
    let waited = 0;
    for (let start: number = from; start !== to; start += moving) {
      const before = asked.length;
      client.update({ ...wanted, moving, visible: { start, end: start + 40 } }, store);
      // The first answer comes at once, the others take some lines' time: they serve what comes into view meanwhile.
      waited = asked.length > before ? 0 : waited + 1;
      if (asked.length === 1 || waited === 30) {
        answer(asked.at(-1)!);
        if (asked.length === 1) start -= moving;
      }
    }
    expect(asked.map(({ cells, startLine, endLine }) => [cells.length, startLine, endLine])).toEqual(expected);
    client.update({ ...wanted, visible: { start: to, end: to + 40 } }, store);
    expect(asked.at(-1)?.cells).toEqual([next]);
  });

  it('cells laid over it together with it, and alone where only they are missing', () => {
    const { asked, client, store, answer } = setUp();
    const over = { ...cell, cell: 7 };
    const under = { ...cell, cell: 8, quantity: 'tanhc' as const };
    client.update({ ...wanted, overlays: [over] }, store);
    expect(asked[0]?.cells).toEqual([cell, over]);
    answer(asked[0]!);
    // One more is added: it alone is asked for, and what is on its way is waited for.
    client.update({ ...wanted, overlays: [over, under] }, store);
    expect(asked[1]?.cells).toEqual([under]);
    expect([asked[1]?.startLine, asked[1]?.endLine]).toEqual([100, 140]);
    client.update({ ...wanted, overlays: [over, under] }, store);
    expect(asked).toHaveLength(2);
    answer(asked[1]!);
    client.update({ ...wanted, overlays: [over, under] }, store);
    expect(asked[2]?.cells).toEqual([cell, over, under]);
    expect([asked[2]?.startLine, asked[2]?.endLine]).toEqual([60, 220]);
  });

  it('one question at a time', () => {
    const { asked, client, store } = setUp();
    client.update(wanted, store);
    client.update(wanted, store);
    expect(asked).toHaveLength(1);
  });

  it('another cell replaces the question at once, another place when it is old', () => {
    const { asked, client, store, clock } = setUp();
    client.update(wanted, store);
    client.update({ ...wanted, cell: next, neighbours: [] }, store);
    expect(asked).toHaveLength(2);
    const elsewhere = { ...wanted, cell: next, visible: { start: 500, end: 540 } };
    client.update(elsewhere, store);
    expect(asked).toHaveLength(2);
    clock.now = 100;
    client.update(elsewhere, store);
    expect(asked[2]?.startLine).toBe(500);
  });

  it('what is in view goes before what is fetched ahead', () => {
    const { asked, client, store, answer } = setUp();
    client.update(wanted, store);
    answer(asked[0]!);
    client.update(wanted, store);
    expect(asked).toHaveLength(2);
    client.update({ ...wanted, visible: { start: 800, end: 840 } }, store);
    expect(asked[2]?.startLine).toBe(800);
  });

  it('a failure is not repeated until something changes', () => {
    const { asked, client, store } = setUp();
    client.update(wanted, store);
    client.failed(asked[0]!.request);
    client.update(wanted, store);
    expect(asked).toHaveLength(1);
    client.resume();
    client.update(wanted, store);
    expect(asked).toHaveLength(2);
  });

  it('an answer to an earlier question is told from one to the last', () => {
    const { asked, client, store } = setUp();
    client.update(wanted, store);
    client.update({ ...wanted, cell: next }, store);
    expect(client.answered(asked[0]!.request)).toBe(false);
    expect(client.answered(asked[1]!.request)).toBe(true);
  });
});
