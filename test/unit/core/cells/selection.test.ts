import { describe, expect, it } from 'vitest';
import { Track } from '../../../../src/core/activations/track.ts';
import { atOnce, type Turn } from '../../../../src/core/activations/turns.ts';
import { matchingSpans } from '../../../../src/core/cells/matching.ts';
import { cellsForSpan, surroundingsOf } from '../../../../src/core/cells/selection.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { plantedParameters, plantedSpec, quotedTexts, vocabulary } from './planted.ts';

const spec = plantedSpec(8);

/** The planted network, and a text as it reads it. */
async function planted(text: string, sign: 1 | -1 = 1) {
  const start = { kind: 'parameters', parameters: plantedParameters(spec, sign, 3) } as const;
  const session = await referenceEngine().open(spec, start, { maxTime: 0, maxBatch: 1 });
  const inputs = Int32Array.from(text, (character) => vocabulary.indexOf(character.codePointAt(0)!));
  return { session, inputs };
}

describe('the cells that are on in a selection and off around it', () => {
  it('are compared within bounds, inside the text', () => {
    expect(surroundingsOf(5000, 5010, 10_000)).toEqual({ from: 4800, to: 5210 });
    expect(surroundingsOf(5000, 5200, 10_000)).toEqual({ from: 4400, to: 5800 });
    expect(surroundingsOf(3000, 5000, 10_000)).toEqual({ from: 2000, to: 6000 });
    expect(surroundingsOf(10, 20, 25)).toEqual({ from: 0, to: 25 });
  });

  for (const sign of [1, -1] as const)
    it(`a planted quote cell, sign ${sign}, is the first inside a string; its places are all the strings`, async () => {
      // Strings far from each other: what is around the selected one is outside of strings.
      const plain = quotedTexts(8, 400, 7).map(({ text }) => text.replaceAll('"', ''));
      const text = plain.map((part, k) => `${part}"${'abcde fgh'.slice(0, 4 + (k % 5))}"`).join('');
      const { session, inputs } = await planted(text, sign);
      const strings = [...text.matchAll(/"[^"]*"/g)];
      const start = strings[4]!.index;
      const end = start + strings[4]![0].length - 1; // the closing quote turns the cell off
      const { from, to } = surroundingsOf(start, end, inputs.length);
      let turns = 0;
      const counted: Turn = (slice) => {
        turns++;
        return slice();
      };
      const progress: number[] = [];
      const span = { inputs: inputs.slice(0, to), state: null, from, start, end };
      const matches = await cellsForSpan(session, span, 5, counted, (share) => progress.push(share));
      expect(matches).toHaveLength(5);
      expect(matches[0]).toMatchObject({ layer: 0, cell: 0, sign, averagePrecision: 1 });
      expect(matches[1]!.averagePrecision).toBeLessThan(0.9);
      expect(sign * matches[0]!.inside).toBeGreaterThan(0.7);
      expect(sign * matches[0]!.around).toBeLessThan(-0.7);
      expect(turns).toBeGreaterThan(3);
      expect(progress).toEqual([...progress].sort((a, b) => a - b));

      const best = matches[0]!;
      const track = new Track(session, inputs.slice());
      const { values } = await track.columns([best], () => ({ from: 0, to: inputs.length }), atOnce);
      const spans = matchingSpans(values[0]!, best, 3, Number.POSITIVE_INFINITY).sort((a, b) => a.start - b.start);
      // Before the first quote the cell stands at nought, between on and off.
      expect(spans.slice(1).map((found) => [found.start, found.end])).toEqual(
        strings.slice(1).map((found) => [found.index, found.index + found[0].length - 1]),
      );
    });

  it('are the same from a kept state as from the start of the text', async () => {
    const text = quotedTexts(1, 3000, 7)[0]!.text;
    const { session, inputs } = await planted(text);
    const whole = { inputs: inputs.slice(0, 700), state: null, from: 300, start: 500, end: 520 };
    const { end: state } = await session.run({ inputs: inputs.slice(0, 256), start: null, targets: null }, {});
    const kept = { inputs: inputs.slice(256, 700), state, from: 300 - 256, start: 500 - 256, end: 520 - 256 };
    const rounded = async (span: typeof whole | typeof kept) =>
      (await cellsForSpan(session, span, 3, atOnce)).map((match) => ({
        ...match,
        averagePrecision: match.averagePrecision.toFixed(6),
        inside: match.inside.toFixed(6),
        around: match.around.toFixed(6),
        threshold: match.threshold.toFixed(6),
      }));
    expect(await rounded(kept)).toEqual(await rounded(whole));
  });
});
