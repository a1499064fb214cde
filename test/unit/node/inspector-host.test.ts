import { describe, expect, it } from 'vitest';
import type * as vscode from 'vscode';
import { sha256 } from '../../../src/core/corpus/sha256.ts';
import type { CorpusFileEntry } from '../../../src/core/formats/manifest.ts';
import type { ModelSpec } from '../../../src/core/model/spec.ts';
import {
  fittingCell,
  liveliestCells,
  parseCell,
  rememberedCell,
  restlessness,
} from '../../../src/host/inspection/cell-choice.ts';
import { rememberedModel } from '../../../src/host/inspection/model-choice.ts';
import { SplitSides } from '../../../src/host/inspection/split-sides.ts';

const spec: ModelSpec = {
  formatVersion: 1,
  layers: [
    { cell: 'lstm', hiddenSize: 8, directions: ['forward'] },
    { cell: 'gru', hiddenSize: 4, directions: ['forward'] },
  ],
  connections: 'none',
  vocabulary: ['a'],
  unknown: null,
};

describe('the chosen cell', () => {
  it('fits the model that is open', () => {
    expect(fittingCell(spec, { layer: 0, cell: 7, quantity: 'f' })).toEqual({ layer: 0, cell: 7, quantity: 'f' });
    expect(fittingCell(spec, { layer: 5, cell: 90, quantity: 'tanhc' })).toEqual({ layer: 1, cell: 3, quantity: 'h' });
  });

  it('is read from what a person types', () => {
    const current = { layer: 0, cell: 1, quantity: 'c' as const };
    expect(parseCell('5', spec, current)).toEqual({ layer: 0, cell: 5, quantity: 'c' });
    expect(parseCell('1·2', spec, current)).toEqual({ layer: 1, cell: 2, quantity: 'h' });
    expect(parseCell('layer 0, cell 3 f', spec, current)).toEqual({ layer: 0, cell: 3, quantity: 'f' });
    expect(parseCell('', spec, current)).toMatch(/Type a cell/);
    expect(parseCell('1 2 3', spec, current)).toMatch(/Type a cell/);
    expect(parseCell('2 0', spec, current)).toMatch(/no layer 2.*0 to 1/);
    expect(parseCell('1 4', spec, current)).toMatch(/no cell 4.*0 to 3/);
    expect(parseCell('1 2 f', spec, current)).toMatch(/no quantity f.*h, z, r, n/);
  });

  it('is sought among those that move most', () => {
    const cells = [0, 0.2, 0.7, 0.1].map((deviation, cell) => ({ layer: 0, cell, deviation }));
    const all = [...cells, { layer: 1, cell: 0, deviation: 0.6 }];
    expect(liveliestCells(all, 3)).toEqual([
      { layer: 0, cell: 2 },
      { layer: 1, cell: 0 },
    ]);
    expect(liveliestCells(all, 1)).toEqual([{ layer: 0, cell: 2 }]);
    expect(liveliestCells([{ layer: 0, cell: 0, deviation: 0 }], 3)).toEqual([]);
  });

  it('is restless where it answers to single characters, steady where it holds a state', () => {
    const flickering = Array.from({ length: 100 }, (_, t) => (t % 2 ? 1 : -1));
    const holding = Array.from({ length: 100 }, (_, t) => (t < 50 ? 1 : -1));
    expect(restlessness(flickering)).toBeCloseTo(2);
    expect(restlessness(holding)).toBeCloseTo(2 / 99);
    expect(restlessness([1, 1, 1])).toBe(Number.POSITIVE_INFINITY);
  });

  it('is remembered only where it is one', () => {
    const cell = { layer: 1, cell: 2, quantity: 'z' };
    expect(rememberedCell(cell)).toEqual(cell);
    for (const wrong of [null, 3, {}, { ...cell, quantity: 'x' }, { ...cell, layer: -1 }, { ...cell, cell: '2' }])
      expect(rememberedCell(wrong)).toBe(null);
  });
});

describe('the remembered model', () => {
  it('is taken only where it is a reference', () => {
    const run = { key: 'run:a:current', kind: 'run', folder: '/r/a', generation: null };
    expect(rememberedModel(run)).toEqual(run);
    expect(rememberedModel({ ...run, generation: 4 })).toMatchObject({ generation: 4 });
    expect(rememberedModel({ key: 'f', kind: 'file', path: '/m', more: 1 })).toEqual({
      key: 'f',
      kind: 'file',
      path: '/m',
    });
    const file = { key: 'f', kind: 'file', path: '/m', vocabulary: '/v.json' };
    expect(rememberedModel(file)).toEqual(file);
    for (const wrong of [undefined, 'run', { kind: 'run' }, { ...run, folder: 1 }, { ...run, generation: 'x' }])
      expect(rememberedModel(wrong)).toBe(null);
  });
});

describe('the side of the split', () => {
  const document = (path: string, text: string, isDirty = false, version = 1) =>
    ({ uri: { path }, version, isDirty, getText: () => text }) as unknown as vscode.TextDocument;
  const entry = async (path: string, side: CorpusFileEntry['side'], text: string): Promise<CorpusFileEntry> => ({
    path,
    side,
    language: 'typescript',
    chars: text.length,
    sha256: await sha256(text),
  });

  /** Asks twice: at once, and after the text was compared. */
  async function ask(sides: SplitSides, known: Promise<unknown>, text: vscode.TextDocument, files: CorpusFileEntry[]) {
    const first = sides.of(text, files);
    await known;
    return [first, sides.of(text, files)];
  }
  function watched() {
    let tell = (_: unknown): void => {};
    const known = new Promise((resolve) => {
      tell = resolve;
    });
    return { sides: new SplitSides((text) => text.uri.path, tell), known };
  }

  it('is found by path, and a change by the text', async () => {
    const files = [await entry('a.ts', 'test', 'one\ntwo'), await entry('b.ts', 'train', 'x')];
    const same = watched();
    expect(await ask(same.sides, same.known, document('a.ts', 'one\r\ntwo'), files)).toEqual([
      { side: 'test', changed: false },
      { side: 'test', changed: false },
    ]);
    const edited = watched();
    expect(await ask(edited.sides, edited.known, document('a.ts', 'one'), files)).toEqual([
      { side: 'test', changed: false },
      { side: 'test', changed: true },
    ]);
    expect(watched().sides.of(document('a.ts', 'one', true), files)).toEqual({ side: 'test', changed: true });
  });

  it('is found by text where the file was moved', async () => {
    const files = [await entry('a.ts', 'validation', 'one')];
    const { sides, known } = watched();
    expect(await ask(sides, known, document('moved.ts', 'one'), files)).toEqual([
      null,
      { side: 'validation', changed: false },
    ]);
  });

  it('is partly held out for a file that was split inside, in whatever order its parts come', async () => {
    const part = { ...(await entry('a.ts', 'test', 'one')), range: { start: 2, end: 3 } };
    const files = [part, { ...part, side: 'train' as const }, { ...part, side: 'validation' as const }];
    for (const order of [files, files.toReversed()])
      expect(watched().sides.of(document('a.ts', 'one'), order)?.side).toBe('partly');
    expect(watched().sides.of(document('a.ts', 'one'), [{ ...part, side: 'train' }])?.side).toBe('train');
  });

  it('of files that are alike the one that was trained on counts', async () => {
    const files = [await entry('a.ts', 'test', 'one'), await entry('b.ts', 'train', 'one')];
    const { sides, known } = watched();
    expect((await ask(sides, known, document('copy.ts', 'one'), files))[1]?.side).toBe('train');
  });

  it('is none for a text that is no part of the run', async () => {
    expect(watched().sides.of(document('c.ts', 'new'), [await entry('a.ts', 'test', 'one')])).toBe(null);
  });
});
