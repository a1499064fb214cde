/**
 * Safetensors: 8 bytes length of the header (little-endian), a JSON header padded with spaces, then the tensors' bytes.
 * The reader keeps the format's own rules (no holes, no overlaps, sizes that match, a bounded header without duplicate
 * keys) and names each violation. Values are little-endian in the file, as on every machine that runs JavaScript engines
 * of today.
 */
import type { Tensor } from '../model/tensors.ts';
import { findDuplicateKey } from './json.ts';
import { ModelFileError } from './model-file-error.ts';

export interface SafetensorsFile {
  metadata: Map<string, string>;
  /** In the order of their bytes. F16 and BF16 are widened to float32 (exact). */
  tensors: Map<string, Tensor>;
}

const maxHeaderBytes = 100_000_000;
const bytesOf: Record<string, number> = { F64: 8, F32: 4, F16: 2, BF16: 2 };

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

interface Entry {
  name: string;
  dtype: string;
  shape: number[];
  start: number;
  end: number;
}

/** Throws ModelFileError on anything that the format forbids, and on dtypes that are not floating point. */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { header, dataStart } = readHeader(bytes);
  let metadata = new Map<string, string>();
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = readMetadata(value);
    else entries.push(readEntry(name, value));
  }
  checkLayout(entries, bytes.length - dataStart);
  const tensors = new Map<string, Tensor>();
  for (const { name, dtype, shape, start, end } of entries) {
    tensors.set(name, {
      shape,
      data: decode(dtype, new Uint8Array(bytes.subarray(dataStart + start, dataStart + end))),
    });
  }
  return { metadata, tensors };
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < 8)
    throw new ModelFileError(
      'truncated',
      `Not a safetensors file: ${bytes.length} bytes, shorter than its length prefix.`,
    );
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes))
    throw new ModelFileError(
      'header-too-large',
      `Not a safetensors file: its header claims ${length} bytes (the format allows ${maxHeaderBytes}).`,
    );
  const dataStart = 8 + Number(length);
  if (dataStart > bytes.length)
    throw new ModelFileError(
      'truncated',
      `The safetensors file is truncated: its header ends at byte ${dataStart}, the file at ${bytes.length}.`,
    );
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, dataStart));
  } catch {
    throw new ModelFileError('header-invalid', 'The safetensors header is not valid UTF-8.');
  }
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw new ModelFileError('header-invalid', 'The safetensors header is not valid JSON.');
  }
  if (!text.startsWith('{') || !isRecord(header))
    throw new ModelFileError('header-invalid', 'The safetensors header is not a JSON object.');
  const duplicate = findDuplicateKey(text);
  if (duplicate !== null)
    throw new ModelFileError(
      'duplicate-key',
      `The safetensors header holds the key ${quote(duplicate)} twice.`,
      duplicate,
    );
  return { header, dataStart };
}

function readMetadata(value: unknown): Map<string, string> {
  const metadata = new Map<string, string>();
  if (!isRecord(value)) throw new ModelFileError('metadata-invalid', '`__metadata__` is not an object.');
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string')
      throw new ModelFileError(
        'metadata-invalid',
        `\`__metadata__\` maps text to text; ${quote(key)} is something else.`,
      );
    metadata.set(key, text);
  }
  return metadata;
}

function readEntry(name: string, value: unknown): Entry {
  const invalid = (what: string): ModelFileError =>
    new ModelFileError('entry-invalid', `Tensor ${quote(name)}: ${what}.`, name);
  if (!isRecord(value)) throw invalid('its header entry is not an object');
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string') throw invalid('no dtype');
  if (!isNaturals(shape)) throw invalid('its shape is not a list of natural numbers');
  if (!isNaturals(offsets) || offsets.length !== 2) throw invalid('its data_offsets are not two natural numbers');
  const [start, end] = offsets as [number, number];
  if (end < start) throw invalid(`its data ends (${end}) before it starts (${start})`);
  const size = Object.hasOwn(bytesOf, dtype) ? bytesOf[dtype] : undefined;
  if (size === undefined)
    throw new ModelFileError(
      'dtype-unsupported',
      `Tensor ${quote(name)} has dtype ${quote(dtype)}; readable are ${Object.keys(bytesOf).join(', ')}.`,
      name,
    );
  const expected = shape.reduce((product, n) => product * n, size);
  if (expected !== end - start)
    throw new ModelFileError(
      'size-mismatch',
      `Tensor ${quote(name)}: shape [${shape.join(', ')}] of ${dtype} needs ${expected} bytes, its offsets hold ${end - start}.`,
      name,
    );
  return { name, dtype, shape, start, end };
}

/** Sorts the entries by place and checks that they cover [0, size) without hole or overlap. */
function checkLayout(entries: Entry[], size: number): void {
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  let at = 0;
  for (const { name, start, end } of entries) {
    if (start < at)
      throw new ModelFileError(
        'overlap',
        `Tensor ${quote(name)} starts at ${start}, inside the data of another (to ${at}).`,
        name,
      );
    if (start > at)
      throw new ModelFileError('hole', `No tensor covers the bytes ${at} to ${start}, before ${quote(name)}.`, name);
    if (end > size)
      throw new ModelFileError(
        'truncated',
        `The safetensors file is truncated: tensor ${quote(name)} ends at ${end}, the data at ${size}.`,
        name,
      );
    at = end;
  }
  if (at !== size)
    throw new ModelFileError('trailing-data', `The file holds ${size - at} bytes after its last tensor.`);
}

/** `bytes` is a copy of its own (a Buffer's `slice` would not be one): aligned, and kept by the result. */
function decode(dtype: string, bytes: Uint8Array): Float32Array | Float64Array {
  const buffer = bytes.buffer as ArrayBuffer;
  if (dtype === 'F64') return new Float64Array(buffer);
  if (dtype === 'F32') return new Float32Array(buffer);
  const halves = new Uint16Array(buffer);
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    words[i] = dtype === 'BF16' ? halves[i]! << 16 : halfToFloatBits(halves[i]!);
  }
  return new Float32Array(words.buffer);
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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNaturals(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && (n as number) >= 0);
}

function quote(name: string): string {
  return `“${name.length > 80 ? `${name.slice(0, 80)}…` : name}”`;
}
