import { describe, expect, it } from 'vitest';
import { HeldOutError, heldOutTexts } from '../../../../src/core/cells/sides.ts';
import { Corpus } from '../../../../src/core/corpus/corpus.ts';
import type { SourceFile } from '../../../../src/core/corpus/document.ts';
import { Random } from '../../../../src/core/random.ts';

function file(path: string, seed: number, size = 2000): SourceFile {
  const random = new Random(seed);
  let text = '';
  while (text.length < size) text += `${random.below(1e9).toString(36)}${random.next() < 0.2 ? '\r\n' : ' '}`;
  return { path, language: 'plaintext', text };
}

const files = Array.from({ length: 12 }, (_, k) => file(`f${k}`, k));

describe('held-out texts of a run', () => {
  it('are its own validation and test files', async () => {
    const corpus = await Corpus.build(files, { seed: 3, minCount: 1 });
    const texts = await heldOutTexts(files, corpus.snapshot(), 1);
    const pathsOf = (side: string): string[] => corpus.documents.filter((d) => d.side === side).map((d) => d.path);
    expect(texts.validation.map(({ path }) => path)).toEqual(pathsOf('validation'));
    expect(texts.test.map(({ path }) => path)).toEqual(pathsOf('test'));
    expect(texts.trainedOn).toBe(pathsOf('train').length);
  });

  it('never hold a file that was trained on, nor a later version of one', async () => {
    const corpus = await Corpus.build(files, { seed: 3, minCount: 1 });
    const trained = corpus.documents.find(({ side }) => side === 'train')!;
    const changed = files.map((one) => (one.path === trained.path ? { ...one, text: `${one.text} changed` } : one));
    const texts = await heldOutTexts([...changed, file('new', 99)], corpus.snapshot(), 1);
    const held = [...texts.validation, ...texts.test].map(({ path }) => path);
    for (const { path, side } of corpus.documents) expect(held.includes(path)).toBe(side !== 'train');
    expect(held).toContain('new');
    expect(texts.rule).toContain('1 unseen files dealt out by seed 1');
  });

  it('are refused where nothing is left of one side', async () => {
    const corpus = await Corpus.build(files, { seed: 3, minCount: 1 });
    const trained = corpus.documents.filter(({ side }) => side === 'train').map(({ path }) => path);
    const only = files.filter(({ path }) => trained.includes(path));
    await expect(heldOutTexts(only, corpus.snapshot(), 1)).rejects.toThrow(HeldOutError);
    await expect(heldOutTexts([], corpus.snapshot(), 1)).rejects.toThrow('There is no text in this folder');
  });
});

describe('held-out texts for a model of unknown origin', () => {
  it('are all files, about half on each side, the same for the same seed', async () => {
    const texts = await heldOutTexts(files, null, 7);
    expect(texts.validation.length + texts.test.length).toBe(12);
    expect(Math.abs(texts.validation.length - texts.test.length)).toBeLessThanOrEqual(1);
    expect(await heldOutTexts([...files].reverse(), null, 7)).toEqual(texts);
    expect((await heldOutTexts(files, null, 8)).test).not.toEqual(texts.test);
  });

  it('keep copies of a file on one side', async () => {
    const copy = { ...files[0]!, path: 'copy' };
    for (const seed of [1, 2, 3]) {
      const { validation, test } = await heldOutTexts([...files, copy], null, seed);
      const sides = [validation, test].map(
        (side) => side.filter(({ path }) => path === 'f0' || path === 'copy').length,
      );
      expect(sides.sort()).toEqual([0, 2]);
    }
  });

  it('are two halves of a single file, cut at a line', async () => {
    const { validation, test } = await heldOutTexts([files[0]!], null, 1);
    expect(validation[0]!.text + test[0]!.text).toBe(files[0]!.text.replaceAll('\r\n', '\n'));
    expect(validation[0]!.text.endsWith('\n')).toBe(true);
    expect(test[0]!.range).toEqual({ start: validation[0]!.chars, end: validation[0]!.chars + test[0]!.chars });
  });
});
