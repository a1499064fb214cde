/**
 * Safetensors as models need them: whole files of floating-point tensors. The header and its rules are in
 * safetensors-header.ts. Values are little-endian in the file, as on every machine that runs JavaScript engines of today.
 */
import type { Tensor } from '../model/tensors.ts';
import { t } from '../words.ts';
import { ModelFileError } from './model-file-error.ts';
import { type Dtype, quote, readSafetensorsHeader } from './safetensors-header.ts';
import { decodeFloats, type FloatDtype, isFloatDtype } from './tensor-values.ts';

export interface SafetensorsFile {
  metadata: Map<string, string>;
  /** In the order of their bytes. F16 and BF16 are widened to float32 (exact). */
  tensors: Map<string, Tensor>;
}

/** Writes tensors in the map's order (F32 or F64 as their arrays are). The header is padded so that data starts at a multiple of 8. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: ReadonlyMap<string, string>,
): Uint8Array {
  const entries: [string, unknown][] = [];
  if (metadata.size > 0) entries.push(['__metadata__', Object.fromEntries(metadata)]);
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    const dtype = data instanceof Float64Array ? 'F64' : 'F32';
    entries.push([name, { dtype, shape, data_offsets: [offset, offset + data.byteLength] }]);
    offset += data.byteLength;
  }
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headerLength = Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(header, 8);
  file.fill(0x20, 8 + header.length, 8 + headerLength);
  let at = 8 + headerLength;
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/** Throws ModelFileError on anything that the format forbids, and on dtypes that are not floating point. */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { metadata, entries, dataStart } = readSafetensorsHeader(bytes, bytes.length);
  const tensors = new Map<string, Tensor>();
  for (const { name, dtype, shape, start, end } of entries) {
    requireFloats(name, dtype);
    // A copy of its own (a Buffer's `slice` would not be one): aligned, and kept by the result.
    const values = new Uint8Array(bytes.subarray(dataStart + start, dataStart + end));
    tensors.set(name, { shape, data: decodeFloats(dtype, values) });
  }
  return { metadata, tensors };
}

/** Throws ModelFileError `dtype-unsupported`. */
export function requireFloats(name: string, dtype: Dtype): asserts dtype is FloatDtype {
  if (isFloatDtype(dtype)) return;
  throw new ModelFileError(
    'dtype-unsupported',
    t("Tensor {0} has dtype {1}; a model's values are F64, F32, F16 or BF16.", quote(name), quote(dtype)),
    name,
  );
}
