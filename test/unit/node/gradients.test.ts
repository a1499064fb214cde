import { beforeEach, describe, expect, it } from 'vitest';
import { Corpus } from '../../../src/core/corpus/corpus.ts';
import type { CorpusDocument } from '../../../src/core/corpus/document.ts';
import { nextCharacters, Vocabulary } from '../../../src/core/corpus/vocabulary.ts';
import { referenceEngine } from '../../../src/core/engine/reference/reference.ts';
import { encodeCheckpoint } from '../../../src/core/formats/index.ts';
import { RunFolder } from '../../../src/core/formats/run-folder.ts';
import { choosePositions } from '../../../src/core/gradients/positions.ts';
import { gradientReport } from '../../../src/core/gradients/report.ts';
import { specOf } from '../../../src/core/training/model-of-options.ts';
import { defaultOptions } from '../../../src/core/training/options.ts';
import type { ModelReference } from '../../../src/protocol/inspector-service.ts';
import type { CallContext } from '../../../src/worker/channel.ts';
import { chooseHeldOut, fittingLags, mostCharacters } from '../../../src/worker/gradient-texts.ts';
import { Gradients } from '../../../src/worker/gradients.ts';
import { MemoryStorage } from '../core/formats/memory-storage.ts';
import { tinyManifest } from '../core/formats/run-fixtures.ts';
import { sampleFiles } from '../core/training/trainer-fixtures.ts';

const options = { ...defaultOptions, hiddenSize: 5 };
const start = { kind: 'fresh', seed: 3, init: 'uniform' } as const;
const limits = { maxTime: 0, maxBatch: 1 };

function context(signal = new AbortController().signal) {
  const fractions: number[] = [];
  const told: CallContext<{ fraction: number }> = { signal, progress: ({ fraction }) => fractions.push(fraction) };
  return { told, fractions };
}

describe('gradients of a run', () => {
  let gradients: Gradients;
  let corpus: Corpus;
  const model: ModelReference = { key: 'r:1', kind: 'run', folder: 'run', generation: 1 };
  const request = { model, texts: null, positions: 40, lags: 30 };

  beforeEach(async () => {
    corpus = await Corpus.build(sampleFiles(24), { seed: 1, minCount: 1 });
    const spec = specOf(options, corpus.vocabulary);
    const storage = new MemoryStorage();
    const manifest = { ...tinyManifest(), spec, options, corpus: corpus.summary };
    const folder = await RunFolder.create(storage, manifest, corpus.snapshot());
    const session = await (await referenceEngine().open(spec, start, limits)).save();
    await folder.saveGeneration({ trainedChars: 0, validationNats: null, trainer: null, session });
    const bytes = encodeCheckpoint(spec, session.parameters);
    gradients = new Gradients({
      openEngine: async () => referenceEngine(),
      storage: () => storage,
      readFile: async () => bytes,
      readAsset: async () => new Uint8Array(),
      pause: () => new Promise((resolve) => setImmediate(resolve)),
    });
  });

  /** Texts of a side as the core reads them, in the order of the answer's files. */
  const streams = (paths: readonly string[]) => {
    const vocabulary = new Vocabulary(corpus.vocabulary.entries, corpus.vocabulary.unknown);
    return paths.map((path) => {
      const inputs = vocabulary.encode(corpus.documents.find((document) => document.path === path)!.text);
      return { inputs, targets: nextCharacters(inputs) };
    });
  };

  it('are what the core measures on the test files, and tell how far they are', async () => {
    const { told, fractions } = context();
    const summary = await gradients.gradientReport(request, told);
    const { files, side, chars } = summary.texts;
    const expectedFiles = corpus.documents.filter((document) => document.side === 'test').map(({ path }) => path);
    expect([side, [...files].sort()]).toEqual(['test', expectedFiles.sort()]);
    expect(chars).toBe(corpus.chars('test'));

    const session = await referenceEngine().open(specOf(options, corpus.vocabulary), start, limits);
    const texts = streams(files);
    const expected = await gradientReport(session, texts, choosePositions(texts, 40, 30, 1), 30);
    expect(summary).toMatchObject({ generation: 1, lags: 30, positions: 40 });
    const [layer] = summary.layers;
    expect(layer!.profile.h.horizon).toBe(expected.layers[0]!.profile.h.horizon);
    // The run keeps its weights in float32.
    expected.layers[0]!.profile.c!.relative.forEach((value, k) => {
      expect(layer!.profile.c!.relative[k]).toBeCloseTo(value, 5);
    });
    expect(layer!.spectrum.map(({ gate }) => gate)).toEqual(['i', 'f', 'g', 'o']);
    expect(fractions.at(-1)).toBe(1);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  });

  it('come in every part', async () => {
    const { told } = context();
    const contribution = await gradients.gradientContribution(request, told);
    const shares = contribution.layers[0]!.share.reduce((sum, share) => sum + share, 0);
    expect(shares).toBeCloseTo(1, 6);
    const jacobians = await gradients.gradientJacobians(request, told);
    expect(jacobians.steps.at(-1)).toBe(30);
    expect(jacobians.layers[0]).toMatchObject({ bound: null });
    expect(jacobians.layers[0]!.median.every((norm) => norm > 0)).toBe(true);
    const memory = await gradients.gradientMemory(request, told);
    expect(memory.layers[0]).toMatchObject({ gate: 'f' });
    expect(memory.layers[0]!.horizons).toHaveLength(5);
    const horizon = await gradients.gradientHorizon(request, told);
    const report = await gradients.gradientReport(request, told);
    expect(horizon.layers[0]!.h).toBe(report.layers[0]!.profile.h.horizon);
  });

  it('reach of one prediction: its last character is its own, and an unknown logit is told', async () => {
    const { told } = context();
    const [text] = await gradients.gradientTexts({ model, texts: null, lags: 30 });
    expect(corpus.documents.find(({ path }) => path === text!.path)!.text).toBe(text!.text);
    const question = { model, texts: null, document: 0, at: 60, lags: 30, logit: null };
    const reach = await gradients.gradientReach(question, told);
    expect([reach.first, reach.at, reach.x.length]).toEqual([30, 60, 31]);
    expect(reach.layers[0]!.h[30]).toBeGreaterThan(0);
    const logit = await gradients.gradientReach({ ...question, logit: '(' }, told);
    expect(logit.x[30]).not.toBe(reach.x[30]);
    await expect(gradients.gradientReach({ ...question, document: 99 }, told)).rejects.toMatchObject({
      code: 'no-document',
    });
  });

  it('end when they are cancelled', async () => {
    const controller = new AbortController();
    const { told } = context(controller.signal);
    const answer = gradients.gradientReport(request, { ...told, progress: () => controller.abort() });
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('a model file is measured on the text that is given, and has none of its own', async () => {
    const file: ModelReference = { key: 'f', kind: 'file', path: 'm.safetensors' };
    const { told } = context();
    await expect(gradients.gradientReport({ ...request, model: file }, told)).rejects.toMatchObject({ code: 'no-run' });
    const [{ path, text }] = corpus.documents as [CorpusDocument];
    const given = { ...request, model: file, texts: [{ path, text: text.replaceAll('\n', '\r\n') }] };
    const summary = await gradients.gradientReport(given, told);
    expect(summary).toMatchObject({ generation: null, texts: { side: 'given', files: [path] } });
    expect(summary.texts.chars).toBe([...text].length);
    const run = await gradients.gradientReport({ ...request, texts: [{ path, text }] }, told);
    expect(summary.layers[0]!.profile.h).toEqual(run.layers[0]!.profile.h);
    const reach = await gradients.gradientReach({ ...given, document: 0, at: 60, logit: null }, told);
    expect(reach.x).toHaveLength(31);
    await expect(gradients.gradientReport({ ...given, texts: [{ path, text: 'short' }] }, told)).rejects.toMatchObject({
      code: 'too-short',
      message: /Open a longer file/,
    });
  });
});

describe('held-out texts', () => {
  const document = (path: string, side: CorpusDocument['side'], chars: number): CorpusDocument => ({
    path,
    side,
    chars,
    text: 'x'.repeat(chars),
    language: 'plaintext',
    sha256: '',
  });

  it('are test files up to a limit, the last one cut; the same ones each time', () => {
    const documents = ['a', 'b', 'c'].map((path) => document(path, 'test', 25_000));
    const chosen = chooseHeldOut([document('t', 'train', 9), ...documents], 200, 1);
    expect(chosen.documents.reduce((sum, { text }) => sum + text.length, 0)).toBe(mostCharacters);
    expect(chosen.documents.at(-1)!.text).toHaveLength(10_000);
    expect(chooseHeldOut(documents, 200, 1).documents.map(({ path }) => path)).toEqual(
      chosen.documents.map(({ path }) => path),
    );
    expect(chosen.side).toBe('test');
  });

  it('of the validation side where no test file is long enough', () => {
    const documents = [document('short', 'test', 40), document('long', 'validation', 900)];
    expect(chooseHeldOut(documents, 200, 1)).toMatchObject({ side: 'validation', documents: [{ path: 'long' }] });
    expect(chooseHeldOut(documents.slice(0, 1), 200, 1).side).toBe('test');
  });

  it('lags are halved until enough predictions have so many characters before them', () => {
    const stream = (length: number) => {
      const inputs = new Int32Array(length);
      return { inputs, targets: nextCharacters(inputs) };
    };
    expect(fittingLags([stream(400)], 200)).toBe(200);
    expect(fittingLags([stream(200)], 200)).toBe(100);
    expect(fittingLags([stream(50), stream(50)], 200)).toBe(12);
    expect(fittingLags([stream(20)], 200)).toBe(0);
  });
});
