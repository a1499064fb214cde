import { beforeEach, describe, expect, it } from 'vitest';
import { nextCharacters, Vocabulary } from '../../../src/core/corpus/vocabulary.ts';
import { referenceEngine } from '../../../src/core/engine/reference/reference.ts';
import { encodeCheckpoint } from '../../../src/core/formats/index.ts';
import { reachOf } from '../../../src/core/gradients/reach.ts';
import type { ModelSpec } from '../../../src/core/model/spec.ts';
import type { CallContext } from '../../../src/worker/channel.ts';
import { Inspector } from '../../../src/worker/inspector.ts';
import { MemoryStorage } from '../core/formats/memory-storage.ts';

const spec: ModelSpec = {
  formatVersion: 1,
  layers: [{ cell: 'lstm', hiddenSize: 6, directions: ['forward'] }],
  connections: 'none',
  vocabulary: ['a', 'b', ' ', '\n', '🐙'],
  unknown: null,
};
const text = `${'ab 🐙 ba\r\n'.repeat(90)}ab`;
const plain = text.replaceAll('\r\n', '\n');
const points = [...plain];
const none: CallContext = { signal: new AbortController().signal, progress: () => {} };

describe('reach in a document as it stands', () => {
  let inspector: Inspector;
  /** UTF-16 offset in the document, with its Windows line ends, of a character. */
  const offsetOf = (index: number): number => points.slice(0, index).join('').replaceAll('\n', '\r\n').length;
  const ask = (index: number, more: { lags?: number; logit?: string } = {}) =>
    inspector.documentReach(
      { model: 'm', document: 'd', offset: offsetOf(index), lags: more.lags ?? 500, logit: more.logit ?? null },
      none,
    );
  const session = () =>
    referenceEngine().open(spec, { kind: 'fresh', seed: 3, init: 'uniform' }, { maxTime: 0, maxBatch: 1 });

  beforeEach(async () => {
    const files = new MemoryStorage();
    await files.write('m.safetensors', encodeCheckpoint(spec, await (await session()).parameters()));
    inspector = new Inspector({
      openEngine: async () => referenceEngine(),
      storage: () => files,
      readFile: (path) => files.read(path),
      readAsset: async () => new Uint8Array(),
      pause: () => new Promise((resolve) => setImmediate(resolve)),
    });
    await inspector.openModel({ key: 'm', kind: 'file', path: 'm.safetensors' }, none);
    await inspector.openDocument({ document: 'd', version: 1, text });
  });

  it('is that of the whole text read from its first character, in its lines and code points', async () => {
    const inputs = new Vocabulary(spec.vocabulary, null).encode(plain);
    const expected = await reachOf(await session(), { inputs, targets: nextCharacters(inputs) }, { at: 699, lags: 40 });
    const { version, predicted, start, reach } = await ask(700, { lags: 40 });
    const placeOf = (index: number) => {
      const lines = points.slice(0, index).join('').split('\n');
      return { line: lines.length - 1, character: [...lines.at(-1)!].length };
    };
    expect(version).toBe(1);
    expect([reach.first, reach.at]).toEqual([659, 699]);
    expect(predicted).toEqual(placeOf(700));
    expect(start).toEqual(placeOf(659));
    expect(reach.x).toHaveLength(41);
    const near = (found: Float32Array, wanted: Float32Array): void => {
      for (let i = 0; i < wanted.length; i++) expect(found[i]).toBeCloseTo(wanted[i]!, 6);
    };
    near(reach.x, expected.x);
    near(reach.signed.x, expected.signed.x);
    near(reach.layers[0]!.c!, expected.layers[0]!.c!);
  });

  it('of a logit: of the character that is chosen, whatever stands there', async () => {
    const [loss, a, b] = [await ask(50), await ask(50, { logit: 'a' }), await ask(50, { logit: 'b' })];
    expect(loss.reach.x).toHaveLength(50);
    expect(a.reach.x[49]).not.toBe(b.reach.x[49]);
    expect([...a.reach.signed.x].some((value) => value < 0)).toBe(true);
    await expect(ask(50, { logit: '☃' })).rejects.toMatchObject({ code: 'unknown' });
  });

  it('follows an edit', async () => {
    const before = await ask(700, { lags: 20 });
    await inspector.changeDocument({
      document: 'd',
      version: 2,
      changes: [{ rangeOffset: offsetOf(695), rangeLength: 1, text: 'b' }],
    });
    const after = await ask(700, { lags: 20 });
    expect(after.version).toBe(2);
    expect([...after.reach.x]).not.toEqual([...before.reach.x]);
  });

  it('of what nothing predicts is refused with the reason', async () => {
    await expect(ask(0)).rejects.toMatchObject({ code: 'no-prediction', message: /first character/ });
    await inspector.openDocument({ document: 'd', version: 3, text: 'ab☃ab' });
    await expect(
      inspector.documentReach({ model: 'm', document: 'd', offset: 2, lags: 5, logit: null }, none),
    ).rejects.toMatchObject({ code: 'no-prediction', message: /not in the model's vocabulary/ });
    const logit = await inspector.documentReach({ model: 'm', document: 'd', offset: 2, lags: 5, logit: 'a' }, none);
    expect(logit.reach.x).toHaveLength(2);
    await inspector.openDocument({ document: 'd', version: 4, text: '' });
    await expect(ask(0)).rejects.toMatchObject({ code: 'empty-document' });
  });
});
