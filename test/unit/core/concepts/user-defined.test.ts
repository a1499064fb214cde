import { describe, expect, it } from 'vitest';
import { type ConceptDocument, characterIndices, codePoints } from '../../../../src/core/concepts/concept.ts';
import { userConcept } from '../../../../src/core/concepts/user-defined.ts';

function documentOf(text: string): ConceptDocument {
  return { language: 'plaintext', text, points: codePoints(text), tree: null };
}

function insideOf(concept: { name: string; pattern: string; ignoreCase?: boolean }, text: string): string {
  const { values } = userConcept(concept).label(documentOf(text));
  return [...text].map((character, i) => (values[i] === 1 ? character : '.')).join('');
}

describe('a concept by regular expression', () => {
  it('labels whole matches, counted in characters', () => {
    expect(insideOf({ name: 'x', pattern: '\\bto\\w+' }, '😀 today, tom')).toBe('..today..tom');
  });

  it('labels the first group where there is one', () => {
    expect(insideOf({ name: 'x', pattern: 'let (\\w+) =' }, 'let ab = c; let d = 1')).toBe('....ab..........d....');
  });

  it('takes letter case as it is asked to', () => {
    expect(insideOf({ name: 'x', pattern: 'ab' }, 'ab AB')).toBe('ab...');
    expect(insideOf({ name: 'x', pattern: 'ab', ignoreCase: true }, 'ab AB')).toBe('ab.AB');
  });

  it('ends with the first character after a match', () => {
    expect([...userConcept({ name: 'x', pattern: '\\d+' }).label(documentOf('😀12a3')).ends]).toEqual([3]);
  });

  it('passes over empty matches', () => {
    expect(insideOf({ name: 'x', pattern: 'b*' }, 'abba')).toBe('.bb.');
  });

  it('refuses what is no expression, by name', () => {
    expect(() => userConcept({ name: 'mine', pattern: '(' })).toThrow(/“mine”.*Correct it in the settings/);
    expect(() => userConcept({ name: ' ', pattern: 'a' })).toThrow(/needs a name/);
  });
});

describe('characters and UTF-16 units', () => {
  it('are the same where there is no surrogate pair', () => {
    expect(characterIndices('aé\n')).toBeNull();
    expect([...codePoints('aé')]).toEqual([97, 233]);
  });

  it('part at a pair; a lone surrogate is a character', () => {
    expect([...characterIndices('a😀b\ud83d😀')!]).toEqual([0, 1, 1, 2, 3, 4, 4, 5]);
    expect([...codePoints('a😀\ud83d')]).toEqual([97, 0x1f600, 0xd83d]);
  });
});
