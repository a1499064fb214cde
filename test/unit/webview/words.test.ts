import { describe, expect, it } from 'vitest';
import { quantitiesOf } from '../../../src/core/model/spec.ts';
import { describeLine } from '../../../webview/heatmap/describe.ts';
import * as look from '../../../webview/heatmap/quantities.ts';
import { describeMissing, missingCharacters } from '../../../webview/heatmap/vocabulary.ts';
import { linearRange, logRange, logSplits } from '../../../webview/ui/axis-range.ts';
import { characterName, characterSign, compact, duration, fixed, percent, signed } from '../../../webview/ui/format.ts';

describe('characters a model does not know', () => {
  const known = new Set([...'abc \n']);

  it('are counted, the most frequent first', () => {
    const missing = missingCharacters(['aé', 'éx', '🙂'], known);
    expect(missing.total).toBe(4);
    expect(missing.characters[0]).toEqual({ character: 'é', count: 2 });
    expect(missing.share).toBeCloseTo(4 / 7);
  });

  it('count line ends where the model has none', () => {
    expect(missingCharacters(['a', 'b'], new Set('ab')).characters).toEqual([{ character: '\n', count: 1 }]);
  });

  it('are told in words, or not at all', () => {
    expect(describeMissing(missingCharacters(['abc'], known), false)).toBeNull();
    const words = describeMissing(missingCharacters(['\0éé'], known), true);
    expect(words).toContain('3 characters (100 % of the text)');
    expect(words).toContain('é ×2, U+0000 ×1');
    expect(words).toContain('<unk>');
    expect(words).toMatch(/train on files that use them\.$/);
  });
});

describe('a line in words', () => {
  it('names its strong stretches in order', () => {
    const values = Float32Array.from([0.9, 0.8, 0, -0.7, -0.7, 0.1]);
    expect(describeLine('ab cd', values, 1)).toBe('on 0.85 at “ab”; off 0.70 at “cd”. Mean +0.06');
  });

  it('says what is not there', () => {
    expect(describeLine('', undefined, 1)).toBe('empty line');
    expect(describeLine('ab', undefined, 1)).toBe('not computed yet');
    expect(describeLine('ab', Float32Array.of(0.1, 0.1, 0), 1)).toContain('no character over half the scale');
  });

  it('measures against the scale', () => {
    expect(describeLine('a', Float32Array.of(1), 4)).toContain('no character');
    expect(describeLine('a', Float32Array.of(3), 4)).toContain('on 3.00 at “a”');
  });
});

describe('numbers and characters for people', () => {
  it('read as they should', () => {
    expect([signed(0.874), signed(-0.05), signed(-0.001), fixed(-1.5)]).toEqual(['+0.87', '−0.05', '0.00', '−1.50']);
    expect([compact(950), compact(12_340), compact(999_949), compact(4_210_000)]).toEqual([
      '950',
      '12.3 k',
      '1000 k',
      '4.21 M',
    ]);
    expect([duration(48), duration(185), duration(7800)]).toEqual(['48 s', '3 min 05 s', '2 h 10 min']);
    expect([percent(0.604), percent(0.004), percent(0)]).toEqual(['60%', '<1%', '0%']);
    expect([' ', '\n', '\t', '\u0000', 'a'].map(characterSign)).toEqual(['␣', '↵', '⇥', '␀', 'a']);
    expect(['\n', '\u200b', 'a'].map(characterName)).toEqual(['line end', 'U+200B', 'a']);
  });
});

describe('axes', () => {
  it('a log axis has whole decades, with thirds where there are few', () => {
    expect(logRange(0.5, 14)).toEqual([0.1, 100]);
    expect(logRange(1, 1)).toEqual([1, 10]);
    expect(logSplits(0.1, 10)).toEqual([0.1, 0.3, 1, 3, 10]);
    expect(logSplits(0.0001, 1)).toEqual([0.0001, 0.001, 0.01, 0.1, 1]);
    expect(logSplits(1e-5, 10, 3)).toEqual([1e-5, 1e-3, 0.1, 10]);
  });

  it('a linear axis leaves a little space and does not fall under nought', () => {
    expect(linearRange(0.01, 2)[0]).toBe(0);
    expect(linearRange(1.5, 2.5)[1]).toBeGreaterThan(2.5);
    expect(linearRange(null, null)).toEqual([0, 1]);
  });
});

describe('quantities', () => {
  it('are those of the core, every one with a name', () => {
    expect(look.quantitiesOf).toEqual(quantitiesOf);
    for (const order of [look.readoutOrder, look.stripOrder])
      for (const [kind, quantities] of Object.entries(order))
        for (const quantity of quantities) {
          expect(quantitiesOf[kind as 'lstm']).toContain(quantity);
          expect(look.looks[quantity].name).not.toBe('');
        }
  });
});
