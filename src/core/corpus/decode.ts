export type Encoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be';

export type Decoded =
  /** `invalid`: places where the bytes were no valid text and U+FFFD stands instead. */
  { kind: 'text'; text: string; encoding: Encoding; invalid: number } | { kind: 'binary' };

/** Bytes that are looked at to tell an encoding, and text from binary. */
const sampleSize = 8192;
/** Share of invalid places among characters from which on bytes are no text. */
const mostInvalid = 0.1;

/** The text of a file's bytes: UTF-8 with or without BOM, UTF-16 with BOM or by its pattern of zero bytes; else binary. */
export function decodeText(bytes: Uint8Array): Decoded {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return decodeAs(bytes.subarray(3), 'utf-8', 'utf-8-bom');
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeAs(bytes.subarray(2), 'utf-16le', 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeAs(bytes.subarray(2), 'utf-16be', 'utf-16be');
  const sample = bytes.subarray(0, sampleSize);
  if (sample.includes(0)) {
    const wide = utf16WithoutBom(sample, bytes.length);
    return wide ? decodeAs(bytes, wide, wide) : { kind: 'binary' };
  }
  return decodeAs(bytes, 'utf-8', 'utf-8');
}

function decodeAs(bytes: Uint8Array, label: 'utf-8' | 'utf-16le' | 'utf-16be', encoding: Encoding): Decoded {
  let text: string;
  let invalid = 0;
  try {
    text = new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    text = new TextDecoder(label, { ignoreBOM: true }).decode(bytes);
    invalid = countReplacements(text) - countEncodedReplacements(bytes, label);
  }
  return isBinaryText(text, invalid) ? { kind: 'binary' } : { kind: 'text', text, encoding, invalid };
}

/**
 * UTF-16 of mostly Latin text without a BOM has a zero in nearly every high byte and in nearly no low byte. Null where the
 * bytes do not look so.
 */
function utf16WithoutBom(sample: Uint8Array, length: number): 'utf-16le' | 'utf-16be' | null {
  const units = sample.length >> 1;
  if (length % 2 !== 0 || units < 2) return null;
  let even = 0;
  let odd = 0;
  for (let k = 0; k < units; k++) {
    if (sample[2 * k] === 0) even++;
    if (sample[2 * k + 1] === 0) odd++;
  }
  if (odd >= 0.7 * units && even <= 0.02 * units) return 'utf-16le';
  if (even >= 0.7 * units && odd <= 0.02 * units) return 'utf-16be';
  return null;
}

function countReplacements(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) count++;
  return count;
}

/** U+FFFD that stand in the file itself. */
function countEncodedReplacements(bytes: Uint8Array, label: 'utf-8' | 'utf-16le' | 'utf-16be'): number {
  let count = 0;
  if (label === 'utf-8') {
    for (let at = bytes.indexOf(0xef); at >= 0; at = bytes.indexOf(0xef, at + 1))
      if (bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd) count++;
    return count;
  }
  const [first, second] = label === 'utf-16le' ? [0xfd, 0xff] : [0xff, 0xfd];
  for (let k = 0; k + 1 < bytes.length; k += 2) if (bytes[k] === first && bytes[k + 1] === second) count++;
  return count;
}

/** Control characters besides tab, line ends, form feed, backspace and escape have no place in a text. */
function isBinaryText(text: string, invalid: number): boolean {
  const length = Math.min(text.length, sampleSize);
  let controls = 0;
  for (let k = 0; k < length; k++) {
    const unit = text.charCodeAt(k);
    if (unit < 32 && unit !== 9 && unit !== 10 && unit !== 13 && unit !== 12 && unit !== 8 && unit !== 27) controls++;
  }
  return controls > 0.02 * length || invalid > mostInvalid * text.length;
}
