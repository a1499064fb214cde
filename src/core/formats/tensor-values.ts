/** The values of a tensor from their bytes (little-endian), for every dtype of the format. */
import type { Dtype } from './safetensors-header.ts';

const floats = ['F64', 'F32', 'F16', 'BF16'] as const;
/** What a model's values may be; the format has integers and bytes of floats besides. */
export type FloatDtype = (typeof floats)[number];

export function isFloatDtype(dtype: Dtype): dtype is FloatDtype {
  return floats.some((name) => name === dtype);
}

/** F16 and BF16 are widened to float32 (exact). @param bytes aligned for the dtype; the result may keep them */
export function decodeFloats(dtype: FloatDtype, bytes: Uint8Array): Float32Array | Float64Array {
  const buffer = bytes.buffer as ArrayBuffer;
  const { byteOffset, byteLength } = bytes;
  if (dtype === 'F64') return new Float64Array(buffer, byteOffset, byteLength / 8);
  if (dtype === 'F32') return new Float32Array(buffer, byteOffset, byteLength / 4);
  const halves = new Uint16Array(buffer, byteOffset, byteLength / 2);
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = dtype === 'BF16' ? halves[i]! << 16 : halfToFloatBits(halves[i]!);
  return new Float32Array(words.buffer);
}

/** Any dtype's values as numbers; 64-bit integers beyond 2^53 are rounded. @param bytes aligned for the dtype */
export function decodeValues(dtype: Dtype, bytes: Uint8Array): ArrayLike<number> {
  const buffer = bytes.buffer as ArrayBuffer;
  const { byteOffset, byteLength } = bytes;
  switch (dtype) {
    case 'F8_E4M3':
    case 'F8_E5M2':
      return Float32Array.from(bytes, (byte) => byteFloats[dtype][byte]!);
    case 'I64':
      return Float64Array.from(new BigInt64Array(buffer, byteOffset, byteLength / 8), Number);
    case 'U64':
      return Float64Array.from(new BigUint64Array(buffer, byteOffset, byteLength / 8), Number);
    case 'I32':
      return new Int32Array(buffer, byteOffset, byteLength / 4);
    case 'U32':
      return new Uint32Array(buffer, byteOffset, byteLength / 4);
    case 'I16':
      return new Int16Array(buffer, byteOffset, byteLength / 2);
    case 'U16':
      return new Uint16Array(buffer, byteOffset, byteLength / 2);
    case 'I8':
      return new Int8Array(buffer, byteOffset, byteLength);
    case 'U8':
    case 'BOOL':
      return bytes;
    default:
      return decodeFloats(dtype, bytes);
  }
}

/** IEEE 754 binary16 → binary32, exact; subnormals are normalised by float arithmetic. */
function halfToFloatBits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  const bits = new Uint32Array(Float32Array.of(fraction * 2 ** -24).buffer)[0]!;
  return sign | bits;
}

/** The 256 values of each float of one byte: E5M2 is binary16's upper half, E4M3 has no infinity and NaN at all ones (Micikevicius et al. 2022). */
const byteFloats: Record<'F8_E4M3' | 'F8_E5M2', Float32Array> = {
  F8_E4M3: Float32Array.from({ length: 256 }, (_, byte) => {
    const sign = byte & 0x80 ? -1 : 1;
    const exponent = (byte >> 3) & 0xf;
    const fraction = byte & 7;
    if (exponent === 0xf && fraction === 7) return Number.NaN;
    return sign * (exponent === 0 ? fraction * 2 ** -9 : (1 + fraction / 8) * 2 ** (exponent - 7));
  }),
  F8_E5M2: decodeFloats(
    'F16',
    new Uint8Array(Uint16Array.from({ length: 256 }, (_, byte) => byte << 8).buffer),
  ) as Float32Array,
};
