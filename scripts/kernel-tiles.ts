/**
 * Writes the register tiles of the matrix products as AssemblyScript: the innermost loops must be unrolled by hand, in shapes
 * that differ between builds. V8 has 15 usable vector registers: 6 rows × 8 lanes take 12 accumulators, 2 for B and 1 for A.
 * With revectorization V8 merges neighbouring 128-bit operations into 256-bit ones, so 4 rows × 2 panels take 8 wide accumulators,
 * and 12 rows × 1 panel take 12.
 */

export interface TileShape {
  /** Rows of a packed panel of A. */
  rows: number;
  /** Panels of B walked at once. */
  panels: number;
  /** Packed panels of A walked at once where a single panel of B is left. */
  tall: number;
}

const indent = (lines: string[]): string => lines.map((line) => `  ${line}`).join('\n');

function widthsOf(shape: TileShape): number[] {
  return [...new Set([shape.rows, 4, 2, 1])].filter((width) => width <= shape.rows).sort((a, b) => b - a);
}

/**
 * `tile{rows}x{panels}x{tall}`: C[panels][rows·tall][8] (+)= A·B over K. A is `tall` packed panels [K][rows], `aStride` bytes apart;
 * B is `panels` of [K][8], `bStride` apart, C `cStride` apart.
 */
function tile(rows: number, panels: number, tall: number): string {
  const all = Array.from({ length: rows * tall }, (_, i) => i);
  const vectors = Array.from({ length: panels * 2 }, (_, j) => j);
  const panel = (base: string, j: number): string => (j < 2 ? base : `${base}Next`);
  const head: string[] = [];
  if (panels > 1) head.push('let bNext = b + bStride;', 'const cNext = c + cStride;');
  for (const q of Array.from({ length: tall - 1 }, (_, q) => q + 1)) head.push(`let a${q} = a + ${q} * aStride;`);
  for (const i of all) head.push(`let ${vectors.map((j) => `s${i}_${j} = f32x4.splat(0)`).join(', ')};`);
  head.push('if (accumulate) {');
  for (const i of all)
    for (const j of vectors) head.push(`  s${i}_${j} = v128.load(${panel('c', j)}, ${i * 32 + (j & 1) * 16});`);
  head.push('}', 'const end = b + (<usize>K << 5);', 'while (b < end) {');
  for (const j of vectors) head.push(`  const b${j} = v128.load(${panel('b', j)}, ${(j & 1) * 16});`);
  for (const i of all) {
    const source = i < rows ? 'a' : `a${Math.floor(i / rows)}`;
    head.push(`  const x${i} = v128.load32_splat(${source}, ${(i % rows) * 4});`);
    for (const j of vectors) head.push(`  s${i}_${j} = madd(x${i}, b${j}, s${i}_${j});`);
  }
  head.push(`  a += ${rows * 4};`, '  b += 32;');
  if (panels > 1) head.push('  bNext += 32;');
  for (const q of Array.from({ length: tall - 1 }, (_, q) => q + 1)) head.push(`  a${q} += ${rows * 4};`);
  head.push('}');
  for (const i of all)
    for (const j of vectors) head.push(`v128.store(${panel('c', j)}, s${i}_${j}, ${i * 32 + (j & 1) * 16});`);
  return `function tile${rows}x${panels}x${tall}(K: i32, a: usize, aStride: usize, b: usize, bStride: usize, c: usize, cStride: usize, accumulate: bool): void {
${indent(head)}
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

/** The source of `tiles.ts`: tiles, their dispatch over rows and panels, and the packing that a shape needs. */
export function tileSource(shape: TileShape): string {
  const widths = widthsOf(shape);
  const choose = (call: (width: number) => string): string =>
    widths
      .map((width, i) => (i < widths.length - 1 ? `if (width == ${width}) ${call(width)}` : call(width)))
      .join('\n  else ');
  const parts = [
    '/** Generated for one build: register tiles of the products. */',
    "import { joinHigh, joinLow, madd, zipHigh, zipLow } from './lanes';",
    `/** Rows of the next packed panel of A where \`left\` rows are left. */
export function tileRows(left: i32): i32 {
  return ${widths.map((width, i) => (i < widths.length - 1 ? `left >= ${width} ? ${width} : ` : `${width}`)).join('')};
}
`,
  ];
  for (const width of widths) {
    parts.push(tile(width, 1, 1), packLanes(width));
    if (shape.panels > 1) parts.push(tile(width, shape.panels, 1));
  }
  if (shape.tall > 1) parts.push(tile(shape.rows, 1, shape.tall));
  const args = 'K, a, aStride, b, bStride, c, cStride, accumulate';
  parts.push(`export function packLanes(width: i32, features: i32, f0: i32, x: usize, count: i32, d: usize): void {
  ${choose((width) => `packLanes${width}(features, f0, x, count, d);`)}
}
`);
  parts.push(`/** Packed panels of A that \`walk\` takes at once: several only where one panel of B is left for them. */
export function tallOf(width: i32, panels: i32, left: i32): i32 {
  return ${shape.tall > 1 ? `width == ${shape.rows} && panels < ${shape.panels} && left >= ${shape.rows * shape.tall} ? ${shape.tall} : 1` : '1'};
}
`);
  parts.push(`/** One row panel (or \`tall\` of them) of A over \`panels\` panels of B. */
export function walk(width: i32, tall: i32, K: i32, a: usize, aStride: usize, b: usize, bStride: usize, c: usize, cStride: usize, panels: i32, accumulate: bool): void {
  let n = 0;
${
  shape.tall > 1
    ? `  if (tall > 1) {
    for (; n < panels; ++n) {
      tile${shape.rows}x1x${shape.tall}(${args});
      b += bStride;
      c += cStride;
    }
    return;
  }
`
    : ''
}${
  shape.panels > 1
    ? `  for (; n + ${shape.panels} <= panels; n += ${shape.panels}) {
    ${choose((width) => `tile${width}x${shape.panels}x1(${args});`)}
    b += ${shape.panels} * bStride;
    c += ${shape.panels} * cStride;
  }
`
    : ''
}  for (; n < panels; ++n) {
    ${choose((width) => `tile${width}x1x1(${args});`)}
    b += bStride;
    c += cStride;
  }
}
`);
  return parts.join('\n');
}
