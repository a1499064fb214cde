import { describe, expect, it } from 'vitest';
import { groupNearDuplicates, similarity, sketch } from '../../../../src/core/corpus/near-duplicates.ts';
import { splitByFile, splitInside } from '../../../../src/core/corpus/split.ts';
import { Random } from '../../../../src/core/random.ts';
import { codeLike } from './texts.ts';

const asFiles = (texts: string[]) => texts.map((text) => ({ text, chars: text.length }));

describe('near-duplicates', () => {
  it('estimates the share of common shingles', () => {
    const a = codeLike(1, 4000);
    const b = codeLike(2, 4000);
    expect(similarity(sketch(a), sketch(a))).toBe(1);
    expect(similarity(sketch(a), sketch(b))).toBeLessThan(0.15);
    // Three quarters in common, one quarter each of its own: Jaccard 3 / 5.
    const half = similarity(
      sketch(a + b + codeLike(3, 4000) + codeLike(4, 4000)),
      sketch(a + b + codeLike(3, 4000) + codeLike(5, 4000)),
    );
    expect(half).toBeGreaterThan(0.42);
    expect(half).toBeLessThan(0.78);
  });

  it('ignores white space: indentation and line ends do not make a text new', () => {
    const text = codeLike(1, 2000);
    expect(similarity(sketch(text), sketch(text.replaceAll('\n', '\r\n    ')))).toBe(1);
  });

  it('groups copies with small edits, and nothing else', () => {
    const a = codeLike(1, 6000);
    const b = codeLike(2, 6000);
    const edited = `${a.slice(0, 3000)} changed ${a.slice(3000)}`;
    expect(groupNearDuplicates([a, b, edited, codeLike(3, 6000), 'tiny', 'tiny', ''])).toEqual([
      [0, 2],
      [1],
      [3],
      [4, 5],
      [6],
    ]);
  });
});

describe('split by file', () => {
  it('holds out about a tenth of the characters for each side, for every seed', () => {
    const files = asFiles(Array.from({ length: 60 }, (_, k) => codeLike(k + 1, 300 + 97 * (k % 17))));
    const total = files.reduce((sum, file) => sum + file.chars, 0);
    for (let seed = 0; seed < 20; seed++) {
      const sides = splitByFile(files, seed)!;
      for (const side of ['validation', 'test'] as const) {
        const share = files.reduce((sum, file, k) => sum + (sides[k] === side ? file.chars : 0), 0) / total;
        expect(share).toBeGreaterThan(0.07);
        expect(share).toBeLessThan(0.13);
      }
    }
  });

  it('gives both held-out sides their tenth of many small files', () => {
    for (const seed of [1, 2, 3]) {
      const random = new Random(seed);
      const files = Array.from({ length: 300 }, (_, k) => {
        const text = Array.from({ length: 1000 + random.below(4000) }, () => random.below(36).toString(36)).join('');
        return { path: `${k}.ts`, text, chars: text.length };
      });
      const total = files.reduce((sum, { chars }) => sum + chars, 0);
      const sides = splitByFile(files, seed)!;
      for (const side of ['validation', 'test']) {
        const share = files.reduce((sum, { chars }, k) => sum + (sides[k] === side ? chars : 0), 0) / total;
        expect(share).toBeGreaterThan(0.09);
        expect(share).toBeLessThan(0.13);
      }
    }
  });

  it('keeps near-duplicates on one side', () => {
    const texts: string[] = [];
    for (let k = 0; k < 20; k++) {
      const text = codeLike(k + 1, 2000);
      texts.push(text, `${text}// copy\n`, `${text}}\n`);
    }
    for (let seed = 0; seed < 10; seed++) {
      const sides = splitByFile(asFiles(texts), seed)!;
      for (let k = 0; k < 20; k++) expect(new Set(sides.slice(3 * k, 3 * k + 3)).size).toBe(1);
      expect(new Set(sides).size).toBe(3);
    }
  });

  it('gives three different files a side each', () => {
    const sides = splitByFile(asFiles([codeLike(1, 3000), codeLike(2, 1000), codeLike(3, 1500)]), 1)!;
    expect(sides).toEqual(['train', 'test', 'validation']);
  });

  it('refuses one file, files that are all alike, and one file that is nearly everything', () => {
    const text = codeLike(1, 2000);
    expect(splitByFile(asFiles([text]), 1)).toBeNull();
    expect(splitByFile(asFiles([text, text, text, `${text} `]), 1)).toBeNull();
    expect(splitByFile(asFiles([codeLike(1, 50_000), codeLike(2, 100), codeLike(3, 100)]), 1)).toBeNull();
  });
});

describe('split inside a file', () => {
  it('cuts after line ends into 80, 10 and 10 percent without a gap', () => {
    const text = codeLike(1, 5000);
    const parts = splitInside(text);
    expect(parts.map((part) => part.side)).toEqual(['train', 'validation', 'test']);
    expect(parts.map((part) => text.slice(part.from, part.to)).join('')).toBe(text);
    for (const part of parts.slice(0, 2)) expect(text[part.to - 1]).toBe('\n');
    expect(parts[0]!.to / text.length).toBeCloseTo(0.8, 1);
    expect(parts[1]!.to / text.length).toBeCloseTo(0.9, 1);
  });

  it('cuts a single line between characters, never inside one', () => {
    for (let length = 100; length < 130; length++) {
      const text = `${'x'.repeat(length % 3)}${'😀'.repeat(length)}`;
      const parts = splitInside(text);
      expect(parts).toHaveLength(3);
      for (const part of parts) expect(text.slice(part.from, part.to).isWellFormed()).toBe(true);
      expect(parts[2]!.end).toBe((length % 3) + length);
    }
  });

  it('leaves a short text whole', () => {
    expect(splitInside('short\n').map((part) => part.side)).toEqual(['train']);
  });
});
