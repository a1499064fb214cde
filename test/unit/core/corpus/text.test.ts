import { describe, expect, it } from 'vitest';
import { DocumentText } from '../../../../src/core/corpus/text.ts';
import { Random } from '../../../../src/core/random.ts';
import { hardText } from './texts.ts';

/** The slow, plain definition of the maps: one entry a character with its UTF-16 offset, units and line. */
function plainMap(raw: string): { offset: number; units: number; line: number; codePoint: number }[] {
  const characters: { offset: number; units: number; line: number; codePoint: number }[] = [];
  let line = 0;
  for (let offset = 0; offset < raw.length; ) {
    const isLineEnd = raw.startsWith('\r\n', offset);
    // Not codePointAt: at the end of a sliced string V8 was seen to read a lone surrogate together with the unit behind it.
    const high = raw.charCodeAt(offset);
    const low = offset + 1 < raw.length ? raw.charCodeAt(offset + 1) : 0;
    const isPair = high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000;
    const codePoint = isLineEnd ? 10 : isPair ? (high - 0xd800) * 1024 + (low - 0xdc00) + 0x10000 : high;
    const units = isLineEnd || isPair ? 2 : 1;
    characters.push({ offset, units, line, codePoint });
    if (codePoint === 10) line++;
    offset += units;
  }
  return characters;
}

function expectSameMaps(text: DocumentText): void {
  const plain = plainMap(text.raw);
  expect(text.length).toBe(plain.length);
  expect(text.lineCount).toBe(plain.filter((character) => character.codePoint === 10).length + 1);
  expect(Array.from(text.codePoints())).toEqual(plain.map((character) => character.codePoint));
  plain.forEach((character, index) => {
    expect(text.offsetAt(index)).toBe(character.offset);
    expect(text.lineAt(index)).toBe(character.line);
    for (let unit = 0; unit < character.units; unit++) expect(text.indexAt(character.offset + unit)).toBe(index);
  });
  expect(text.offsetAt(plain.length)).toBe(text.raw.length);
  expect(text.indexAt(text.raw.length)).toBe(plain.length);
  for (let line = 0; line < text.lineCount; line++) {
    const first = plain.findIndex((character) => character.line === line);
    expect(text.lineStart(line)).toBe(first < 0 ? plain.length : first);
  }
  expect(text.lineStart(text.lineCount)).toBe(plain.length);
}

describe('a text and its maps', () => {
  it('counts CRLF and surrogate pairs as one character', () => {
    const text = new DocumentText('a\r\n😀b\n\r');
    expect(text.length).toBe(6);
    expect(Array.from(text.codePoints())).toEqual([0x61, 10, 0x1f600, 0x62, 10, 13]);
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map((offset) => text.indexAt(offset))).toEqual([0, 1, 1, 2, 2, 3, 4, 5, 6]);
    expect([0, 1, 2, 3, 4, 5].map((index) => text.lineAt(index))).toEqual([0, 0, 1, 1, 1, 2]);
    expect(text.slice(1, 4)).toBe('\n😀b');
  });

  it('agrees with the plain definition on seeded texts', () => {
    const random = new Random(3);
    for (let k = 0; k < 150; k++) expectSameMaps(new DocumentText(hardText(random, random.below(60))));
  });

  it('agrees after any sequence of edits, and reports what changed', () => {
    const random = new Random(4);
    for (let k = 0; k < 60; k++) {
      const text = new DocumentText(hardText(random, random.below(50)));
      for (let n = 0; n < 25; n++) {
        const before = Array.from(text.codePoints());
        const rangeOffset = random.below(text.raw.length + 1);
        const rangeLength = Math.min(random.below(6), text.raw.length - rangeOffset);
        const inserted = random.below(3) === 0 ? '' : hardText(random, random.below(5));
        const expected = text.raw.slice(0, rangeOffset) + inserted + text.raw.slice(rangeOffset + rangeLength);
        const change = text.edit({ rangeOffset, rangeLength, text: inserted });
        expect(text.raw).toBe(expected);
        expectSameMaps(text);
        const after = Array.from(text.codePoints());
        const replayed = [...before];
        replayed.splice(change.start, change.removed, ...after.slice(change.start, change.start + change.inserted));
        expect(replayed).toEqual(after);
      }
    }
  });

  it('joins and parts a CRLF and a pair at the seam of an edit', () => {
    const text = new DocumentText('a\nb');
    expect(text.edit({ rangeOffset: 1, rangeLength: 0, text: '\r' })).toEqual({ start: 2, removed: 0, inserted: 0 });
    expect(text.length).toBe(3);
    expect(text.edit({ rangeOffset: 2, rangeLength: 0, text: 'x' })).toEqual({ start: 1, removed: 0, inserted: 2 });
    const pair = new DocumentText('\ud83d\ude00');
    expect(pair.edit({ rangeOffset: 1, rangeLength: 0, text: '-' })).toEqual({ start: 0, removed: 1, inserted: 3 });
  });

  it('reports only the characters that differ', () => {
    const text = new DocumentText('let total = 10;\n');
    expect(text.edit({ rangeOffset: 4, rangeLength: 5, text: 'toral' })).toEqual({ start: 6, removed: 1, inserted: 1 });
    expect(text.edit({ rangeOffset: 0, rangeLength: 16, text: 'let toral = 10;\n' })).toMatchObject({
      removed: 0,
      inserted: 0,
    });
  });

  it('refuses an edit outside the text', () => {
    expect(() => new DocumentText('abc').edit({ rangeOffset: 2, rangeLength: 2, text: '' })).toThrow(RangeError);
  });
});
