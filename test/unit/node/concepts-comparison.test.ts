import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { grammarSource } from '../../../scripts/grammars.ts';
import { closingsOf } from '../../../src/core/baselines/closings.ts';
import { Comparison } from '../../../src/core/baselines/comparison.ts';
import { KneserNey } from '../../../src/core/baselines/kneser-ney.ts';
import { SyntaxParser } from '../../../src/core/concepts/parser.ts';
import { nextCharacters, Vocabulary } from '../../../src/core/corpus/vocabulary.ts';
import { referenceEngine } from '../../../src/core/engine/reference/reference.ts';
import type { ModelSpec } from '../../../src/core/model/spec.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const parser = new SyntaxParser(async (file) => readFileSync(grammarSource(root, file)));

describe('closings of a document', () => {
  it('tell their distance and the other kinds in between; brackets in strings are none', async () => {
    const text = 'f(a[1], {b: [2], c: "]"});\n';
    const closings = closingsOf(await parser.document('typescript', text));
    expect(closings.map(({ index, kind, distance, others }) => [text[index], kind, distance, others])).toEqual([
      [']', 'square', 2, 0],
      [']', 'square', 2, 0],
      ['"', 'quote', 2, 0],
      ['}', 'brace', text.indexOf('}') - text.indexOf('{'), 1],
      [')', 'parenthesis', text.indexOf(')') - 1, 3],
    ]);
  });

  it('leave out what closes nothing, and texts without a grammar', async () => {
    expect(closingsOf(await parser.document('typescript', ') a ]\n'))).toEqual([]);
    expect(closingsOf(await parser.document('plaintext', '(a)'))).toEqual([]);
  });
});

describe('a network beside an n-gram', () => {
  it('means of their losses, by distance, kind of character and agreement', async () => {
    const text = 'f(a[1], "x");\ng({b: [22]});\nh(0);\n';
    const vocabulary = Vocabulary.build([text], 1);
    const inputs = vocabulary.encode(text);
    const targets = nextCharacters(inputs);
    const baseline = new KneserNey([inputs, inputs], { order: 20, vocabularySize: vocabulary.size, maxChars: 1000 });
    const spec: ModelSpec = {
      formatVersion: 1,
      layers: [{ cell: 'lstm', hiddenSize: 6, directions: ['forward'] }],
      connections: 'none',
      vocabulary: [...vocabulary.entries],
      unknown: vocabulary.unknown,
    };
    const start = { kind: 'fresh', seed: 1, init: 'orthogonal' } as const;
    const session = await referenceEngine().open(spec, start, { maxTime: 0, maxBatch: 0 });
    const comparison = new Comparison(session, baseline);
    await comparison.add(await parser.document('typescript', text), inputs, targets);
    const { all, closings, agreement, characters } = comparison.tables();

    const { losses } = await session.run({ inputs, targets, start: null }, { losses: true });
    const counted = baseline.losses(inputs, targets);
    const mean = (values: Float32Array): number => {
      const scored = values.filter((value) => !Number.isNaN(value));
      return scored.reduce((sum, value) => sum + value, 0) / scored.length;
    };
    expect(all.count).toBe(text.length - 1);
    expect(all.network).toBeCloseTo(mean(losses!), 6);
    expect(all.baseline).toBeCloseTo(mean(counted), 6);
    expect(all.baseline!).toBeLessThan(all.network!); // it has seen this very text
    expect(characters.reduce((sum, row) => sum + row.count, 0)).toBe(all.count);

    const quote = closings.find(({ kind }) => kind === 'quote')!.rows;
    expect(quote[0]).toMatchObject({ label: '1–4', count: 1 });
    expect(quote[0]!.network).toBeCloseTo(losses![text.lastIndexOf('"') - 1]!, 6);
    expect(quote[1]).toEqual({ label: '5–9', count: 0, network: null, baseline: null });

    // ] and ) of line 1, ] } ) of line 2, ) of line 3; the ) of line 1 has one square bracket in between, } one, ) of line 2 two.
    expect(agreement.map(({ label, count }) => [label, count])).toEqual([
      ['0', 3],
      ['1', 2],
      ['2', 1],
      ['3–4', 0],
      ['5 and more', 0],
    ]);
    expect(agreement.slice(0, 3).map(({ baseline: share }) => share)).toEqual([1, 1, 1]);
  });
});
