import { describe, expect, it } from 'vitest';
import type { CorpusDocument } from '../../../../src/core/corpus/document.ts';
import { Vocabulary } from '../../../../src/core/corpus/vocabulary.ts';
import { type SamplerCursor, WindowSampler } from '../../../../src/core/corpus/windows.ts';

/** Documents whose characters are all different, so that an index tells document and place. */
function distinctDocuments(lengths: number[]): { documents: CorpusDocument[]; vocabulary: Vocabulary } {
  let next = 0x4e00;
  const documents = lengths.map((length, k): CorpusDocument => {
    const text = Array.from({ length }, () => String.fromCodePoint(next++)).join('');
    return { path: `${k}`, language: 'plaintext', side: 'train', text, chars: length, sha256: '' };
  });
  return { documents, vocabulary: new Vocabulary([...documents.map((d) => d.text).join('')], null) };
}

describe('the window sampler', () => {
  for (const [lengths, time, batch] of [
    [[10, 37, 5, 80, 2, 64], 8, 4],
    [[300], 16, 4],
    [[7, 3, 4], 5, 1],
    [[40, 41], 64, 3],
    [[50, 9], 10, 16],
  ] as const) {
    it(`reads every character once an epoch: documents of ${lengths.join(', ')}, T=${time}, B=${batch}`, () => {
      const { documents, vocabulary } = distinctDocuments([...lengths]);
      const sampler = new WindowSampler(documents, vocabulary, { time, batch, seed: 5 });
      const total = lengths.reduce((sum, length) => sum + length, 0);
      expect(sampler.charsPerEpoch).toBe(total);
      const firstOf = new Set<number>();
      const lastOf = new Set<number>();
      let start = 0;
      for (const length of lengths) {
        firstOf.add(start);
        start += length;
        lastOf.add(start - 1);
      }
      const seen = new Map<number, number>();
      const before = new Array<number>(batch).fill(-1);
      let read = 0;
      const laneStarts: number[] = [];
      while (read < 3 * total) {
        const window = sampler.next();
        for (let t = 0; t < time; t++) {
          for (let b = 0; b < batch; b++) {
            const input = window.inputs[t * batch + b]!;
            const target = window.targets[t * batch + b]!;
            if (input < 0) {
              expect(target).toBe(-1);
              continue;
            }
            read++;
            seen.set(input, (seen.get(input) ?? 0) + 1);
            // The target is the document's next character, none for its last.
            expect(target).toBe(lastOf.has(input) ? -1 : input + 1);
            const reset = window.reset[t * batch + b]!;
            if (firstOf.has(input)) expect(reset).toBe(1);
            else if (reset === 1) laneStarts.push(input);
            else expect(input).toBe(before[b]! + 1);
            before[b] = input;
          }
        }
      }
      const counts = [...seen.values()];
      expect(seen.size).toBe(total);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1 + Math.ceil((time * batch) / total));
      // Besides documents' starts, a lane starts from zero at most once an epoch.
      expect(laneStarts.length).toBeLessThanOrEqual((batch - 1) * (Math.ceil(read / total) + 1 + time));
    });
  }

  it('counts exactly one reading of every character after exactly one epoch', () => {
    const { documents, vocabulary } = distinctDocuments([33, 60, 35]); // 128 = 4 lanes × 32
    const sampler = new WindowSampler(documents, vocabulary, { time: 8, batch: 4, seed: 1 });
    const epoch = () => Array.from({ length: 4 }, () => [...sampler.next().inputs]).flat();
    const first = epoch();
    expect([...first].sort((a, b) => a - b)).toEqual(Array.from({ length: 128 }, (_, k) => k));
    const orders = new Set([first.join(), ...Array.from({ length: 7 }, () => epoch().join())]);
    expect(orders.size).toBeGreaterThan(3); // 3! orders: later epochs are shuffled anew
  });

  it('continues identically from a saved cursor, at every place, across epochs', () => {
    const { documents, vocabulary } = distinctDocuments([10, 37, 5, 80, 2, 64]);
    const options = { time: 7, batch: 3, seed: 9 };
    const straight = new WindowSampler(documents, vocabulary, options);
    for (let k = 0; k < 60; k++) {
      const cursor = JSON.parse(JSON.stringify(straight.save())) as SamplerCursor;
      const resumed = new WindowSampler(documents, vocabulary, options);
      resumed.restore(cursor);
      const expected = straight.next();
      expect(resumed.next()).toEqual(expected);
      expect(resumed.save()).toEqual(straight.save());
    }
    expect(straight.save().epoch).toBeGreaterThan(2);
  });

  it('gives other orders for other seeds', () => {
    const { documents, vocabulary } = distinctDocuments([10, 37, 5, 80, 2, 64]);
    const inputs = (seed: number) => [
      ...new WindowSampler(documents, vocabulary, { time: 9, batch: 3, seed }).next().inputs,
    ];
    expect(inputs(1)).toEqual(inputs(1));
    expect(new Set([1, 2, 3, 4, 5].map((seed) => inputs(seed).join())).size).toBeGreaterThan(2);
  });

  it('refuses texts without anything to predict, and a cursor from another text', () => {
    const { documents, vocabulary } = distinctDocuments([1, 1]);
    expect(() => new WindowSampler(documents, vocabulary, { time: 4, batch: 2, seed: 1 })).toThrow(/no text/);
    const other = distinctDocuments([20]);
    const sampler = new WindowSampler(other.documents, other.vocabulary, { time: 4, batch: 2, seed: 1 });
    expect(() => sampler.restore({ epoch: 0, position: 500 })).toThrow(/outside/);
  });
});
