/**
 * The part of POSIX tar (IEEE 1003.1, ustar) that archives of runs are made of: plain files with short ASCII names, each a
 * block of 512 bytes and then its bytes, filled up to a whole block; two blocks of zeros at the end. Any tar program reads
 * them. The reader takes nothing else: no links, no folders, no long names, no other flavours.
 */
import { t } from '../words.ts';

export const blockSize = 512;

/** Largest size that eleven octal digits write. */
const largestFile = 8 ** 11 - 1;

export interface TarEntry {
  name: string;
  size: number;
}

export class TarError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TarError';
  }
}

/** Bytes after a file of this size until the next block. */
export function padding(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize;
}

export const tarEnd = (): Uint8Array => new Uint8Array(2 * blockSize);

/** The block before a file. @param seconds time of its last change, since 1970 */
export function writeTarHeader({ name, size }: TarEntry, seconds: number): Uint8Array {
  if (!/^[\x21-\x7e]{1,100}$/.test(name) || size > largestFile)
    throw new TarError(t('{0} cannot be written into an archive.', name));
  const block = new Uint8Array(blockSize);
  const put = (at: number, text: string): void => {
    for (let i = 0; i < text.length; i++) block[at + i] = text.charCodeAt(i);
  };
  put(0, name);
  put(100, `${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(size, 11)}\0${octal(seconds, 11)}\0`);
  put(156, '0');
  put(257, 'ustar\u000000');
  put(148, `${octal(checksum(block), 6)}\0 `);
  return block;
}

/** Null for a block of zeros, with which an archive ends. Throws TarError. */
export function readTarHeader(block: Uint8Array): TarEntry | null {
  if (block.every((byte) => byte === 0)) return null;
  const text = (from: number, length: number): string => {
    const field = block.subarray(from, from + length);
    const end = field.indexOf(0);
    return String.fromCharCode(...(end < 0 ? field : field.subarray(0, end)));
  };
  if (text(257, 6) !== 'ustar') throw new TarError(t('It is not a POSIX tar archive.'));
  if (number(text(148, 8)) !== checksum(block))
    throw new TarError(t('A checksum does not match: the file is damaged.'));
  const name = text(0, 100);
  if (text(156, 1) !== '0' || text(157, 100) !== '' || text(345, 155) !== '')
    throw new TarError(t('The entry “{0}” is no plain file.', name));
  const size = number(text(124, 12));
  if (!/^[\x21-\x7e]+$/.test(name) || size === null) throw new TarError(t('An entry has no readable name or size.'));
  return { name, size };
}

function octal(value: number, digits: number): string {
  return Math.floor(value).toString(8).padStart(digits, '0');
}

function number(text: string): number | null {
  return /^[0-7]{1,11} ?$/.test(text) ? Number.parseInt(text, 8) : null;
}

/** Sum of the block's bytes, its own field read as spaces. */
function checksum(block: Uint8Array): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < blockSize; i++) if (i < 148 || i >= 156) sum += block[i]!;
  return sum;
}
