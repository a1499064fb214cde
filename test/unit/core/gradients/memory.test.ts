import { describe, expect, it } from 'vitest';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { measureMemory, retainedAt, retainedOver } from '../../../../src/core/gradients/memory.ts';
import { measureSaturation } from '../../../../src/core/gradients/saturation.ts';
import type { CellKind } from '../../../../src/core/model/spec.ts';
import { noisyParameters, randomStream, specOf } from '../engine/models.ts';

const limits = { maxTime: 0, maxBatch: 0 };

async function open(cell: CellKind, hiddenSize: number, biases: number[]) {
  const spec = specOf({ cell, hiddenSize, vocabularySize: 4 });
  const parameters = noisyParameters(spec, 1, 0);
  for (const name of ['rnn.weight_hh_l0', 'rnn.weight_ih_l0']) parameters.get(name)!.data.fill(0);
  parameters.get('rnn.bias_ih_l0')!.data.set(biases);
  return referenceEngine().open(spec, { kind: 'parameters', parameters }, limits);
}

describe('memory of single cells', () => {
  it('is the product of a constant forget gate, cell by cell', async () => {
    const logit = (p: number): number => Math.log(p / (1 - p));
    const forget = [0.5, 0.9, 0.99];
    const session = await open('lstm', 3, [0, 0, 0, ...forget.map(logit), 0, 0, 0, 0, 0, 0]);
    const { inputs, targets } = randomStream(session.spec, 120, 1);
    const positions = [60, 80, 118].map((at) => ({ text: 0, at }));
    const [memory] = await measureMemory(session, [{ inputs, targets: targets! }], positions, 50);
    forget.forEach((f, j) => {
      for (const k of [0, 1, 20, 50]) expect(memory!.retained[k * 3 + j]! / f ** k).toBeCloseTo(1, 5);
    });
    expect([...retainedAt(memory!, [0, 20])].map((value) => Number(value.toPrecision(3)))).toEqual(
      forget.flatMap((f) => [1, Number((f ** 20).toPrecision(3))]),
    );
    expect(memory!.horizons).toEqual([7, 44, null]); // ln 0.01/ln f = 6.6, 43.7, 458
  });

  it('equals products of the captured gate over positions far apart', async () => {
    const spec = specOf({ cell: 'gru', layers: 2, hiddenSize: 5, vocabularySize: 6 });
    const start = { kind: 'parameters', parameters: noisyParameters(spec, 3, 0.4) } as const;
    const session = await referenceEngine().open(spec, start, limits);
    const { inputs, targets } = randomStream(spec, 400, 2);
    const at = [30, 31, 33, 200, 398];
    const positions = at.map((position) => ({ text: 0, at: position }));
    const memory = await measureMemory(session, [{ inputs, targets: targets! }], positions, 30);
    const gate = (await session.run({ inputs, start: null, targets: null }, { blocks: [{ layer: 1, quantity: 'z' }] }))
      .blocks[0]!;
    for (const [j, k] of [
      [0, 30],
      [4, 7],
    ] as const) {
      let mean = 0;
      for (const position of at) {
        let product = 1;
        for (let t = position - k + 1; t <= position; t++) product *= gate[t * 5 + j]!;
        mean += product / at.length;
      }
      expect(memory[1]!.retained[k * 5 + j]! / mean).toBeCloseTo(1, 5);
    }
    expect(memory[1]!.gate).toBe('z');
  });

  it('has no meaning where the state is rewritten at every step', async () => {
    const session = await open('tanh', 2, [0, 0]);
    const { inputs, targets } = randomStream(session.spec, 20, 1);
    expect(await measureMemory(session, [{ inputs, targets: targets! }], [{ text: 0, at: 15 }], 10)).toEqual([null]);
  });

  it('over a span: from the character after its start to its end', () => {
    const gate = Float32Array.of(0.1, 0.5, 0.5, 0.25, 1);
    expect([
      ...retainedOver(gate, [
        { start: 0, end: 2 },
        { start: 2, end: 4 },
        { start: 3, end: 3 },
      ]),
    ]).toEqual([0.25, 0.25, 1]);
  });
});

describe('saturation', () => {
  it('counts the characters at which each gate of each cell is under 0.1 or over 0.9, over all texts', async () => {
    const spec = specOf({ cell: 'lstm', layers: 2, hiddenSize: 7, vocabularySize: 6 });
    const start = { kind: 'parameters', parameters: noisyParameters(spec, 5, 1.5) } as const;
    const session = await referenceEngine().open(spec, start, limits);
    const texts = [700, 90].map((length, k) => randomStream(spec, length, k + 1));
    const { chars, layers } = await measureSaturation(session, texts as { inputs: Int32Array; targets: Int32Array }[]);
    expect(chars).toBe(790);
    for (const [gate, cell] of [
      ['i', 0],
      ['f', 3],
      ['o', 6],
    ] as const) {
      const columns = [{ layer: 1, cell, quantity: gate }];
      const values: number[] = [];
      for (const { inputs } of texts)
        values.push(...(await session.run({ inputs, start: null, targets: null }, { columns })).columns[0]!);
      const found = layers[1]!.gates.find((one) => one.gate === gate)!;
      expect(found.left[cell]).toBeCloseTo(values.filter((value) => value < 0.1).length / 790, 12);
      expect(found.right[cell]).toBeCloseTo(values.filter((value) => value > 0.9).length / 790, 12);
      expect(found.left[cell]! + found.right[cell]!).toBeGreaterThan(0);
    }
    expect(layers[1]!.dead).toEqual([]);
  });

  it('names the units that never move', async () => {
    const spec = specOf({ cell: 'relu', hiddenSize: 4, vocabularySize: 6 });
    const parameters = noisyParameters(spec, 5, 0.1);
    parameters.get('rnn.bias_ih_l0')!.data.set([1, -9, 1, -9]);
    const session = await referenceEngine().open(spec, { kind: 'parameters', parameters }, limits);
    const { inputs, targets } = randomStream(spec, 100, 1);
    const { layers } = await measureSaturation(session, [{ inputs, targets: targets! }]);
    expect(layers[0]).toEqual({ gates: [], dead: [1, 3] });
  });
});
