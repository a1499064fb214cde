import { afterEach, describe, expect, it } from 'vitest';
import { setWords, t, translated, whole } from '../../../../src/core/words.ts';
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
