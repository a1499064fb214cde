import { describe, expect, it } from 'vitest';
import { REACH_STEPS, reachRuns, reachStep } from '../../../src/host/editor/reach-runs.ts';
import { fromReach, toReach } from '../../../src/protocol/reach.ts';
import { ReachColours, spotAfter, strengthsByLine } from '../../../webview/heatmap/reach-colours.ts';
import { reachQuantities, seedChoices, seedName, strengthsOf, strongest, valuesOf } from '../../../webview/ui/reach.ts';

const values = {
  layers: [
    { h: [1, 2, 3], c: [4, 5, 6] },
    { h: [7, 8, 9], c: null },
  ],
  x: [0.001, 0.1, 1],
  signedX: [-0.5, 0, 0.25],
};

describe('a reach in numbers', () => {
  it('offers the characters and every layer’s states, the top layer first', () => {
    expect(reachQuantities(values).map(({ value }) => value)).toEqual(['x', 'signed', 'h 1', 'c 0', 'h 0']);
    expect(valuesOf(values, 'h 1')).toEqual([7, 8, 9]);
    expect(valuesOf(values, 'c 0')).toEqual([4, 5, 6]);
    expect(valuesOf(values, 'signed')).toBe(values.signedX);
    // A quantity of a network that is no longer there.
    expect(valuesOf(values, 'c 1')).toBe(values.x);
    expect(valuesOf(values, 'c 5')).toBe(values.x);
  });

  it('strengths are logarithmic over three decades and keep their sign', () => {
    const [low, third, full] = strengthsOf(values.x) as [number, number, number];
    expect([low, full]).toEqual([0, 1]);
    expect(third).toBeCloseTo(2 / 3, 9);
    expect(strengthsOf([-1, null, 0, 1e-9])).toEqual([-1, 0, 0, 0]);
    expect(strengthsOf([0, 0])).toEqual([0, 0]);
  });

  it('the largest come first, whatever their sign; nothing is no contributor', () => {
    expect(strongest([0.1, -0.4, 0, 0.4, null], 9)).toEqual([3, 1, 0]);
    expect(strongest([0.1, -0.4, 0.2], 2)).toEqual([1, 2]);
  });

  it('one can start from the loss or from the logit of any single character, in an order that stays', () => {
    const choices = seedChoices(['<unk>', 'b', '\n', 'a', '🐙'], 'b');
    expect(choices.map(({ value }) => value)).toEqual(['', '\n', 'a', 'b', '🐙']);
    expect(choices[1]!.label).toMatch(/line end/);
    const many = Array.from({ length: 3000 }, (_, k) => String.fromCodePoint(0x4e00 + k));
    expect(
      seedChoices(many, many[2999]!)
        .map(({ value }) => value)
        .slice(0, 3),
    ).toEqual(['', many[2999], many[0]]);
    expect(seedChoices(many, many[0]!)).toHaveLength(513);
    expect(seedChoices(['a'], '☃').map(({ value }) => value)).toEqual(['', 'a']);
    expect(seedName(null, ' ')).toBe('the loss of “space”');
    expect(seedName(')', 'x')).toBe('the logit of “)”');
  });
});

describe('a reach over lines', () => {
  const text = ['ab🐙', '', 'cde'];
  const lengths = (line: number) => (line < text.length ? [...text[line]!].length : undefined);

  it('goes through code points and newlines, and is nothing elsewhere', () => {
    const lines = strengthsByLine({ line: 0, character: 1 }, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], lengths);
    const shown = [...lines].map(([line, row]) => [line, [...row].map((value) => Number(value.toFixed(1)))]);
    expect(shown).toEqual([
      [0, [0, 0.1, 0.2, 0.3]],
      [1, [0.4]],
      [2, [0.5, 0.6, 0, 0]],
    ]);
    const colours = new ReachColours(lines);
    expect(colours.values(1)).toBe(lines.get(1));
    expect([colours.values(3), colours.stale(), colours.scale]).toEqual([undefined, false, 1]);
  });

  it('ends where the text does', () => {
    expect([...strengthsByLine({ line: 2, character: 3 }, [1, 1, 1], lengths).keys()]).toEqual([2]);
  });

  it('finds the character of a value', () => {
    const at = (offset: number) => spotAfter({ line: 0, character: 1 }, offset, lengths);
    expect([0, 1, 2, 3, 4].map(at)).toEqual([
      { line: 0, character: 1 },
      { line: 0, character: 2 },
      { line: 0, character: 3 },
      { line: 1, character: 0 },
      { line: 2, character: 0 },
    ]);
    expect(at(40)).toBe(null);
  });

  it('in the editor: runs of equal strength in UTF-16 columns, at most 16 decoration types', () => {
    const runs = reachRuns([1, 1, 1e-3, 0.9, 1e-9, 0.5], { line: 0, character: 1 }, (line) => text[line]);
    // b and 🐙; the newlines have no place; c has nothing left; d.
    expect(runs).toEqual([
      { line: 0, start: 1, end: 4, step: REACH_STEPS },
      { line: 2, start: 1, end: 2, step: reachStep(0.5, 1) },
    ]);
    expect(REACH_STEPS + 1).toBeLessThanOrEqual(16);
    expect(reachRuns([1, 1, 1], { line: 2, character: 2 }, (line) => text[line])).toBe(null);
  });

  it('steps go from nothing to the largest', () => {
    expect([0, 1e-4, 1e-3, 1.01e-3, 1].map((size) => reachStep(size, 1))).toEqual([0, 0, 0, 1, REACH_STEPS]);
    expect(reachStep(1, 0)).toBe(0);
  });
});

describe('messages of a reach', () => {
  it('refuse what could do harm', () => {
    const question = { request: 1, version: 1, line: 0, column: 0, logit: null };
    expect(fromReach.ask.is(fromReach.ask(question))).toBe(true);
    expect(fromReach.ask.is(fromReach.ask({ ...question, logit: 'long' }))).toBe(false);
    expect(fromReach.ask.is(fromReach.ask({ ...question, line: -1 }))).toBe(false);
    const place = { line: 0, character: 0 };
    const result = { request: 1, id: 'd', model: 'm', version: 1, predicted: place, start: place, values };
    expect(toReach.result.is(toReach.result(result))).toBe(true);
    const broken = { ...values, x: [Number.NaN] };
    expect(toReach.result.is(toReach.result({ ...result, values: broken }))).toBe(false);
  });
});
