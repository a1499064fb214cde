import { describe, expect, it } from 'vitest';
import type { ShownFile } from '../../../src/protocol/safetensors.ts';
import { largestMagnitude, type Measured, nextOrder, ordered } from '../../../webview/safetensors/tensor-rows.ts';
import {
  bytesText,
  canBeOpened,
  networkName,
  numberText,
  remark,
  visibleText,
} from '../../../webview/safetensors/words.ts';

const tensor = (name: string, values: number) => ({ name, dtype: 'F32', shape: '[1]', values, bytes: 4 * values });
const done = (norm: number, min = -norm, max = norm): Measured => ({
  kind: 'done',
  statistics: { nonFinite: 0, zeros: 0, min, max, mean: 0, deviation: 1, norm },
});

describe('the order of tensors', () => {
  const tensors = [tensor('b', 2), tensor('a', 9), tensor('c', 1), tensor('d', 3)];
  const measured: Measured[] = [done(5), { kind: 'waiting' }, done(7), done(1)];

  it('goes by a column, back, and to the order of the file', () => {
    let order = nextOrder({ key: null, descending: false }, 'norm');
    expect(ordered(tensors, measured, order)).toEqual([2, 0, 3, 1]);
    order = nextOrder(order, 'norm');
    expect(ordered(tensors, measured, order)).toEqual([3, 0, 2, 1]);
    order = nextOrder(order, 'norm');
    expect(ordered(tensors, measured, order)).toEqual([0, 1, 2, 3]);
    order = nextOrder(order, 'name');
    expect(ordered(tensors, measured, order)).toEqual([1, 0, 2, 3]);
    expect(ordered(tensors, measured, nextOrder(order, 'name'))).toEqual([3, 2, 0, 1]);
    expect(ordered(tensors, measured, nextOrder(order, 'values'))).toEqual([1, 3, 0, 2]);
  });

  it('has one scale for all ranges', () => {
    expect(largestMagnitude(measured)).toBe(7);
    expect(largestMagnitude([done(1, -8, 2)])).toBe(8);
    expect(largestMagnitude([{ kind: 'failed', message: '' }])).toBe(0);
  });
});

describe('a model file in words', () => {
  const file: ShownFile = {
    version: 1,
    name: 'x.safetensors',
    size: 10,
    tensors: [],
    tensorCount: 1,
    values: 1,
    metadata: [],
    metadataCount: 0,
    model: {
      own: false,
      layers: [{ cell: 'gru', hiddenSize: 8, bidirectional: false }],
      connections: 'none',
      vocabularySize: 5,
      vocabulary: ['a'],
    },
    refusal: null,
    canOpen: true,
  };
  const model = file.model!;

  it('can be opened, or says why not', () => {
    expect([remark(file), canBeOpened(file)]).toEqual([null, true]);
    const asks = { ...file, model: { ...model, vocabulary: null } };
    expect(remark(asks)?.text).toMatch(/which characters its 5 inputs stand for/);
    expect(canBeOpened(asks)).toBe(true);
    const both = { ...file, model: { ...model, layers: [{ ...model.layers[0]!, bidirectional: true }] } };
    expect([remark(both)?.refused, canBeOpened(both)]).toEqual([true, false]);
    const refused = { ...file, model: null, refusal: 'Tensor “x” cannot be used.' };
    expect(remark(refused)?.text).toMatch(/^Tensor “x” cannot be used\. Its tensors can be looked at here/);
    expect(canBeOpened(refused)).toBe(false);
    expect(remark({ ...file, canOpen: false })?.text).toMatch(/Copy the file/);
  });

  it('names networks, sizes and numbers', () => {
    expect(networkName(model)).toBe('GRU 1×8');
    expect(
      networkName({ ...model, layers: [...model.layers, { cell: 'lstm', hiddenSize: 4, bidirectional: true }] }),
    ).toBe('GRU and LSTM 8 · 4, both directions');
    expect([0, 812, 68_000, 2 ** 30].map(bytesText)).toEqual(['0 B', '812 B', '66.4 KB', '1.0 GB']);
    expect([null, 0, 0.1234, -12.345, 1234.5, 0.00012, 1e12].map(numberText)).toEqual([
      '–',
      '0.000',
      '0.123',
      '−12.35',
      '1234.5',
      '1.2e−4',
      '1.0e12',
    ]);
  });

  it('hides nothing in a name', () => {
    expect(visibleText('a\u202eb\u001b[31m\u200b')).toBe('a▫b␛[31m▫');
  });
});
