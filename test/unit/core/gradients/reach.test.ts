import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/core/engine/engine.ts';
import { largestContributors, reachOf } from '../../../../src/core/gradients/reach.ts';
import { relativeError } from '../engine/models.ts';
import { cases, engines, openCase, textsOf, worstRatio } from './golden.ts';

for (const { name, open } of engines)
  describe(`reach of one prediction on the ${name} engine`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine.dispose());

    for (const golden of cases)
      it(`${golden.cell}, ${golden.layers} layers: a logit's gradients equal PyTorch's, with their signs`, async () => {
        const session = await openCase(engine, golden);
        const { at, logit, x, signedX, layers } = golden.reach;
        const reach = await reachOf(session, textsOf(golden)[0]!, { at, lags: 1000, logit });
        expect(reach.first).toBe(0);
        expect(worstRatio(reach.x, x)).toBeLessThan(1e-4);
        // Products may cancel: they are held against the size of all of them.
        expect(relativeError(reach.signed.x, signedX)).toBeLessThan(1e-5);
        layers.forEach(({ norms, signed }, k) => {
          const found = reach.layers[k]!;
          const products = reach.signed.layers[k]!;
          expect(worstRatio(found.h, norms[0]!)).toBeLessThan(1e-4);
          expect(relativeError(products.h, signed[0]!)).toBeLessThan(1e-5);
          if (golden.cell !== 'lstm') expect(found.c).toBeNull();
          else {
            expect(worstRatio(found.c!, norms[1]!)).toBeLessThan(1e-4);
            expect(relativeError(products.c!, signed[1]!)).toBeLessThan(1e-5);
          }
        });
        await session.close();
      });

    it('fewer lags, or a kept state, give the same for the characters in reach', async () => {
      const golden = cases.find(({ cell, layers }) => cell === 'lstm' && layers === 2)!;
      const session = await openCase(engine, golden);
      const text = textsOf(golden)[0]!;
      const whole = await reachOf(session, text, { at: 30, lags: 30 });
      const { states } = await session.run({ inputs: text.inputs, start: null, targets: null }, { statesEvery: 16 });
      for (const kept of [undefined, { index: 16, state: states[0]! }]) {
        const part = await reachOf(session, text, { at: 30, lags: 10, ...(kept ? { kept } : {}) });
        expect(part.first).toBe(20);
        expect(worstRatio(part.x, whole.x.subarray(20))).toBeLessThan(1e-4);
        expect(worstRatio(part.layers[1]!.c!, whole.layers[1]!.c!.subarray(20))).toBeLessThan(1e-4);
      }
      // A state after the first character that is wanted cannot serve.
      const late = await reachOf(session, text, { at: 30, lags: 20, kept: { index: 16, state: states[0]! } });
      expect(worstRatio(late.x, whole.x.subarray(10))).toBeLessThan(1e-4);
      await session.close();
    });

    it('a character outside the vocabulary pulls nowhere', async () => {
      const golden = cases.find(({ cell, layers }) => cell === 'gru' && layers === 1)!;
      const session = await openCase(engine, golden);
      const text = textsOf(golden)[0]!;
      text.inputs[12] = -1;
      const reach = await reachOf(session, text, { at: 20, lags: 20 });
      expect(reach.signed.x[12]).toBe(0);
      expect(reach.signed.x[11]).not.toBe(0);
      await session.close();
    });

    it('what predicts nothing is refused with the reason', async () => {
      const session = await openCase(engine, cases[0]!);
      const text = textsOf(cases[0]!)[0]!;
      const last = text.inputs.length - 1;
      await expect(reachOf(session, text, { at: last, lags: 5 })).rejects.toThrow(/last one/);
      await expect(reachOf(session, text, { at: last + 1, lags: 5 })).rejects.toThrow(/no character/);
      expect((await reachOf(session, text, { at: last, lags: 5, logit: 2 })).x).toHaveLength(6);
      await session.close();
    });
  });

it('the largest contributors come first, the nearer of equal ones', () => {
  const x = Float32Array.of(0.1, 0.4, 0.2, 0.4);
  const signedX = Float32Array.of(-0.9, 0.1, 0.2, 0);
  const reach = { first: 7, at: 10, layers: [], x, signed: { layers: [], x: signedX } };
  expect(largestContributors(reach, 3)).toEqual([10, 8, 9]);
  expect(largestContributors(reach, 2, 'signed')).toEqual([7, 9]);
});
