import { describe, expect, it } from 'vitest';
import { ModelFileError } from '../../../../src/core/formats/model-file-error.ts';
import { readSafetensors, writeSafetensors } from '../../../../src/core/formats/safetensors.ts';
import type { Tensor } from '../../../../src/core/model/tensors.ts';

/** A file with any header text and data, however wrong. */
function file(header: string | Uint8Array, data = new Uint8Array(0)): Uint8Array {
  const head = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + head.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true);
  bytes.set(head, 8);
  bytes.set(data, 8 + head.length);
  return bytes;
}

const entry = (dtype: string, shape: unknown, offsets: unknown): string =>
  JSON.stringify({ dtype, shape, data_offsets: offsets });

function faultOf(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(ModelFileError);
    return (error as ModelFileError).code;
  }
  return 'none';
}

describe('safetensors', () => {
  it('reads back what it wrote, names, shapes, metadata and bits', () => {
    const tensors = new Map<string, Tensor>([
      ['b', { shape: [2, 3], data: Float32Array.of(1, -0, 1e-45, Number.NaN, Number.POSITIVE_INFINITY, 3.5) }],
      ['a', { shape: [1], data: Float64Array.of(Math.PI) }],
      ['empty', { shape: [0, 4], data: new Float32Array(0) }],
      ['scalar', { shape: [], data: Float32Array.of(7) }],
      ['__proto__', { shape: [1], data: Float32Array.of(9) }],
    ]);
    const bytes = writeSafetensors(tensors, new Map([['vocab', '["é","😀","\\n"]']]));
    const back = readSafetensors(bytes);
    expect([...back.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
    for (const [name, { shape, data }] of tensors) {
      const tensor = back.tensors.get(name)!;
      expect(tensor.shape).toEqual(shape);
      expect(tensor.data.constructor).toBe(data.constructor);
      expect(new Uint8Array(tensor.data.buffer)).toEqual(new Uint8Array(data.buffer));
    }
    expect(back.metadata.get('vocab')).toBe('["é","😀","\\n"]');
  });

  it('starts the data at a multiple of 8 and pads the header with spaces', () => {
    const bytes = writeSafetensors(new Map([['x', { shape: [1], data: Float32Array.of(1) }]]), new Map());
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(bytes.length).toBe(8 + length + 4);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd()).toBe(
      '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    );
  });

  it('reads a subarray at an odd offset of its buffer', () => {
    const bytes = writeSafetensors(new Map([['x', { shape: [2], data: Float32Array.of(1, 2) }]]), new Map());
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect([...readSafetensors(shifted.subarray(3)).tensors.get('x')!.data]).toEqual([1, 2]);
  });

  it('widens F16 and BF16 exactly', () => {
    // 1, −2, the smallest subnormal 2^−24, 65504, +∞, the largest subnormal
    const half = new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x83ff).buffer);
    const brain = new Uint8Array(Uint16Array.of(0x3f80, 0xc040).buffer);
    const data = new Uint8Array(half.length + brain.length);
    data.set(half);
    data.set(brain, half.length);
    const { tensors } = readSafetensors(
      file(`{"h":${entry('F16', [6], [0, 12])},"b":${entry('BF16', [2], [12, 16])}}`, data),
    );
    expect([...tensors.get('h')!.data]).toEqual([1, -2, 2 ** -24, 65504, Number.POSITIVE_INFINITY, -1023 * 2 ** -24]);
    expect([...tensors.get('b')!.data]).toEqual([1, -3]);
  });

  const four = new Uint8Array(4);
  const eight = new Uint8Array(8);
  const huge = file('{}');
  new DataView(huge.buffer).setBigUint64(0, 100_000_001n, true);
  const faults: [string, Uint8Array, string][] = [
    ['an empty file', new Uint8Array(0), 'truncated'],
    ['a header that claims more than 100 MB', huge, 'header-too-large'],
    ['a file that ends in its header', file('{"x":1}').subarray(0, 12), 'truncated'],
    ['a header that is not UTF-8', file(Uint8Array.of(0x7b, 0xff, 0x7d)), 'header-invalid'],
    ['a header that is not JSON', file('{"x":'), 'header-invalid'],
    ['a header that is an array', file('[]'), 'header-invalid'],
    ['a header that starts with a space', file(' {}'), 'header-invalid'],
    [
      'a duplicate key',
      file(`{"x":${entry('F32', [1], [0, 4])},"\\u0078":${entry('F32', [1], [0, 4])}}`, four),
      'duplicate-key',
    ],
    ['a duplicate key inside an entry', file('{"x":{"dtype":"F32","dtype":"F64"}}'), 'duplicate-key'],
    ['metadata that is not text', file('{"__metadata__":{"n":1}}'), 'metadata-invalid'],
    ['metadata that is a list', file('{"__metadata__":[]}'), 'metadata-invalid'],
    ['an entry that is a number', file('{"x":1}'), 'entry-invalid'],
    ['an entry without dtype', file('{"x":{"shape":[1],"data_offsets":[0,4]}}', four), 'entry-invalid'],
    ['a negative size', file(`{"x":${entry('F32', [-1], [0, 4])}}`, four), 'entry-invalid'],
    ['a fractional size', file(`{"x":${entry('F32', [1.5], [0, 4])}}`, four), 'entry-invalid'],
    ['three offsets', file(`{"x":${entry('F32', [1], [0, 4, 8])}}`, four), 'entry-invalid'],
    ['offsets that run backwards', file(`{"x":${entry('F32', [1], [4, 0])}}`, four), 'entry-invalid'],
    ['an integer dtype', file(`{"x":${entry('I64', [1], [0, 8])}}`, eight), 'dtype-unsupported'],
    ['a dtype named like a method', file(`{"x":${entry('toString', [1], [0, 8])}}`, eight), 'dtype-unsupported'],
    ['a size that does not match', file(`{"x":${entry('F32', [2], [0, 4])}}`, four), 'size-mismatch'],
    [
      'a product that overflows',
      file(`{"x":${entry('F32', [2 ** 52, 2 ** 52, 2 ** 52], [0, 4])}}`, four),
      'size-mismatch',
    ],
    ['an overlap', file(`{"x":${entry('F32', [1], [0, 4])},"y":${entry('F32', [1], [0, 4])}}`, four), 'overlap'],
    ['a hole', file(`{"x":${entry('F32', [1], [4, 8])}}`, eight), 'hole'],
    ['data that is cut off', file(`{"x":${entry('F32', [2], [0, 8])}}`, four), 'truncated'],
    ['bytes after the last tensor', file(`{"x":${entry('F32', [1], [0, 4])}}`, eight), 'trailing-data'],
  ];
  for (const [what, bytes, fault] of faults) {
    it(`names ${what}: ${fault}`, () => expect(faultOf(bytes)).toBe(fault));
  }

  it('gives a named error for every truncation of a good file', () => {
    const good = writeSafetensors(
      new Map([
        ['x', { shape: [3], data: Float32Array.of(1, 2, 3) }],
        ['y', { shape: [1], data: Float64Array.of(4) }],
      ]),
      new Map([['k', 'v']]),
    );
    expect(faultOf(good)).toBe('none');
    for (let length = 0; length < good.length; length++) expect(faultOf(good.subarray(0, length))).toBe('truncated');
  });
});
