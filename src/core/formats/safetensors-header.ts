/**
 * The header of a safetensors file: 8 bytes length (little-endian), JSON padded with spaces, then the tensors' bytes. It is
 * read without them, so that a file of any size can be described. The reader keeps the format's own rules (no holes, no
 * overlaps, sizes that match, a bounded header without duplicate keys) and names each violation.
 */

import { t } from '../words.ts';
import { inertText } from './inert-text.ts';
import { findDuplicateKey, jsonExcess } from './json.ts';
import { ModelFileError } from './model-file-error.ts';

const maxHeaderBytes = 100_000_000;

/** Bytes of one value of every dtype whose values are whole bytes. */
export const bytesOf = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;
export type Dtype = keyof typeof bytesOf;

export interface TensorEntry {
  name: string;
  dtype: Dtype;
  shape: number[];
  /** Place of the values in bytes, counted from the header's end. */
  start: number;
  end: number;
}

export interface SafetensorsHeader {
  metadata: Map<string, string>;
  /** In the order of their bytes. */
  entries: TensorEntry[];
  /** Where the tensors' bytes begin in the file. */
  dataStart: number;
}

/** Bytes of a file's first part that hold its length prefix and its header. @param prefix the file's first 8 bytes, or all where it is shorter */
export function headerEnd(prefix: Uint8Array, fileSize: number): number {
  if (prefix.length < 8)
    throw new ModelFileError(
      'truncated',
      t('Not a safetensors file: {0} bytes, shorter than its length prefix.', prefix.length),
    );
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes))
    throw new ModelFileError(
      'header-too-large',
      t('Not a safetensors file: its header claims {0} bytes (the format allows {1}).', String(length), maxHeaderBytes),
    );
  const end = 8 + Number(length);
  if (end > fileSize)
    throw new ModelFileError(
      'truncated',
      t('The safetensors file is truncated: its header ends at byte {0}, the file at {1}.', end, fileSize),
    );
  return end;
}

/**
 * @param bytes the file's beginning, at least to the header's end
 * @param fileSize bytes of the whole file
 * Throws ModelFileError on anything that the format forbids.
 */
export function readSafetensorsHeader(bytes: Uint8Array, fileSize: number): SafetensorsHeader {
  const dataStart = headerEnd(bytes.subarray(0, 8), fileSize);
  let metadata = new Map<string, string>();
  const entries: TensorEntry[] = [];
  for (const [name, value] of Object.entries(parseHeader(bytes.subarray(8, dataStart)))) {
    if (name === '__metadata__') metadata = readMetadata(value);
    else entries.push(readEntry(name, value));
  }
  checkLayout(entries, fileSize - dataStart);
  return { metadata, entries, dataStart };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ModelFileError('header-invalid', t('The safetensors header is not valid UTF-8.'));
  }
  const excess = jsonExcess(text);
  if (excess !== null)
    throw new ModelFileError('header-invalid', t('The safetensors header cannot be read: {0}.', excess));
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw new ModelFileError('header-invalid', t('The safetensors header is not valid JSON.'));
  }
  if (!text.startsWith('{') || !isRecord(header))
    throw new ModelFileError('header-invalid', t('The safetensors header is not a JSON object.'));
  const duplicate = findDuplicateKey(text);
  if (duplicate !== null)
    throw new ModelFileError(
      'duplicate-key',
      t('The safetensors header holds the key {0} twice.', quote(duplicate)),
      duplicate,
    );
  return header;
}

function readMetadata(value: unknown): Map<string, string> {
  const metadata = new Map<string, string>();
  if (!isRecord(value)) throw new ModelFileError('metadata-invalid', t('`__metadata__` is not an object.'));
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string')
      throw new ModelFileError(
        'metadata-invalid',
        t('`__metadata__` maps text to text; {0} is something else.', quote(key)),
      );
    metadata.set(key, text);
  }
  return metadata;
}

function readEntry(name: string, value: unknown): TensorEntry {
  const quoted = quote(name);
  const invalid = (message: string): ModelFileError => new ModelFileError('entry-invalid', message, name);
  if (!isRecord(value)) throw invalid(t('Tensor {0}: its header entry is not an object.', quoted));
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string') throw invalid(t('Tensor {0}: no dtype.', quoted));
  if (!isNaturals(shape)) throw invalid(t('Tensor {0}: its shape is not a list of natural numbers.', quoted));
  if (!isNaturals(offsets) || offsets.length !== 2)
    throw invalid(t('Tensor {0}: its data_offsets are not two natural numbers.', quoted));
  const [start, end] = offsets as [number, number];
  if (end < start) throw invalid(t('Tensor {0}: its data ends ({1}) before it starts ({2}).', quoted, end, start));
  if (!isDtype(dtype))
    throw new ModelFileError(
      'dtype-unsupported',
      t('Tensor {0} has dtype {1}; known are {2}.', quoted, quote(dtype), Object.keys(bytesOf).join(', ')),
      name,
    );
  const expected = shape.reduce((product, n) => product * n, bytesOf[dtype] as number);
  if (expected !== end - start)
    throw new ModelFileError(
      'size-mismatch',
      t(
        'Tensor {0}: shape {1} of {2} needs {3} bytes, its offsets hold {4}.',
        quoted,
        shapeText(shape),
        dtype,
        expected,
        end - start,
      ),
      name,
    );
  return { name, dtype, shape, start, end };
}

/** Sorts the entries by place and checks that they cover [0, size) without hole or overlap. */
function checkLayout(entries: TensorEntry[], size: number): void {
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  let at = 0;
  for (const { name, start, end } of entries) {
    if (start < at)
      throw new ModelFileError(
        'overlap',
        t('Tensor {0} starts at {1}, inside the data of another (to {2}).', quote(name), start, at),
        name,
      );
    if (start > at)
      throw new ModelFileError(
        'hole',
        t('No tensor covers the bytes {0} to {1}, before {2}.', at, start, quote(name)),
        name,
      );
    if (end > size)
      throw new ModelFileError(
        'truncated',
        t('The safetensors file is truncated: tensor {0} ends at {1}, the data at {2}.', quote(name), end, size),
        name,
      );
    at = end;
  }
  if (at !== size)
    throw new ModelFileError('trailing-data', t('The file holds {0} bytes after its last tensor.', size - at));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNaturals(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && (n as number) >= 0);
}

function isDtype(name: string): name is Dtype {
  return Object.hasOwn(bytesOf, name);
}

/** A tensor's name or another word of the file, for a message. */
export function quote(name: string): string {
  return `“${inertText(name, 80)}”`;
}

/** `[512, 96]`; of a shape with absurdly many sizes the first few. */
export function shapeText(shape: readonly number[]): string {
  const [shown, rest] = [shape.slice(0, 8).join(', '), shape.length > 8 ? ', …' : ''];
  return `[${shown}${rest}]`;
}
