import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../../src/core/corpus/decode.ts';

const sample = 'const größe = "日本 😀";\r\nreturn größe;\r\n';
const ascii = 'if (x == 1) { return "é"; }\n'.repeat(5);

function utf16(text: string, littleEndian: boolean, bom: boolean): Uint8Array {
  const units = [...(bom ? [0xfeff] : []), ...Array.from({ length: text.length }, (_, k) => text.charCodeAt(k))];
  const view = new DataView(new ArrayBuffer(2 * units.length));
  units.forEach((unit, k) => {
    view.setUint16(2 * k, unit, littleEndian);
  });
  return new Uint8Array(view.buffer);
}

describe('decoding', () => {
  it('reads UTF-8 with and without BOM', () => {
    const bytes = new TextEncoder().encode(sample);
    expect(decodeText(bytes)).toEqual({ kind: 'text', text: sample, encoding: 'utf-8', invalid: 0 });
    expect(decodeText(Uint8Array.of(0xef, 0xbb, 0xbf, ...bytes))).toEqual({
      kind: 'text',
      text: sample,
      encoding: 'utf-8-bom',
      invalid: 0,
    });
  });

  it('reads UTF-16 of either order, with BOM and by its zeros', () => {
    for (const littleEndian of [true, false]) {
      const encoding = littleEndian ? 'utf-16le' : 'utf-16be';
      expect(decodeText(utf16(sample, littleEndian, true))).toEqual({
        kind: 'text',
        text: sample,
        encoding,
        invalid: 0,
      });
      expect(decodeText(utf16(ascii, littleEndian, false))).toEqual({
        kind: 'text',
        text: ascii,
        encoding,
        invalid: 0,
      });
    }
  });

  it('counts invalid places, not the replacement characters that the file itself holds', () => {
    const text = new TextEncoder().encode(`a${'b'.repeat(100)}\ufffd`);
    expect(decodeText(text)).toMatchObject({ invalid: 0 });
    expect(decodeText(Uint8Array.of(...text, 0xff, 0x61, 0xc3))).toMatchObject({ kind: 'text', invalid: 2 });
    const latin1 = decodeText(Uint8Array.of(...new TextEncoder().encode('x'.repeat(50)), 0xe9, 0x0a));
    expect(latin1).toMatchObject({ text: `${'x'.repeat(50)}\ufffd\n`, invalid: 1 });
  });

  it('knows binary from text', () => {
    expect(decodeText(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0)).kind).toBe('binary');
    expect(decodeText(Uint8Array.from({ length: 4000 }, (_, k) => (k * k * 31 + 7) % 251)).kind).toBe('binary');
    expect(decodeText(new Uint8Array(64)).kind).toBe('binary');
    expect(decodeText(new Uint8Array(0))).toEqual({ kind: 'text', text: '', encoding: 'utf-8', invalid: 0 });
    expect(decodeText(new TextEncoder().encode('a\tb\x1b[0m\f\n')).kind).toBe('text');
  });
});
