import { describe, expect, it } from 'vitest';
import { Corpus, type CorpusSnapshot } from '../../../../src/core/corpus/corpus.ts';
import type { SourceFile } from '../../../../src/core/corpus/document.ts';
import { codeLike } from './texts.ts';

function files(count: number, length = 1000): SourceFile[] {
  return Array.from({ length: count }, (_, k) => ({
    path: `src/file${String(k).padStart(3, '0')}.ts`,
    language: 'typescript',
    text: codeLike(k + 1, length),
  }));
}

describe('a corpus', () => {
  it('does not depend on the order in which files arrive, but on the seed', async () => {
    const options = { seed: 1, minCount: 3 };
    const one = await Corpus.build(files(30), options);
    const other = await Corpus.build(files(30).reverse(), options);
    expect(other.summary).toEqual(one.summary);
    const reseeded = await Corpus.build(files(30), { seed: 2, minCount: 3 });
    expect(reseeded.summary.files.map((file) => file.side)).not.toEqual(one.summary.files.map((file) => file.side));
  });

  it('normalises line ends once and hashes the normalised text', async () => {
    const text = 'abc\r\n'.repeat(100);
    const corpus = await Corpus.build([{ path: 'a.txt', language: 'plaintext', text }], { seed: 1, minCount: 1 });
    expect(corpus.documents.map((document) => document.text).join('')).toBe('abc\n'.repeat(100));
    const unix = await Corpus.build([{ path: 'a.txt', language: 'plaintext', text: 'abc\n'.repeat(100) }], {
      seed: 1,
      minCount: 1,
    });
    expect(unix.documents[0]!.sha256).toBe(corpus.documents[0]!.sha256);
  });

  it('takes SHA-256 of the UTF-8 bytes', async () => {
    const text = 'abc'.repeat(100);
    const corpus = await Corpus.build([{ path: 'a.txt', language: 'plaintext', text }], { seed: 1, minCount: 1 });
    // Python: hashlib.sha256(('abc' * 100).encode()).hexdigest()
    expect(corpus.documents[0]!.sha256).toBe('d9f5aeb06abebb3be3f38adec9a2e3b94228d52193be923eb4e24c9b56ee0930');
  });

  it('splits one file inside, says so, and loses no character', async () => {
    const text = codeLike(5, 3000);
    const corpus = await Corpus.build([{ path: 'a.ts', language: 'typescript', text }], { seed: 1, minCount: 1 });
    expect(corpus.splitInsideFiles).toBe(true);
    expect(corpus.summary.splitInsideFiles).toBe(true);
    expect(corpus.documents.map((document) => document.side)).toEqual(['train', 'validation', 'test']);
    expect(corpus.documents.map((document) => document.text).join('')).toBe(text);
    expect(corpus.documents.map((document) => document.range!.start)).toEqual([
      0,
      corpus.documents[0]!.chars,
      corpus.documents[0]!.chars + corpus.documents[1]!.chars,
    ]);
  });

  it('counts the vocabulary on the training side only and maps the rest to <unk>', async () => {
    const corpus = await Corpus.build(files(20), { seed: 1, minCount: 3 });
    const training = corpus.documents.filter((document) => document.side === 'train');
    const counts = new Map<string, number>();
    for (const document of training)
      for (const character of document.text) counts.set(character, (counts.get(character) ?? 0) + 1);
    const kept = [...counts].filter(([, count]) => count >= 3).map(([character]) => character);
    expect(new Set(corpus.vocabulary.entries)).toEqual(new Set(['<unk>', ...kept]));
    expect(corpus.vocabulary.unknown).toBe(0);
  });

  it('is restored exactly from a snapshot that went through JSON', async () => {
    const corpus = await Corpus.build(files(20), { seed: 7, minCount: 3 });
    const restored = Corpus.restore(JSON.parse(JSON.stringify(corpus.snapshot())) as CorpusSnapshot);
    expect(restored.summary).toEqual(corpus.summary);
    const a = corpus.trainSampler({ time: 16, batch: 4, seed: 3 });
    const b = restored.trainSampler({ time: 16, batch: 4, seed: 3 });
    for (let k = 0; k < 20; k++) expect(b.next()).toEqual(a.next());
  });

  it('streams every held-out document with the next character as target', async () => {
    const corpus = await Corpus.build(files(30), { seed: 1, minCount: 1 });
    const streams = [...corpus.streams('validation')];
    expect(streams.length).toBeGreaterThan(0);
    expect(streams.reduce((sum, stream) => sum + stream.inputs.length, 0)).toBe(corpus.chars('validation'));
    for (const { inputs, targets } of streams) {
      expect(targets[inputs.length - 1]).toBe(-1);
      expect(targets.subarray(0, -1)).toEqual(inputs.subarray(1));
    }
  });

  it('refuses nothing and too little with the reason', async () => {
    await expect(Corpus.build([], { seed: 1, minCount: 3 })).rejects.toMatchObject({ code: 'empty' });
    await expect(
      Corpus.build([{ path: 'a', language: 'plaintext', text: 'short' }], { seed: 1, minCount: 3 }),
    ).rejects.toMatchObject({ code: 'too-small' });
  });
});
