import { describe, expect, it } from 'vitest';
import type { RunManifest } from '../../../src/core/formats/manifest.ts';
import { followedGeneration } from '../../../src/host/panels/heatmap-messages.ts';
import { joinPoints, liveProgress, shownPoints, shownRun } from '../../../src/host/panels/training-messages.ts';
import type { ShownRun } from '../../../src/protocol/training-panel.ts';
import { columnsOf, smoothed, tableRows, thinPoints } from '../../../webview/training/metrics.ts';
import { advice, factsLine, ngramWords, progressLine } from '../../../webview/training/words.ts';

const point = (chars: number, more: object = {}) => ({
  chars,
  seconds: chars / 1000,
  trainNats: 2,
  gradientNorm: 1,
  clipScale: 1,
  learningRate: 0.01,
  ...more,
});

describe('points of a training', () => {
  it('losses are shown in bits', () => {
    const columns = columnsOf([point(1, { trainNats: Math.LN2, validationNats: 2 * Math.LN2 }), point(2)]);
    expect(columns.train[0]).toBeCloseTo(1, 12);
    expect(columns.heldOut[0]).toBeCloseTo(2, 12);
    expect(columns.heldOut[1]).toBeNull();
  });

  it('a norm of nought has no place on a log axis', () => {
    expect(columnsOf([point(1, { gradientNorm: 0 })]).norm).toEqual([null]);
  });

  it('few points are shown as they are', () => {
    smoothed([5, 1, 5]).forEach((value, i) => {
      expect(value).toBeCloseTo([5, 1, 5][i]!, 3);
    });
  });

  it('smoothing keeps a constant, is not late, and calms', () => {
    for (const value of smoothed([3, 3, 3, 3])) expect(value).toBeCloseTo(3, 12);
    const ramp = smoothed(Array.from({ length: 201 }, (_, i) => i));
    expect(ramp[100]).toBeCloseTo(100, 6);
    const noisy = smoothed(Array.from({ length: 200 }, (_, i) => (i % 2 ? 1 : -1)));
    expect(Math.max(...noisy.slice(10, 90).map(Math.abs))).toBeLessThan(0.2);
  });

  it('thinning keeps evaluations, spikes and the end', () => {
    const points = Array.from({ length: 5000 }, (_, i) =>
      point(i, {
        ...(i % 490 === 489 ? { validationNats: i } : {}),
        gradientNorm: i === 1234 ? 99 : 1,
        clipScale: i === 1234 ? 0.01 : 1,
      }),
    );
    const thin = thinPoints(points, 200);
    expect(thin.length).toBeLessThanOrEqual(230);
    expect(thin.filter((entry) => entry.validationNats !== undefined).map((entry) => entry.chars)).toEqual(
      Array.from({ length: 10 }, (_, i) => 490 * i + 489),
    );
    expect(Math.max(...thin.map((entry) => entry.gradientNorm))).toBe(99);
    expect(Math.min(...thin.map((entry) => entry.clipScale))).toBe(0.01);
    expect(thin.at(-1)?.chars).toBe(4999);
    expect(thinPoints(points.slice(0, 5), 200)).toHaveLength(5);
  });

  it('the table has the evaluations, the newest first', () => {
    const points = Array.from({ length: 100 }, (_, i) => point(i, i % 10 === 9 ? { validationNats: 1 } : {}));
    expect(tableRows(points).map((row) => row.chars)).toEqual([99, 89, 79, 69, 59, 49, 39, 29, 19, 9]);
    expect(tableRows(points.slice(0, 5)).map((row) => row.chars)).toEqual([4, 3, 2, 1, 0]);
    expect(tableRows(points, 5)[0]?.chars).toBe(99);
  });

  it('what is stored and what came live are one line without doubles', () => {
    expect(joinPoints([point(1), point(2), point(3)], [point(3), point(4)]).map((entry) => entry.chars)).toEqual([
      1, 2, 3, 4,
    ]);
    expect(joinPoints([point(1)], []).map((entry) => entry.chars)).toEqual([1]);
  });

  it('a loss that is no number is left out; an evaluation that is none leaves its point', () => {
    const shown = shownPoints([
      point(1, { trainNats: Number.NaN }),
      point(2, { gradientNorm: Number.POSITIVE_INFINITY }),
      point(3, { validationNats: Number.NaN }),
      point(4, { validationNats: 1 }),
    ]);
    expect(shown.map((entry) => [entry.chars, entry.validationNats])).toEqual([
      [3, undefined],
      [4, 1],
    ]);
  });
});

describe('a run in words', () => {
  const run: ShownRun = {
    id: 'a',
    name: 'a',
    state: 'finished',
    description: '',
    message: null,
    trainedChars: 6_000_000,
    trainingSeconds: 120,
    clipNorm: 1,
    vocabularySize: 90,
    files: 10,
    text: { chars: 50_000, validation: 5000, test: 6000, languages: ['typescript', 'css'], splitInsideFiles: false },
    generations: [],
    best: null,
    heldOut: null,
    ngram: null,
  };
  const live = liveProgress({
    state: 'running',
    phase: 'training',
    trainedChars: 2_000_000,
    totalChars: 6_000_000,
    fraction: Number.NaN,
    secondsLeft: Number.POSITIVE_INFINITY,
    charsPerSecond: 50_000,
    points: [],
  });

  it('progress says how far, how fast, how long; nothing that is not known', () => {
    expect(progressLine(run, live)).toBe('training · 2.00 M of 6.00 M characters · 50.0 k characters/s');
    expect(progressLine(run, { ...live, secondsLeft: 65 })).toContain('1 min 05 s left');
    expect(progressLine(run, { ...live, state: 'paused' })).toBe('paused · 2.00 M of 6.00 M characters');
    expect(progressLine(run, null)).toBe('6.00 M characters in 2 min 00 s · 50.0 k characters/s');
    expect(live.fraction).toBe(0);
  });

  it('the facts name files, characters, languages, vocabulary and what is held out, by file or inside files', () => {
    const facts = '10 files, 50.0 k characters (typescript, css) · 90 characters in the vocabulary';
    expect(factsLine(run)).toBe(`${facts} · held out by file: 10% validation, 12% test`);
    const inside = { ...run, files: 1, text: { ...run.text, languages: ['css'], splitInsideFiles: true } };
    expect(factsLine({ ...inside, heldOut: { nats: 1, bits: 2, perplexity: 3 } })).toBe(
      'test parts: 2.000 bits/char (perplexity 3.00) · 1 file, 50.0 k characters (css) · 90 characters in the vocabulary · held out inside files: 10% validation, 12% test',
    );
  });

  it('a run that needs something says what', () => {
    expect(advice(run)).toBeNull();
    expect(advice({ ...run, state: 'interrupted' })).toContain('Press Resume');
    expect(advice({ ...run, state: 'failed', message: 'The disk is full' })).toMatch(/^The disk is full\. .*Resume/);
  });
});

describe('the n-gram line in words', () => {
  const ngram = { order: 20, trainedChars: 1_000_000, ofChars: 3_210_000, nats: 2 * Math.LN2 };

  it('says what was counted, what it achieves, and how the network stands to it', () => {
    expect(ngramWords(ngram, 2.25)).toBe(
      'n-grams of up to 20 characters, counted on 1.00 M of the 3.21 M training characters, need 2.000 bits a character on the same held-out text; the network at its best needs 2.250, 0.250 more.',
    );
    expect(ngramWords({ ...ngram, trainedChars: 5000, ofChars: 5000 }, 1.5)).toMatch(
      /counted on the 5\.0 k training characters.*needs 1\.500, 0\.500 fewer\.$/,
    );
    expect(ngramWords(ngram, null)).toMatch(/same held-out text\.$/);
  });

  it('comes from a manifest; one without it, or with a number that is none, has none', () => {
    const run = (more: object) =>
      shownRun('r', {
        name: 'R',
        state: 'finished',
        engine: { name: 'wasm', threads: 1 },
        parameters: 1,
        spec: { layers: [{ cell: 'lstm', hiddenSize: 4 }] },
        options: { architecture: 'lstm', clipNorm: 1 },
        corpus: { files: [], chars: {}, vocabularySize: 3 },
        generations: [],
        best: null,
        heldOut: null,
        trainedChars: 1,
        trainingSeconds: 1,
        ...more,
      } as unknown as RunManifest).ngram;
    expect(run({ ngram: { ...ngram, predictions: 7 } })).toEqual(ngram);
    expect(run({})).toBeNull();
    expect(run({ ngram: { ...ngram, nats: Number.NaN } })).toBeNull();
  });
});

describe('the checkpoint that is chosen', () => {
  const run = (state: RunManifest['state']) => ({
    manifest: { state, generations: [3, 4].map((number) => ({ number, trainedChars: 1, validationNats: null })) },
  });

  it('goes on with the training where it is the newest of a run that trains, or stands still for now', () => {
    for (const state of ['running', 'paused'] as const) {
      expect(followedGeneration(run(state), 4)).toBeNull();
      expect(followedGeneration(run(state), 3)).toBe(3);
    }
    for (const state of ['finished', 'interrupted', 'failed'] as const)
      expect(followedGeneration(run(state), 4)).toBe(4);
  });
});
