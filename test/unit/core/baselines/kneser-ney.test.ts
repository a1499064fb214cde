import { describe, expect, it } from 'vitest';
import { KneserNey } from '../../../../src/core/baselines/kneser-ney.ts';
import { nextCharacters } from '../../../../src/core/corpus/vocabulary.ts';
import { Random } from '../../../../src/core/random.ts';

const maxChars = 1e6;
const encode = (text: string): Int32Array => Int32Array.from(text, (character) => 'abcd'.indexOf(character));

/** The definition as it stands, with a map of counts for every order. Contexts are strings; ^ begins a document. */
function byDefinition(documents: readonly string[], order: number, V: number) {
  const raw = Array.from({ length: order + 1 }, () => new Map<string, number>());
  for (const document of documents) {
    const text = `^${document}`;
    for (let i = 1; i < text.length; i++)
      for (let n = 1; n <= order && n <= i + 1; n++) {
        const gram = text.slice(i + 1 - n, i + 1);
        raw[n]!.set(gram, (raw[n]!.get(gram) ?? 0) + 1);
      }
  }
  const counts = raw.map((grams, n) => {
    if (n === order) return grams;
    return new Map(
      [...grams].map(([gram, count]) => {
        if (gram.startsWith('^')) return [gram, count] as const;
        return [gram, [...raw[n + 1]!.keys()].filter((longer) => longer.slice(1) === gram).length] as const;
      }),
    );
  });
  const discounts = counts.map((grams) => {
    const ones = [...grams.values()].filter((count) => count === 1).length;
    const twos = [...grams.values()].filter((count) => count === 2).length;
    return ones > 0 ? ones / (ones + 2 * twos) : 0.5;
  });
  const probability = (history: string, x: string, n = order): number => {
    if (n === 0) return 1 / V;
    const h = `^${history}`.slice(-(n - 1) || Number.POSITIVE_INFINITY);
    if (n - 1 > history.length + 1) return probability(history, x, n - 1);
    const context = n === 1 ? '' : h;
    const followers = [...counts[n]!].filter(([gram]) => gram.slice(0, -1) === context);
    if (followers.length === 0) return probability(history, x, n - 1);
    const total = followers.reduce((sum, [, count]) => sum + count, 0);
    const own = counts[n]!.get(context + x) ?? 0;
    const D = discounts[n]!;
    return (Math.max(own - D, 0) + D * followers.length * probability(history, x, n - 1)) / total;
  };
  return { discounts, probability };
}

describe('Kneser–Ney by hand', () => {
  // Text "aab", order 2, V = 2. Bigrams ^a, aa, ab once each: D₂ = 3/(3 + 0) = 1. Before a stand ^ and a, before b
  // stands a: c(a) = 2, c(b) = 1, D₁ = 1/(1 + 2) = 1/3, p₁(a) = (2 − 1/3 + 1/3·2·1/2)/3 = 2/3, p₁(b) = 1/3.
  it('gives the figures of the definition', () => {
    const model = new KneserNey([encode('aab')], { order: 2, vocabularySize: 2, maxChars });
    expect([...model.discounts]).toEqual([1 / 3, 1]);
    const inputs = encode('aab');
    const losses = model.losses(inputs, nextCharacters(inputs));
    expect(losses[0]).toBeCloseTo(-Math.log(2 / 3), 6);
    expect(losses[1]).toBeCloseTo(-Math.log(1 / 3), 6);
    expect(losses[2]).toBeNaN();
    const [a, b] = model.probabilities(inputs, 0, [0, 1]);
    expect(a).toBeCloseTo(2 / 3, 12);
    expect(b).toBeCloseTo(1 / 3, 12);
  });
});

describe('Kneser–Ney against the definition', () => {
  const random = new Random(1);
  const write = (length: number): string => {
    let text = '';
    while (text.length < length) text += ['ab', 'ca', 'abc', 'dd', 'a'][random.below(5)]!;
    return text;
  };
  const documents = [write(60), write(25), 'a', write(40)];
  const tests = [write(40), documents[1]!, 'd', 'dddddbb'];
  for (const order of [1, 2, 3, 5, 8, 20])
    it(`order ${order}: every probability, discount and loss`, () => {
      const expected = byDefinition(documents, order, 4);
      const model = new KneserNey(documents.map(encode), { order, vocabularySize: 4, maxChars });
      for (let n = 1; n <= order; n++) expect(model.discounts[n - 1]).toBeCloseTo(expected.discounts[n]!, 12);
      for (const text of tests) {
        const inputs = encode(text);
        const losses = model.losses(inputs, nextCharacters(inputs));
        for (let t = 0; t + 1 < text.length; t++)
          expect(losses[t]).toBeCloseTo(-Math.log(expected.probability(text.slice(0, t + 1), text[t + 1]!)), 5);
      }
    });

  it('documents that all begin alike, and one place alone', () => {
    for (const alike of [['a'], ['ab', 'ab', 'ad'], ['abcab', 'abc']]) {
      const expected = byDefinition(alike, 4, 4);
      const model = new KneserNey(alike.map(encode), { order: 4, vocabularySize: 4, maxChars });
      for (const history of ['', 'a', 'ab', 'ca'])
        model.probabilities(encode(history), history.length, [0, 1, 2, 3]).forEach((p, k) => {
          expect(p).toBeCloseTo(expected.probability(history, 'abcd'[k]!), 12);
        });
    }
  });

  it('probabilities sum to 1 after any context, also past the order and after unknown characters', () => {
    const model = new KneserNey(documents.map(encode), { order: 5, vocabularySize: 4, maxChars });
    const inputs = encode(`${write(40)}zzab`);
    for (let length = 0; length <= inputs.length; length++) {
      const sum = model.probabilities(inputs, length, [0, 1, 2, 3]).reduce((total, p) => total + p, 0);
      expect(sum).toBeCloseTo(1, 10);
    }
  });

  it('losses and probabilities agree', () => {
    const model = new KneserNey(documents.map(encode), { order: 20, vocabularySize: 4, maxChars });
    const inputs = encode(write(60));
    const targets = nextCharacters(inputs);
    const losses = model.losses(inputs, targets);
    for (let t = 0; t + 1 < inputs.length; t++) {
      const [p] = model.probabilities(inputs, t + 1, [targets[t]!]);
      expect(losses[t]).toBeCloseTo(-Math.log(p!), 5);
    }
  });
});

describe('limits', () => {
  it('learns from no more characters than it may', () => {
    const model = new KneserNey([encode('abcabc'), encode('ddd')], { order: 3, vocabularySize: 4, maxChars: 7 });
    expect(model.trainedChars).toBe(7);
  });

  it('refuses an order outside 1 to 20', () => {
    for (const order of [0, 21, 1.5])
      expect(() => new KneserNey([], { order, vocabularySize: 4, maxChars })).toThrow(/order is 1 to 20/);
  });

  it('without text it is uniform', () => {
    const model = new KneserNey([], { order: 4, vocabularySize: 4, maxChars });
    expect(model.probabilities(encode('ab'), 2, [0, 3])).toEqual([0.25, 0.25]);
  });
});
