/**
 * Makes a photograph of a screen smaller: an RGB or RGBA PNG of 8 bits (not interlaced) as one with a palette of 256 colours, chosen by
 * median cut (Heckbert 1982) over colours of 5 bits a channel. Chunks and filters: PNG specification (ISO/IEC 15948).
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export function withPalette(png: Buffer): Buffer {
  const { width, height, rgb } = decode(png);
  const { palette, index } = quantize(rgb);
  const rows = Buffer.alloc(height * (width + 1)); // each row after its filter, none
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 3 * (y * width + x);
      rows[y * (width + 1) + 1 + x] = index[bucket(rgb[at]!, rgb[at + 1]!, rgb[at + 2]!)]!;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const parts = [chunk('IHDR', header), chunk('PLTE', palette), chunk('IDAT', deflateSync(rows, { level: 9 }))];
  return Buffer.concat([signature, ...parts, chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type, 'latin1'), data, Buffer.alloc(4)]);
  bytes.writeUInt32BE(data.length, 0);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}

/** Pixels as [height · width · 3]; alpha is dropped. */
function decode(png: Buffer): { width: number; height: number; rgb: Uint8Array } {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const channels = { 2: 3, 6: 4 }[png[25]!];
  if (png[24] !== 8 || png[28] !== 0 || !channels) throw new Error('This is no RGB picture of 8 bits.');
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const filtered = inflateSync(Buffer.concat(data));
  const stride = width * channels;
  const rgb = new Uint8Array(3 * width * height);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const from = y * (stride + 1);
    const row = unfilter(filtered[from]!, filtered.subarray(from + 1, from + 1 + stride), above, channels);
    for (let x = 0; x < width; x++) rgb.set(row.subarray(x * channels, x * channels + 3), 3 * (y * width + x));
    above = row;
  }
  return { width, height, rgb };
}

function unfilter(filter: number, row: Uint8Array, above: Uint8Array, step: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(row.length);
  for (let i = 0; i < row.length; i++) {
    const [left, up, corner] = [out[i - step] ?? 0, above[i]!, i < step ? 0 : above[i - step]!];
    const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!;
    out[i] = row[i]! + predicted;
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

const bucket = (r: number, g: number, b: number): number => ((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3);

interface Colour {
  bucket: number;
  count: number;
  /** Mean of its pixels, by channel. */
  mean: [number, number, number];
}

/** A palette of 256 colours [256 · 3], and for each of the 32,768 buckets its place there. */
function quantize(rgb: Uint8Array): { palette: Uint8Array; index: Uint8Array } {
  const sums = new Float64Array(4 * 32768);
  for (let i = 0; i < rgb.length; i += 3) {
    const at = 4 * bucket(rgb[i]!, rgb[i + 1]!, rgb[i + 2]!);
    sums[at]!++;
    for (let k = 0; k < 3; k++) sums[at + 1 + k]! += rgb[i + k]!;
  }
  const colours: Colour[] = [];
  for (let k = 0; k < 32768; k++) {
    const count = sums[4 * k]!;
    if (count > 0)
      colours.push({ bucket: k, count, mean: [1, 2, 3].map((j) => sums[4 * k + j]! / count) as Colour['mean'] });
  }
  const boxes = [colours];
  while (boxes.length < 256) {
    const widest = boxes.reduce((a, b) => (b.length > 1 && spread(b).weight > spread(a).weight ? b : a));
    if (widest.length < 2) break;
    const { channel } = spread(widest);
    widest.sort((a, b) => a.mean[channel]! - b.mean[channel]!);
    const half = widest.reduce((sum, { count }) => sum + Math.sqrt(count), 0) / 2;
    let at = 0;
    for (let sum = 0; at < widest.length - 1 && sum < half; at++) sum += Math.sqrt(widest[at]!.count);
    boxes.push(widest.splice(Math.max(1, at)));
  }
  const palette = new Uint8Array(3 * boxes.length);
  const index = new Uint8Array(32768);
  boxes.forEach((box, k) => {
    const total = box.reduce((sum, { count }) => sum + count, 0);
    for (let j = 0; j < 3; j++)
      palette[3 * k + j] = Math.round(box.reduce((sum, { count, mean }) => sum + count * mean[j]!, 0) / total);
    for (const colour of box) index[colour.bucket] = k;
  });
  return { palette, index };
}

/** The channel along which a box is longest, and how much it asks to be cut. */
function spread(box: readonly Colour[]): { channel: number; weight: number } {
  const widths = [0, 1, 2].map((k) => {
    const values = box.map(({ mean }) => mean[k]!);
    return Math.max(...values) - Math.min(...values);
  });
  const channel = widths.indexOf(Math.max(...widths));
  return { channel, weight: widths[channel]! * Math.sqrt(box.reduce((sum, { count }) => sum + Math.sqrt(count), 0)) };
}
