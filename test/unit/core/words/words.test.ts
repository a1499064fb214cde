import { afterEach, describe, expect, it } from 'vitest';
import { Random } from '../../../../src/core/random.ts';
import {
  say,
  sayInEnglish,
  sentence,
  setWords,
  ToldError,
  t,
  toldBy,
  translated,
  whole,
} from '../../../../src/core/words.ts';
import { hearWords, tellWords } from '../../../../src/worker/words.ts';
import { portPair } from '../channel/port-pair.ts';

afterEach(() => setWords(undefined));

describe('words', () => {
  it('are those that were written until a translation is set', () => {
    expect(t('{0} of {1} files', 2, 'three')).toBe('2 of three files');
    setWords({ '{0} of {1} files': 'von {1} Dateien {0}' });
    expect(t('{0} of {1} files', 2, 'three')).toBe('von three Dateien 2');
    setWords(undefined);
    expect(t('{0} of {1} files', 2, 'three')).toBe('2 of three files');
  });

  it('keep a placeholder without a value, and values that look like placeholders', () => {
    expect(t('{0} and {1}', '{1}')).toBe('{1} and {1}');
    expect(t('$& {0}', '$&')).toBe('$& $&');
  });

  it('put every value once where its number stands, whatever stands in it, in any order', () => {
    const random = new Random(4);
    const pieces = ['a', '{', '}', '{}', '{x}', '{0', '$1', '\\', '{12}', '“', '__proto__'];
    const pick = (): string => pieces[random.below(pieces.length)]!;
    for (let trial = 0; trial < 500; trial++) {
      const values = Array.from({ length: 1 + random.below(4) }, () => `${pick()}${pick()}{${random.below(4)}}`);
      const order = Array.from({ length: random.below(6) }, () => random.below(values.length));
      const [texts, last] = [order.map(() => `${pick()} `), pick()];
      // Pieces that are cut in two by a value stay what they are; `{12}` has no value.
      const template = order.map((value, k) => `${texts[k]}{${value}}`).join('') + last;
      const wanted = order.map((value, k) => texts[k]! + values[value]!).join('') + last;
      expect(t(template, ...values)).toBe(wanted);
      setWords({ English: template });
      expect(t('English', ...values)).toBe(wanted);
      setWords(undefined);
    }
  });

  it('have keys that mean something else elsewhere', () => {
    setWords(JSON.parse('{"__proto__":"Prototyp","toString":"als Text","":"leer"}'));
    expect([t('__proto__'), t('toString'), t(''), t('hasOwnProperty')]).toEqual([
      'Prototyp',
      'als Text',
      'leer',
      'hasOwnProperty',
    ]);
    expect(({} as Record<string, unknown>).toString).toBe(Object.prototype.toString);
  });

  it('take nothing but text from a bundle', () => {
    for (const bundle of [null, 'text', 3, { file: 1 }, { file: { message: 'Datei' } }]) {
      setWords(bundle);
      expect(translated('file')).toBe('file');
    }
    setWords({});
    expect(translated('constructor')).toBe('constructor');
  });

  it('group digits so that no comma or point is taken for a decimal sign', () => {
    expect(whole(1234567)).toBe('1,234,567');
    setWords({ file: 'Datei' });
    expect(whole(1234567)).toBe('1\u202f234\u202f567');
  });

  it('are told to a worker before it is asked anything', async () => {
    const { left, right } = portPair();
    hearWords(right);
    const heard: string[] = [];
    right.onMessage(() => heard.push(translated('file')));
    tellWords(left, { file: 'Datei' });
    left.post({ kind: 'call', id: 1, method: 'name', request: null });
    left.post(null);
    await new Promise((resolve) => setTimeout(resolve));
    expect(heard).toEqual(['Datei', 'Datei', 'Datei']);
  });
});

describe('sentences that are kept', () => {
  const full = sentence('The disk is full: {0} could not be written.', 'a.bin');

  it('are worded when they are said, and in English for files', () => {
    const error = new ToldError(full, sentence('Resume the run.'));
    expect(error.message).toBe('The disk is full: a.bin could not be written. Resume the run.');
    setWords({ 'The disk is full: {0} could not be written.': '{0} passt nicht mehr auf den Datenträger.' });
    expect(say(error.told)).toBe('a.bin passt nicht mehr auf den Datenträger. Resume the run.');
    expect(sayInEnglish(error.told)).toBe(error.message);
    expect(new ToldError(full).message).toBe('a.bin passt nicht mehr auf den Datenträger.');
  });

  it('of any error are its message as it is', () => {
    setWords({ '{0}': 'falsch', 'a {0} b': 'falsch' });
    const told = toldBy(new Error('a {0} b'));
    expect(sayInEnglish(told)).toBe('a {0} b');
    expect(sayInEnglish(toldBy('text'))).toBe('text');
    expect(toldBy(new ToldError(full))).toEqual([full]);
  });
});
