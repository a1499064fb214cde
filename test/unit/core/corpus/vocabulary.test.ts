import { describe, expect, it } from 'vitest';
import { countCharacters, normaliseLineEnds } from '../../../../src/core/corpus/document.ts';
import { nextCharacters, Vocabulary } from '../../../../src/core/corpus/vocabulary.ts';
import { Random } from '../../../../src/core/random.ts';
import { hardText } from './texts.ts';

describe('the vocabulary', () => {
  it('keeps characters seen often enough, by code point, after <unk>', () => {
    const vocabulary = Vocabulary.build(['bbbaa😀', '😀中a'], 2);
    expect(vocabulary.entries).toEqual(['<unk>', 'a', 'b', '😀']);
    expect([...vocabulary.encode('ab😀中b')]).toEqual([1, 2, 3, 0, 2]);
    expect(vocabulary.countUnknown('ab😀中b中')).toBe(2);
  });

  it('gives −1 for an unknown character where there is no <unk>', () => {
    const vocabulary = new Vocabulary(['a', 'b'], null);
    expect([...vocabulary.encode('axb😀')]).toEqual([0, -1, 1, -1]);
    expect(vocabulary.indexOf(0x78)).toBe(-1);
  });

  it('never takes a lone surrogate as an entry', () => {
    expect(Vocabulary.build(['\ud83dx\ud83dx\ud83d'], 1).entries).toEqual(['<unk>', 'x']);
  });

  it('encodes one index a code point, whatever the text', () => {
    const random = new Random(11);
    for (let k = 0; k < 200; k++) {
      const text = hardText(random, 40);
      const points = Array.from(text, (character) => character.codePointAt(0)!);
      const vocabulary = Vocabulary.build([text], 2);
      expect(Array.from(vocabulary.encode(text))).toEqual(points.map((point) => vocabulary.indexOf(point)));
      expect(countCharacters(text)).toBe(points.length);
    }
  });

  it('refuses entries that are no single character, twice the same, and a wrong unknown index', () => {
    expect(() => new Vocabulary(['ab'], null)).toThrow(/one character/);
    expect(() => new Vocabulary([''], null)).toThrow(/one character/);
    expect(() => new Vocabulary(['a', 'a'], null)).toThrow(/twice/);
    expect(() => new Vocabulary(['a'], 1)).toThrow(/unknown index/);
  });

  it('targets are the next characters', () => {
    expect([...nextCharacters(Int32Array.of(4, 5, 6))]).toEqual([5, 6, -1]);
    expect(nextCharacters(new Int32Array(0))).toHaveLength(0);
  });
});

it('line ends: CRLF becomes LF, a lone CR stays', () => {
  expect(normaliseLineEnds('a\r\nb\rc\n\r\r\n')).toBe('a\nb\rc\n\r\n');
});
