import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { grammarSource } from '../../../scripts/grammars.ts';
import { referenceEngine } from '../../../src/core/engine/reference/reference.ts';
import { RunFolder } from '../../../src/core/formats/run-folder.ts';
import type { BirthPoint, LabelledConcept } from '../../../src/protocol/cell-evidence-service.ts';
import type { ModelReference } from '../../../src/protocol/inspector-service.ts';
import { CellEvidence } from '../../../src/worker/cell-evidence.ts';
import { Cells } from '../../../src/worker/cells.ts';
import { savePlanted, writePlantedRun } from '../core/cells/planted-run.ts';
import { MemoryStorage } from '../core/formats/memory-storage.ts';

const root = path.resolve(import.meta.dirname, '../../..');

function platformOf(storage: MemoryStorage) {
  return {
    openEngine: async () => referenceEngine(),
    storage: () => storage,
    readFile: async () => new Uint8Array(),
    readAsset: async (name: string) => readFileSync(grammarSource(root, path.basename(name))),
    pause: () => new Promise<void>((resolve) => setImmediate(resolve)),
  };
}

function listen<P>(signal = new AbortController().signal) {
  const told: P[] = [];
  return { told, context: { signal, progress: (message: P) => void told.push(message) } };
}

const modelAt = (generation: number): ModelReference => ({
  key: `p:${generation}`,
  kind: 'run',
  folder: 'p',
  generation,
});
const planted = { model: modelAt(1), userConcepts: [], quantities: [], layer: 0, cell: 0 };

describe('evidence of a planted run', () => {
  let storage: MemoryStorage;
  let evidence: CellEvidence;
  beforeAll(async () => {
    storage = new MemoryStorage();
    const folder = await writePlantedRun(storage, { files: 4 });
    await savePlanted(folder, 2000, true);
    evidence = new CellEvidence(platformOf(storage));
  });

  it('a cell’s scores are those of the search', async () => {
    const { told, context } = listen<{ fraction: number }>();
    const scores = await evidence.scoreCell(planted, context);
    const request = { ...planted, seed: 1, evidence: false };
    const { report } = await new Cells(platformOf(storage)).findCells(request, listen<never>().context);
    const quoted = report.concepts.find(({ concept }) => concept === 'double-quoted')!;
    const own = scores.concepts.find(({ concept }) => concept.concept === 'double-quoted')!;
    expect(quoted.best[0]!.cell).toBe(0);
    expect(own.candidate).toEqual(quoted.best[0]);
    expect(own.concept.base).toBe(quoted.base);
    expect(scores.generation).toBe(1);
    expect(told.every(({ fraction }) => fraction >= 0 && fraction <= 1)).toBe(true);
  });

  it('its picture says where its snippets stand', async () => {
    const question = { ...planted, quantity: 'tanhc', sign: 1, concept: 'double-quoted' } as const;
    const picture = await evidence.pictureCell(question, listen<{ fraction: number }>().context);
    expect(picture.portrait.openings).toBeGreaterThan(20);
    expect(picture.snippets.top).toHaveLength(6);
    const { documents } = await (await RunFolder.open(storage)).readCorpus();
    for (const { path: file, index, line, text, start } of Object.values(picture.snippets).flat()) {
      const whole = documents.find((document) => document.path === file)!;
      expect(whole.side).toBe('test');
      expect(whole.text.slice(start, start + text.length)).toBe(text);
      expect(whole.text.slice(0, index).split('\n')).toHaveLength(line!);
    }
    const unknown = evidence.pictureCell({ ...question, concept: 'gone' }, listen<{ fraction: number }>().context);
    await expect(unknown).rejects.toMatchObject({ code: 'no-concept' });
  });

  it('its clamp is felt at closing quotes', async () => {
    const clamp = await evidence.clampCell(planted, listen<{ fraction: number }>().context);
    const quote = clamp.classes.find(({ name }) => name === 'quote')!;
    expect(quote.rise).toBeGreaterThan(0.2);
    const strings = clamp.concepts.find(({ concept }) => concept === 'double-quoted')!;
    expect(strings.inside).toBeGreaterThan(0.3);
    expect(strings.outside).toBeLessThan(strings.inside / 5);
    const nothing = evidence.clampCell({ ...planted, cell: 24 }, listen<{ fraction: number }>().context);
    await expect(nothing).rejects.toMatchObject({ code: 'no-cell' });
  });

  it('it is born where the checkpoint with it is, point by point', async () => {
    const { told, context } = listen<{ fraction: number; point?: BirthPoint }>();
    const followed = { layer: 0, cell: 0, quantity: 'tanhc', sign: 1 } as const;
    const birth = await evidence.birthOfCells(
      { ...planted, generations: [2, 1], wanted: [{ concept: 'double-quoted', followed }] },
      context,
    );
    expect(birth.points.map(({ generation, trainedChars }) => [generation, trainedChars])).toEqual([
      [2, 2000],
      [1, 1000],
    ]);
    const [without, withIt] = birth.points.map(({ concepts }) => concepts[0]!);
    expect(withIt!.best).toMatchObject({ cell: 0, sign: 1 });
    expect(withIt!.best.ap).toBeGreaterThan(0.99);
    expect(withIt!.followed).toBeGreaterThan(0.99);
    expect(without!.best.ap).toBeLessThan(0.8);
    expect(told.flatMap(({ point }) => point ?? [])).toEqual(birth.points);
    const fractions = told.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  });

  it('n-grams learn from the training files only and are compared on the test files', async () => {
    const { told, context } = listen<{ learning: boolean; fraction: number }>();
    const answer = await evidence.compareBaseline({ ...planted, order: 5 }, context);
    const { documents } = await (await RunFolder.open(storage)).readCorpus();
    const chars = (side: string) => documents.reduce((sum, one) => sum + (one.side === side ? one.chars : 0), 0);
    expect(answer).toMatchObject({ order: 5, learned: chars('train'), training: chars('train'), test: { files: 4 } });
    expect(answer.tables.all.count).toBe(chars('test') - 4);
    // The planted network knows quotes and nothing else: the n-gram has words and punctuation.
    expect(answer.tables.all.baseline!).toBeLessThan(answer.tables.all.network!);
    for (const { values, index, start } of answer.wins.network) expect(values[index - start]).toBeGreaterThan(0);
    for (const { values, index, start } of answer.wins.baseline) expect(values[index - start]).toBeLessThan(0);
    expect(told[0]).toEqual({ learning: true, fraction: 0 });
  });

  it('tells which pattern of the user’s or the run’s own labels, and when it is done, for the question that waits for it', async () => {
    const userConcepts = [{ name: 'calls', pattern: '\\(\\)' }];
    const fresh = new CellEvidence(platformOf(storage));
    const labels = async (ask: (context: ReturnType<typeof listen>['context']) => Promise<unknown>) => {
      const { told, context } = listen<unknown>();
      await ask(context);
      return told.flatMap((one) => ('labelling' in (one as object) ? [(one as LabelledConcept).labelling] : []));
    };
    const question = { ...planted, userConcepts, quantity: 'tanhc', sign: 1, concept: null } as const;
    const first = await labels((context) => fresh.pictureCell(question, context));
    expect(first.length).toBeGreaterThan(0);
    expect(first).toEqual(first.map((_, k) => (k % 2 === 0 ? 'calls' : null)));
    const score = labels((context) => fresh.scoreCell({ ...planted, userConcepts }, context));
    const clamp = labels((context) => fresh.clampCell({ ...planted, userConcepts }, context));
    for (const told of await Promise.all([score, clamp])) expect(told).toContain('calls');
  });

  it('questions wait for each other, and one that is cancelled ends without harm to the next', async () => {
    const controller = new AbortController();
    const first = evidence.scoreCell(
      { ...planted, model: modelAt(2) },
      listen<{ fraction: number }>(controller.signal).context,
    );
    const second = evidence.clampCell(planted, listen<{ fraction: number }>().context);
    controller.abort();
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    expect((await second).generation).toBe(1);
  });

  it('a model file keeps no text to look at', async () => {
    const file: ModelReference = { key: 'f', kind: 'file', path: 'm.safetensors' };
    const answer = evidence.scoreCell({ ...planted, model: file }, listen<{ fraction: number }>().context);
    await expect(answer).rejects.toMatchObject({ code: 'no-run' });
  });

  it('a run whose text is not kept says so', async () => {
    const bare = new MemoryStorage();
    await writePlantedRun(bare, { files: 2 });
    await bare.remove('corpus.jsonl');
    const answer = new CellEvidence(platformOf(bare)).compareBaseline(
      { ...planted, order: 3 },
      listen<{ learning: boolean; fraction: number }>().context,
    );
    await expect(answer).rejects.toMatchObject({ code: 'no-text' });
  });
});
