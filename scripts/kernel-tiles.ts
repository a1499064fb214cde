/**
 * Writes the register tiles of the matrix products as AssemblyScript: the innermost loops must be unrolled by hand, with as many rows as
 * a build has registers for. V8 has 15 usable vector registers. Of 128 bits, 6 rows × 8 lanes take 12 accumulators, 2 for B and 1 for A;
 * one row more spills and runs at a third of the speed. With revectorization V8 merges the two halves of the 8 lanes into one 256-bit
 * register: 10 rows take 10 accumulators, enough to hide the latency of multiply–add for a single panel of B already.
 */

const indent = (lines: string[]): string => lines.map((line) => `  ${line}`).join('\n');

/** Heights of packed panels of A: the tile's, and those that what is left over at the end is cut into. */
function heightsOf(rows: number): number[] {
  return [...new Set([rows, 8, 6, 4, 2, 1])].filter((height) => height <= rows);
}

/** `tile{rows}`: C[rows][8] (+)= A·B over K, A a packed panel [K][rows], B [K][8]. */
function tile(rows: number): string {
  const all = Array.from({ length: rows }, (_, i) => i);
  const lines = [
    ...all.map((i) => `let s${i} = f32x4.splat(0), t${i} = f32x4.splat(0);`),
    'if (accumulate) {',
    ...all.map((i) => `  s${i} = v128.load(c, ${i * 32});\n    t${i} = v128.load(c, ${i * 32 + 16});`),
    '}',
    'const end = b + (<usize>K << 5);',
    'while (b < end) {',
    '  const low = v128.load(b), high = v128.load(b, 16);',
    ...all.map(
      (i) =>
        `  const x${i} = v128.load32_splat(a, ${i * 4});\n    s${i} = madd(x${i}, low, s${i});\n    t${i} = madd(x${i}, high, t${i});`,
    ),
    `  a += ${rows * 4};`,
    '  b += 32;',
    '}',
    ...all.map((i) => `v128.store(c, s${i}, ${i * 32});\n  v128.store(c, t${i}, ${i * 32 + 16});`),
  ];
  return `function tile${rows}(K: i32, a: usize, b: usize, c: usize, accumulate: bool): void {
${indent(lines)}
}
`;
}

/** Transposes `rows` features of panels X[n][features][8], from feature f0 on, into A panels [n·8 + lane][rows]. */
function packLanes(rows: number): string {
  const lines: string[] = [];
  let at = 0;
  while (at < rows) {
    const left = rows - at;
    const loads = (count: number): string =>
      ['a', 'b', 'c', 'e']
        .slice(0, count)
        .map((name, i) => `${name} = v128.load(p, ${(at + i) * 32})`)
        .join(', ');
    if (left >= 4) {
      lines.push(
        `{ const ${loads(4)};`,
        '  const ab0 = zipLow(a, b), ab1 = zipHigh(a, b), ce0 = zipLow(c, e), ce1 = zipHigh(c, e);',
        ...['joinLow(ab0, ce0)', 'joinHigh(ab0, ce0)', 'joinLow(ab1, ce1)', 'joinHigh(ab1, ce1)'].map(
          (value, lane) => `  v128.store(d, ${value}, ${(at + lane * rows) * 4});`,
        ),
        '}',
      );
      at += 4;
    } else if (left >= 2) {
      lines.push(
        `{ const ${loads(2)};`,
        '  const low = zipLow(a, b), high = zipHigh(a, b);',
        ...['low, 0', 'low, 1', 'high, 0', 'high, 1'].map(
          (value, lane) => `  v128.store64_lane(d, ${value}, ${(at + lane * rows) * 4});`,
        ),
        '}',
      );
      at += 2;
    } else {
      lines.push(
        `{ const ${loads(1)};`,
        ...[0, 1, 2, 3].map((lane) => `  v128.store32_lane(d, a, ${lane}, ${(at + lane * rows) * 4});`),
        '}',
      );
      at += 1;
    }
  }
  return `function packLanes${rows}(features: i32, f0: i32, x: usize, count: i32, d: usize): void {
  let s = x + (<usize>f0 << 5);
  for (let n = 0; n < count; ++n) {
    for (let half: usize = 0; half < 32; half += 16) {
      const p = s + half;
${indent(lines.map((line) => `    ${line}`))}
      d += ${rows * 16};
    }
    s += <usize>features << 5;
  }
}
`;
}

/** The source of `tiles.ts` for tiles of `rows` rows: tiles, their dispatch, and the packing that they need. */
export function tileSource(rows: number): string {
  const heights = heightsOf(rows);
  const choose = (call: (height: number) => string): string =>
    heights
      .map((height, i) => (i < heights.length - 1 ? `if (height == ${height}) ${call(height)}` : call(height)))
      .join('\n  else ');
  return [
    `/** Generated for one build: register tiles of the products. */
import { joinHigh, joinLow, madd, zipHigh, zipLow } from './lanes';

export const TILE_ROWS = ${rows};

/** Height of the next packed panel of A where \`left\` rows are left. */
export function tileHeight(left: i32): i32 {
  return ${heights.map((height, i) => (i < heights.length - 1 ? `left >= ${height} ? ${height} : ` : `${height}`)).join('')};
}
`,
    ...heights.flatMap((height) => [tile(height), packLanes(height)]),
    `export function packLanes(height: i32, features: i32, f0: i32, x: usize, count: i32, d: usize): void {
  ${choose((height) => `packLanes${height}(features, f0, x, count, d);`)}
}
`,
    `/** One packed panel of A over \`panels\` panels of B. */
export function walk(height: i32, K: i32, a: usize, b: usize, bStride: usize, c: usize, cStride: usize, panels: i32, accumulate: bool): void {
  for (let n = 0; n < panels; ++n) {
    ${choose((height) => `tile${height}(K, a, b, c, accumulate);`)}
    b += bStride;
    c += cStride;
  }
}
`,
  ].join('\n');
}
