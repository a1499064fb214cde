import { describe, expect, it } from 'vitest';
import type { Session, Stream } from '../../../../src/core/engine/engine.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { KeptStates } from '../../../../src/core/gradients/kept-states.ts';
import { noisyParameters, randomStream, specOf } from '../engine/models.ts';

const spec = specOf({ cell: 'lstm', layers: 2, hiddenSize: 3, vocabularySize: 5 });

/** A session that counts the characters it reads. */
async function open(): Promise<{ session: Session; read: () => number }> {
  const start = { kind: 'parameters', parameters: noisyParameters(spec, 4) } as const;
  const session = await referenceEngine().open(spec, start, { maxTime: 0, maxBatch: 1 });
  let read = 0;
  const run = (stream: Stream, capture: Parameters<Session['run']>[1]) => {
    read += stream.inputs.length;
    return session.run(stream, capture);
  };
  return { session: Object.assign(Object.create(session) as Session, { run }), read: () => read };
}

describe('states kept along a text', () => {
  const { inputs } = randomStream(spec, 2000, 6);

  it('are those of reading the text from its first character', async () => {
    const { session } = await open();
    const kept = new KeptStates(session, inputs);
    for (const position of [1100, 256, 257, 1999]) {
      const found = (await kept.before(position))!;
      expect(found.index).toBe(256 * Math.floor(position / 256));
      const { end } = await session.run({ inputs: inputs.slice(0, found.index), start: null, targets: null }, {});
      expect(found.state).toEqual(end);
    }
    expect(await kept.before(255)).toBe(null);
  });

  it('are read once, also where two ask at a time', async () => {
    const { session, read } = await open();
    const kept = new KeptStates(session, inputs);
    await Promise.all([kept.before(700), kept.before(1400)]);
    expect(read()).toBe(1280);
    await kept.before(900);
    expect(read()).toBe(1280);
  });
});
