import { describe, expect, it } from 'vitest';
import { Corpus } from '../../../src/core/corpus/corpus.ts';
import type { LeftOut } from '../../../src/core/corpus/left-out.ts';
import type { PlannedTraining } from '../../../src/host/training/controller.ts';
import { summaryDetail, summaryLine } from '../../../src/host/training/summary.ts';
import { codeLike } from '../core/corpus/texts.ts';

const leftOut: LeftOut[] = [
  { reason: 'lock-file', files: 1, folders: 0, examples: ['yarn.lock'] },
  { reason: 'ignored', files: 2, folders: 3, examples: [] },
  { reason: 'binary', files: 4, folders: 0, examples: [] },
];

async function planned(files: number, left = leftOut): Promise<PlannedTraining> {
  const sources = Array.from({ length: files }, (_, k) => ({
    path: `f${k}`,
    language: 'typescript',
    text: codeLike(k, 4000),
  }));
  const { summary } = await Corpus.build(sources, { seed: 1, minCount: 3 });
  return {
    plan: {
      corpus: { ...summary, vocabularySize: 41 },
      parameters: 1,
      memoryBytes: 2 ** 24,
      engine: { name: 'wasm', threads: 1 },
      charsPerSecond: 1,
      expectedSeconds: 200,
      start: { kind: 'fresh', reason: null },
    },
    reading: {
      folders: [],
      report: { files, bytes: 1, leftOut: left, sampled: false, invalid: { files: 0, places: 0 } },
    },
  };
}

describe('what a person is told before training', () => {
  it('unasked: files, characters, languages, vocabulary, what was left out most and why, minutes and memory', async () => {
    expect(summaryLine(await planned(12))).toBe(
      '12 files, 48 k characters (typescript) · 41 characters in the vocabulary · ' +
        'left out: ignored by .gitignore (2 files, 3 folders); binary, not text (4 files); 1 more reason · ' +
        'expected about 3 minutes and 16.0 MB of memory',
    );
  });

  it('a language that the settings of a workspace name is words, no link and no icon', async () => {
    const base = await planned(2);
    const files = base.plan.corpus.files.map((file) => ({ ...file, language: '$(x) [go](command:y)' }));
    const told = summaryLine({ ...base, plan: { ...base.plan, corpus: { ...base.plan.corpus, files } } });
    expect(told).toContain('($ (x) [go] (command:y))');
  });

  it('unasked: that it is held out inside files, where there is one file', async () => {
    expect(summaryLine(await planned(1, []))).toBe(
      '1 file, 4.0 k characters (typescript) · 41 characters in the vocabulary · held out inside files · ' +
        'expected about 3 minutes and 16.0 MB of memory',
    );
  });

  it('asked: vocabulary, split, first weights and every reason with its count', async () => {
    expect(summaryDetail(await planned(12)).split('\n')).toEqual([
      'Vocabulary: 41 characters (rarer ones share <unk>)',
      expect.stringMatching(/^Split: \d+ % train, \d+ % validation, \d+ % test, by file, near-duplicates together$/),
      'Starts from: random weights',
      '',
      'Left out:',
      '• ignored by .gitignore (2 files, 3 folders)',
      '• binary, not text (4 files)',
      '• lock file (1 file)',
    ]);
    expect(summaryDetail(await planned(1, []))).toMatch(
      /, inside files: there are too few.*\n.*\n\nLeft out: nothing$/,
    );
  });
});
