/**
 * Matrix products on batch panels: C[n][M][8] (+)= A·B[n][K][8], A packed in panels of a few rows ([K][rows], see tiles).
 * Every element of C is one sum over k in ascending order, whatever the shape of the tiles, rows or panels of a call: so results
 * do not depend on how threads share the work.
 */
import { joinHigh, joinLow, zipHigh, zipLow } from './lanes';
import { packLanes, TILE_ROWS, tileHeight, walk } from './tiles';

/** K is walked in blocks whose panels of A and B stay in the nearest caches. */
const K_BLOCK = 512;

/** Rows at whose multiples threads may cut a block: where packed panels begin, and vectors of 4. */
export function rowGrain(): i32 {
  return TILE_ROWS << 1;
}

/**
 * `gates` blocks of M rows each: packed A blocks and rows of C lie one after another. Rows [m0, m1) of every block (m0 where a packed
 * panel begins), panels [n0, n1); strides in bytes.
 */
export function product(
  gates: i32, M: i32, K: i32, A: usize, B: usize, bStride: usize, C: usize, cStride: usize, n0: i32, n1: i32, m0: i32, m1: i32,
  accumulate: bool,
): void {
  const b0 = B + <usize>n0 * bStride;
  let c0 = C + <usize>n0 * cStride;
  for (let gate = 0; gate < gates; ++gate) {
    let i = m0;
    while (i < m1) {
      const height = tileHeight(M - i);
      const a = A + (<usize>(i * K) << 2);
      for (let k = 0; k < K; k += K_BLOCK)
        walk(height, min(K_BLOCK, K - k), a + (<usize>(k * height) << 2), b0 + (<usize>k << 5), bStride, c0 + (<usize>i << 5), cStride,
          n1 - n0, accumulate || k > 0);
      i += height;
    }
    A += <usize>(M * K) << 2;
    c0 += <usize>M << 5;
  }
}

// Master layout of a weight matrix W [M, N]: [N/8][M][8], element (m, n) at ((n>>3)·M + m)·8 + (n&7): what a panel product writes.

/** Packs rows [m0, m0 + M) of W (`stride` rows in all) as A with K = N. */
export function packForward(stride: i32, m0: i32, M: i32, N: i32, weights: usize, packed: usize): void {
  let i = 0;
  while (i < M) {
    const height = tileHeight(M - i);
    for (let q = 0; q < height; ++q) {
      let d = packed + (<usize>(i * N + q) << 2);
      for (let n = 0; n < N; n += 8) {
        const s = weights + (<usize>((n >> 3) * stride + m0 + i + q) << 5);
        for (let lane: usize = 0; lane < 32; lane += 4) {
          store<f32>(d, load<f32>(s + lane));
          d += <usize>height << 2;
        }
      }
    }
    i += height;
  }
}

/** Packs the transpose of rows [m0, m0 + M) of W as A: its rows are n, its K = M. */
export function packTransposed(stride: i32, m0: i32, M: i32, N: i32, weights: usize, packed: usize): void {
  let i = 0;
  while (i < N) {
    const height = tileHeight(N - i);
    for (let q = 0; q < height; ++q) {
      const n = i + q;
      let s = weights + (<usize>((n >> 3) * stride + m0) << 5) + (<usize>(n & 7) << 2);
      let d = packed + (<usize>(i * M + q) << 2);
      for (let m = 0; m < M; ++m) {
        store<f32>(d, load<f32>(s));
        s += 32;
        d += <usize>height << 2;
      }
    }
    i += height;
  }
}

/** Packs a row-major matrix [M, K] with rows `stride` floats apart as A. */
export function packRows(M: i32, K: i32, stride: i32, matrix: usize, packed: usize): void {
  let i = 0;
  while (i < M) {
    const height = tileHeight(M - i);
    for (let q = 0; q < height; ++q) {
      const s = matrix + (<usize>((i + q) * stride) << 2);
      let d = packed + (<usize>(i * K + q) << 2);
      for (let k = 0; k < K; ++k) {
        store<f32>(d, load<f32>(s + (<usize>k << 2)));
        d += <usize>height << 2;
      }
    }
    i += height;
  }
}

/** Transposes features f0…f0+7 of panels X[n][features][8] into a B panel [n·8 + lane][8]. */
function packColumns(features: i32, f0: i32, x: usize, count: i32, d: usize): void {
  let s = x + (<usize>f0 << 5);
  for (let n = 0; n < count; ++n) {
    for (let half: usize = 0; half < 32; half += 16) {
      const p = s + half;
      for (let o: usize = 0; o < 2; ++o) {
        const q = p + (o << 7), e = d + (o << 4);
        const a = v128.load(q), b = v128.load(q, 32), c = v128.load(q, 64), f = v128.load(q, 96);
        const ab0 = zipLow(a, b), ab1 = zipHigh(a, b), cf0 = zipLow(c, f), cf1 = zipHigh(c, f);
        v128.store(e, joinLow(ab0, cf0));
        v128.store(e, joinHigh(ab0, cf0), 32);
        v128.store(e, joinLow(ab1, cf1), 64);
        v128.store(e, joinHigh(ab1, cf1), 96);
      }
      d += 128;
    }
    s += <usize>features << 5;
  }
}

/**
 * Weight gradient: C (master layout [N/8][M][8], rows [m0, m1)) = Σ over `count` panels and their lanes of X[n][x0 + m][lane]·Y[n][j][lane].
 * X has xFeatures rows a panel, Y exactly N (a multiple of 8). `zeros` lists, ascending, `zeroCount` places n·8 + lane whose Y counts as
 * zero (a document begins there). `chunk` panels are packed at a time: pa takes 10·8·chunk floats, pb N·8·chunk.
 */
export function weightGradient(
  M: i32, N: i32, X: usize, xFeatures: i32, x0: i32, Y: usize, count: i32, C: usize, m0: i32, m1: i32, chunk: i32, pa: usize, pb: usize,
  zeros: usize, zeroCount: i32,
): void {
  if (m0 >= m1) return;
  const cStride = <usize>M << 5, panels = N >> 3;
  let zero = 0;
  for (let n = 0; n < count; n += chunk) {
    const now = min(chunk, count - n), K = now << 3, bStride = <usize>K << 5;
    const x = X + (<usize>n * <usize>xFeatures << 5), y = Y + (<usize>n * <usize>N << 5);
    for (let j = 0; j < panels; ++j) packColumns(N, j << 3, y, now, pb + <usize>j * bStride);
    for (; zero < zeroCount && load<i32>(zeros + (<usize>zero << 2)) < ((n + now) << 3); ++zero) {
      const k = <usize>(load<i32>(zeros + (<usize>zero << 2)) - (n << 3));
      for (let j: usize = 0; j < <usize>panels; ++j) memory.fill(pb + j * bStride + (k << 5), 0, 32);
    }
    let m = m0;
    while (m < m1) {
      const height = tileHeight(m1 - m);
      packLanes(height, xFeatures, x0 + m, x, now, pa);
      walk(height, K, pa, pb, bStride, C + (<usize>m << 5), cStride, panels, n > 0);
      m += height;
    }
  }
}
