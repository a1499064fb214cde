import { describe, expect, it } from 'vitest';
import { bytesOf, type Dtype } from '../../../../src/core/formats/safetensors-header.ts';
import { TensorSummary } from '../../../../src/core/formats/tensor-statistics.ts';
import { decodeValues } from '../../../../src/core/formats/tensor-values.ts';
import { Random } from '../../../../src/core/random.ts';

const summary = (...pieces: ArrayLike<number>[]) => {
  const sum = new TensorSummary();
  for (const piece of pieces) sum.add(piece);
  return sum.result();
};

describe('statistics of a tensor', () => {
  it('are those of the definition, however the values come in pieces', () => {
    const random = new Random(7);
    const values = Float64Array.from({ length: 5000 }, () => random.next() * 3 - 1);
    const mean = values.reduce((a, b) => a + b) / values.length;
    const expected = {
      min: Math.min(...values),
      max: Math.max(...values),
      mean,
      deviation: Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length),
      norm: Math.sqrt(values.reduce((a, b) => a + b * b, 0)),
    };
    for (const size of [1, 7, 4096, 5000]) {
      const pieces: Float64Array[] = [];
      for (let at = 0; at < values.length; at += size) pieces.push(values.subarray(at, at + size));
      const got = summary(...pieces);
      expect([got.count, got.nonFinite, got.zeros]).toEqual([5000, 0, 0]);
      for (const key of ['min', 'max', 'mean', 'deviation', 'norm'] as const)
        expect(got[key]).toBeCloseTo(expected[key], 10);
    }
  });

  it('keep the spread beside a large mean, and do not overflow', () => {
    const large = summary([1e9 + 1, 1e9 + 2], [1e9 + 3, 1e9 + 4]);
    expect(large.deviation).toBeCloseTo(Math.sqrt(1.25), 6);
    expect(summary([3e200], [4e200]).norm / 5e200).toBeCloseTo(1, 12);
    expect(summary([3e-200, 4e-200]).norm / 5e-200).toBeCloseTo(1, 12);
    expect(summary([0], [5e-324]).norm).toBe(5e-324);
  });

  it('count what is not finite and leave it out', () => {
    const got = summary([Number.NaN, 1, 0], [Number.POSITIVE_INFINITY, -0, 3]);
    expect(got).toMatchObject({ count: 6, nonFinite: 2, zeros: 2, min: 0, max: 3, mean: 1 });
    expect(summary([Number.NaN])).toMatchObject({ nonFinite: 1, min: null, max: null, mean: null, norm: 0 });
    expect(summary()).toMatchObject({ count: 0, min: null, deviation: null, norm: 0 });
  });
});

describe('values of every dtype', () => {
  const bytes = (array: { buffer: ArrayBufferLike }) => new Uint8Array(array.buffer as ArrayBuffer);
  const cases: [Dtype, Uint8Array, number[]][] = [
    ['F64', bytes(Float64Array.of(Math.PI)), [Math.PI]],
    ['F32', bytes(Float32Array.of(0.5, -2)), [0.5, -2]],
    ['F16', bytes(Uint16Array.of(0x3c00, 0x7bff)), [1, 65504]],
    ['BF16', bytes(Uint16Array.of(0xc040)), [-3]],
    // Largest, smallest subnormal, one, minus two.
    ['F8_E4M3', Uint8Array.of(0x7e, 0x01, 0x38, 0xc0), [448, 2 ** -9, 1, -2]],
    ['F8_E5M2', Uint8Array.of(0x7b, 0x01, 0x3c, 0xfc), [57344, 2 ** -16, 1, Number.NEGATIVE_INFINITY]],
    ['I64', bytes(BigInt64Array.of(-5n)), [-5]],
    ['U64', bytes(BigUint64Array.of(2n ** 53n)), [2 ** 53]],
    ['I32', bytes(Int32Array.of(-7)), [-7]],
    ['U32', bytes(Uint32Array.of(2 ** 31)), [2 ** 31]],
    ['I16', bytes(Int16Array.of(-300)), [-300]],
    ['U16', bytes(Uint16Array.of(65535)), [65535]],
    ['I8', bytes(Int8Array.of(-128)), [-128]],
    ['U8', Uint8Array.of(255), [255]],
    ['BOOL', Uint8Array.of(1, 0), [1, 0]],
  ];
  it('is covered', () => expect(cases.map(([dtype]) => dtype).sort()).toEqual(Object.keys(bytesOf).sort()));
  for (const [dtype, data, expected] of cases)
    it(dtype, () => expect([...Array.from(decodeValues(dtype, data))]).toEqual(expected));
  it('F8_E4M3 has NaN and no infinity', () =>
    expect([...Array.from(decodeValues('F8_E4M3', Uint8Array.of(0x7f, 0xff, 0x78)))]).toEqual([
      Number.NaN,
      Number.NaN,
      256,
    ]));
});
