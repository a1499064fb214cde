import { describe, expect, it } from 'vitest';
import { Corpus } from '../../../../src/core/corpus/corpus.ts';
import { drySummary, drySummaryRows, durationWords } from '../../../../src/core/corpus/dry-summary.ts';
import type { WalkReport } from '../../../../src/core/corpus/walk.ts';
import { codeLike } from './texts.ts';

const report: WalkReport = { files: 12, bytes: 1, leftOut: [], sampled: false, invalid: { files: 0, places: 0 } };
const expected = { parameters: 12345, seconds: 200, memoryBytes: 52_400_000 };

describe('the summary before training', () => {
  it('counts files, characters and languages', async () => {
    const files = Array.from({ length: 12 }, (_, k) => ({
      path: `f${k}`,
      language: k < 9 ? 'typescript' : 'python',
      text: codeLike(k, 1000),
    }));
    const summary = drySummary((await Corpus.build(files, { seed: 1, minCount: 3 })).summary, report, expected);
    const chars = files.reduce((sum, file) => sum + file.text.length, 0);
    expect(summary).toMatchObject({ files: 12, chars, splitInsideFiles: false });
    expect(summary.languages.map(({ language, files: count }) => [language, count])).toEqual([
      ['typescript', 9],
      ['python', 3],
    ]);
    const rows = new Map(drySummaryRows(summary));
    expect(rows.get('Expected time')).toBe('about 3 minutes');
    expect(rows.get('Expected memory')).toBe('52 MB');
    expect(rows.get('Split')).toContain('by file');
    expect(rows.has('Sample')).toBe(false);
  });

  it('counts a file once that is split inside, and says so', async () => {
    const files = [{ path: 'a.ts', language: 'typescript', text: codeLike(1, 4000) }];
    const summary = drySummary((await Corpus.build(files, { seed: 1, minCount: 3 })).summary, report, expected);
    expect(summary.files).toBe(1);
    expect(summary.chars).toBe(files[0]!.text.length);
    expect(new Map(drySummaryRows(summary)).get('Split')).toContain('inside files');
  });

  it('tells a duration in words', () => {
    expect([20, 70, 130, 7200].map(durationWords)).toEqual([
      'under a minute',
      'about a minute',
      'about 2 minutes',
      'about 2.0 hours',
    ]);
  });
});
