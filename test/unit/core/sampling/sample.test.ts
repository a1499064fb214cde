import { describe, expect, it } from 'vitest';
import type { Session } from '../../../../src/core/engine/engine.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { Random } from '../../../../src/core/random.ts';
import { type SampleOptions, sampleCharacters, sampleText } from '../../../../src/core/sampling/sample.ts';
import { chooseIndex } from '../../../../src/core/sampling/temperature.ts';
import { noisyParameters, specOf } from '../engine/models.ts';

const limits = { maxTime: 0, maxBatch: 1 };
const options: SampleOptions = { prime: 'abc', length: 40, temperature: 1, seed: 4 };

async function model(unknown: number | null = null): Promise<Session> {
  const spec = specOf({ cell: 'lstm', hiddenSize: 6, vocabularySize: 5 });
  spec.vocabulary = ['<unk>', 'a', 'b', 'c', '😀'];
  spec.unknown = unknown;
  if (unknown === null) spec.vocabulary[0] = 'z';
  return referenceEngine().open(spec, { kind: 'parameters', parameters: noisyParameters(spec, 2, 1) }, limits);
}

describe('choosing with a temperature', () => {
  const draws = (logits: number[], temperature: number, excluded: number | null): number[] => {
    const random = new Random(5);
    const counts = logits.map(() => 0);
    for (let n = 0; n < 20_000; n++) counts[chooseIndex(logits, temperature, random, excluded)]!++;
    return counts.map((count) => count / 20_000);
  };

  it('draws as softmax(logits/temperature) says', () => {
    const logits = [Math.log(1), Math.log(2), Math.log(5)];
    for (const [index, share] of draws(logits, 1, null).entries())
      expect(Math.abs(share - [1 / 8, 2 / 8, 5 / 8][index]!)).toBeLessThan(0.015);
    for (const [index, share] of draws(logits, 0.5, null).entries())
      expect(Math.abs(share - [1 / 30, 4 / 30, 25 / 30][index]!)).toBeLessThan(0.015);
    for (const [index, share] of draws(logits, 1, 2).entries())
      expect(Math.abs(share - [1 / 3, 2 / 3, 0][index]!)).toBeLessThan(0.015);
  });

  it('temperature 0 takes the largest, tiny temperatures and huge logits do not overflow', () => {
    expect(chooseIndex([1, 3, 2], 0, new Random(1), null)).toBe(1);
    expect(chooseIndex([1, 3, 2], 0, new Random(1), 1)).toBe(2);
    expect(chooseIndex([1000, 3000, 2000], 1e-300, new Random(1), null)).toBe(1);
    expect(chooseIndex([1], 1, new Random(1), 0)).toBe(-1);
  });
});

describe('sampling', () => {
  it('is repeatable by seed, streams what it returns, and has the asked length in characters', async () => {
    const session = await model();
    let streamed = '';
    const text = await sampleText(session, options, (part) => {
      streamed += part;
    });
    expect([...text]).toHaveLength(40);
    expect(streamed).toBe(text);
    expect(await sampleText(session, options)).toBe(text);
    expect(await sampleText(session, { ...options, seed: 5 })).not.toBe(text);
    expect(text).toContain('😀');
  });

  it('at temperature 0 follows the most likely character after prime and sample alike', async () => {
    const session = await model();
    const text = await sampleText(session, { ...options, temperature: 0, length: 3 });
    const characters = [...'abc', ...text];
    const inputs = Int32Array.from(characters.map((character) => session.spec.vocabulary.indexOf(character)));
    const at = Int32Array.of(2, 3, 4);
    const { logits } = await session.run({ inputs, start: null, targets: null }, { logitsAt: at });
    for (let n = 0; n < 3; n++) {
      const row = [...logits!.subarray(n * 5, n * 5 + 5)];
      expect(inputs[3 + n]).toBe(row.indexOf(Math.max(...row)));
    }
  });

  it('reads unknown characters as training did and never writes <unk>', async () => {
    const withEntry = await model(0);
    const text = await sampleText(withEntry, { ...options, prime: 'a€b', length: 300 });
    expect(text).not.toContain('<unk>');
    expect([...text]).toHaveLength(300);
    const without = await model();
    expect([...(await sampleText(without, { ...options, prime: '€€' }))]).toHaveLength(40);
  });

  it('an empty prime and a length of 0 are no errors', async () => {
    const session = await model();
    expect([...(await sampleText(session, { ...options, prime: '' }))]).toHaveLength(40);
    expect(await sampleText(session, { ...options, length: 0 })).toBe('');
  });

  it('stops when told to, between two characters', async () => {
    const session = await model();
    let text = '';
    const aborted = (): boolean => [...text].length >= 7;
    for await (const character of sampleCharacters(session, { ...options, aborted })) text += character;
    expect([...text]).toHaveLength(7);
  });

  it('refuses a wrong temperature or length', async () => {
    const session = await model();
    await expect(sampleText(session, { ...options, temperature: -1 })).rejects.toThrow(/temperature/);
    await expect(sampleText(session, { ...options, temperature: Number.NaN })).rejects.toThrow(/temperature/);
    await expect(sampleText(session, { ...options, length: 1.5 })).rejects.toThrow(/length/);
  });
});
