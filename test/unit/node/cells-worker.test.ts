import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { grammarSource } from '../../../scripts/grammars.ts';
import { overallFraction } from '../../../src/core/cells/progress.ts';
import { bestCandidates, namedCells } from '../../../src/core/cells/standing.ts';
import { referenceEngine } from '../../../src/core/engine/reference/reference.ts';
import { encodeCellsFile, parseCellsFile } from '../../../src/core/formats/cells-file.ts';
import type { Storage } from '../../../src/core/formats/storage.ts';
import type { CellsProgress, CellsRequest, FoundCells } from '../../../src/protocol/cells-service.ts';
import type { ModelReference } from '../../../src/protocol/inspector-service.ts';
import { Cells } from '../../../src/worker/cells.ts';
import type { CallContext } from '../../../src/worker/channel.ts';
import { savePlanted, writePlantedRun } from '../core/cells/planted-run.ts';
import { MemoryStorage } from '../core/formats/memory-storage.ts';

const root = path.resolve(import.meta.dirname, '../../..');

function worker(storage: Storage): Cells {
  return new Cells({
    openEngine: async () => referenceEngine(),
    storage: () => storage,
    readFile: async () => new Uint8Array(),
    readAsset: async (name) => readFileSync(grammarSource(root, path.basename(name))),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  });
}

const model: ModelReference = { key: 'run:planted:current', kind: 'run', folder: 'planted', generation: null };
const request: CellsRequest = { model, userConcepts: [], quantities: [], seed: 1, evidence: true };

function listen(signal = new AbortController().signal) {
  const told: CellsProgress[] = [];
  const context: CallContext<CellsProgress> = { signal, progress: (message) => told.push(structuredClone(message)) };
  return { told, context };
}

describe('cells of a run', () => {
  let storage: MemoryStorage;
  let cells: Cells;
  beforeEach(async () => {
    storage = new MemoryStorage();
    await writePlantedRun(storage);
    cells = worker(storage);
  });

  describe('with evidence', () => {
    let found: FoundCells;
    let told: CellsProgress[];
    beforeAll(async () => {
      const own = new MemoryStorage();
      await writePlantedRun(own);
      const listener = listen();
      found = await worker(own).findCells(request, listener.context);
      told = listener.told;
    });

    it('name the planted cell for the concept of the grammar, on the texts that the run keeps', () => {
      expect(found).toMatchObject({
        generation: 1,
        trainedChars: 1000,
        texts: { validation: { files: 7 }, test: { files: 7 }, withoutGrammar: [] },
        report: { complete: true },
      });
      const names = namedCells(found.report).map(({ concept, candidate }) => [concept.concept, candidate.cell]);
      expect(names).toContainEqual(['double-quoted', 0]);
      expect(names.every(([, cell]) => cell === 0)).toBe(true);
      expect(bestCandidates(found.report).map(({ concept }) => concept.concept)).not.toContain('double-quoted');
    });

    it('tell how far they are, and never go back', () => {
      const fractions = told.map(({ stage, fraction }) => overallFraction(stage, fraction, true));
      expect(fractions.length).toBeGreaterThan(5);
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    });

    it('come part by part: scores first, then what the evidence adds', () => {
      const partial = told.flatMap(({ report }) => report ?? []);
      expect(partial.length).toBeGreaterThan(2);
      expect(partial.every(({ complete }) => !complete)).toBe(true);
      const planted = partial.map(
        ({ concepts }) => concepts.find(({ concept }) => concept === 'double-quoted')!.best[0]!,
      );
      expect(planted[0]).toMatchObject({ cell: 0, named: false, shift: null });
      expect(planted[0]!.ap).toBeGreaterThan(0.99);
      expect(planted.at(-1)!.named).toBe(true);
    });

    it('are the same after they were kept in a file', () => {
      const { report, generation, trainedChars, texts } = found;
      const file = {
        formatVersion: 1,
        generation,
        trainedChars,
        measured: '2030-01-01T00:00:00.000Z',
        seed: 1,
        concepts: 1,
        userConcepts: [],
        quantities: [],
        texts,
        report,
      } as const;
      expect(parseCellsFile(encodeCellsFile({ ...file, userConcepts: [], quantities: [] }))).toEqual(file);
    });
  });

  it('are scored without names where no evidence is wanted, for a concept of the user’s own too', async () => {
    const userConcepts = [{ name: 'calls', pattern: '\\(\\)' }];
    const { told, context } = listen();
    const { report } = await cells.findCells({ ...request, evidence: false, userConcepts }, context);
    expect(report).toMatchObject({ named: 0, complete: false });
    const own = report.concepts.find(({ concept }) => concept === 'user:calls')!;
    expect(own.positives).toBeGreaterThan(0);
    expect(own.best[0]!.ap).toBeGreaterThan(own.base);
    // Who waits is told which pattern runs, before it does.
    const labelling = told.flatMap((message) => ('labelling' in message ? [message.labelling] : []));
    expect(labelling.slice(0, 2)).toEqual(['calls', null]);
  });

  it('are scored by their gates on request: the input gate alone tells the quotes themselves', async () => {
    const userConcepts = [{ name: 'quote', pattern: '"' }];
    const scored = async (quantities: CellsRequest['quantities']) => {
      const asked = { ...request, evidence: false, userConcepts, quantities };
      const { report } = await cells.findCells(asked, listen().context);
      return report.concepts.find(({ concept }) => concept === 'user:quote')!.best[0]!;
    };
    expect(await scored(['i', 'f', 'z'])).toMatchObject({ cell: 0, quantity: 'i', sign: 1, ap: 1 });
    const { quantity, ap } = await scored([]);
    expect(['tanhc', 'h']).toContain(quantity);
    expect(ap).toBeLessThan(0.9);
  });

  it('are those of the best checkpoint', async () => {
    const folder = await writePlantedRun(new MemoryStorage());
    const second = await savePlanted(folder, 2000, true);
    const found = await worker(folder.storage).findCells({ ...request, evidence: false }, listen().context);
    expect(found).toMatchObject({ generation: second, trainedChars: 2000 });
    const quoted = found.report.concepts.find(({ concept }) => concept === 'double-quoted')!;
    expect(quoted.best[0]!.ap).toBeLessThan(0.9);
  });

  it('end where they are cancelled', async () => {
    const stop = new AbortController();
    const context: CallContext<CellsProgress> = {
      signal: stop.signal,
      progress: ({ report }) => {
        if (report) stop.abort();
      },
    };
    await expect(cells.findCells(request, context)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('are refused with a reason', async () => {
    const { context } = listen();
    const rejection = (changes: Partial<CellsRequest>) => cells.findCells({ ...request, ...changes }, context);
    await expect(rejection({ model: { key: 'f', kind: 'file', path: 'model.safetensors' } })).rejects.toMatchObject({
      code: 'no-run',
    });
    await expect(rejection({ userConcepts: [{ name: 'broken', pattern: '(' }] })).rejects.toMatchObject({
      code: 'bad-concept',
      message: expect.stringMatching(/“broken”.*not a regular expression/),
    });
    const empty = new MemoryStorage();
    await writePlantedRun(empty, { files: 0 });
    await expect(worker(empty).findCells(request, context)).rejects.toMatchObject({
      code: 'no-held-out-text',
      message: expect.stringContaining('more files'),
    });
  });
});
