/// <reference path="./webassembly.d.ts" />
/** The kernels' exports (src/kernels), typed. Addresses are bytes, counts 32-bit integers, flags 0 or 1. */
import { t } from '../../words.ts';

export interface Kernels {
  product(
    gates: number,
    m: number,
    k: number,
    a: number,
    b: number,
    bStride: number,
    c: number,
    cStride: number,
    n0: number,
    n1: number,
    m0: number,
    m1: number,
    accumulate: number,
  ): void;
  rowGrain(): number;
  packForward(stride: number, m0: number, m: number, n: number, weights: number, packed: number): void;
  packTransposed(stride: number, m0: number, m: number, n: number, weights: number, packed: number): void;
  packRows(m: number, k: number, stride: number, matrix: number, packed: number): void;
  weightGradient(
    m: number,
    n: number,
    x: number,
    xFeatures: number,
    x0: number,
    y: number,
    count: number,
    c: number,
    m0: number,
    m1: number,
    chunk: number,
    pa: number,
    pb: number,
    zeros: number,
    zeroCount: number,
  ): void;
  gather(
    features: number,
    stride: number,
    table: number,
    ids: number,
    panels: number,
    n0: number,
    n1: number,
    f0: number,
    f1: number,
  ): void;
  scatter(
    rows: number,
    columns: number,
    features: number,
    table: number,
    ids: number,
    panels: number,
    count: number,
    f0: number,
    f1: number,
  ): void;
  fillBias(features: number, bias: number, panels: number, n0: number, n1: number, f0: number, f1: number): void;
  sumRows(features: number, panels: number, count: number, out: number, f0: number, f1: number, scratch: number): void;
  sumBias(
    rows: number,
    biasIh: number,
    inputRows: number,
    biasHh: number,
    recurrentRow: number,
    recurrentRows: number,
    out: number,
  ): void;
  sumTable(count: number, rows: number, table: number, inputRows: number, bias: number, out: number): void;
  laneNorms(features: number, panel: number, norms: number): void;
  maskLanes(
    features: number,
    x: number,
    mask: number,
    y: number,
    accumulate: number,
    n0: number,
    n1: number,
    f0: number,
    f1: number,
  ): void;
  addValues(h: number, x: number, y: number, from: number, to: number): void;
  highwayForward(tau: number, h: number, x: number, y: number, from: number, to: number): void;
  highwayBackward(
    tau: number,
    h: number,
    x: number,
    dy: number,
    dx: number,
    accumulate: number,
    from: number,
    to: number,
  ): void;
  dropLanes(
    features: number,
    hidden: number,
    x: number,
    y: number,
    key: number,
    place: number,
    threshold: number,
    scale: number,
    accumulate: number,
    n0: number,
    n1: number,
  ): void;
  cellForward(
    kind: number,
    units: number,
    width: number,
    gates: number,
    hPrevious: number,
    h: number,
    cPrevious: number,
    c: number,
    tanhC: number,
    n0: number,
    n1: number,
    u0: number,
    u1: number,
  ): void;
  cellBackward(
    kind: number,
    units: number,
    gates: number,
    hPrevious: number,
    h: number,
    cPrevious: number,
    tanhC: number,
    dh: number,
    dc: number,
    dhPrevious: number,
    n0: number,
    n1: number,
    u0: number,
    u1: number,
  ): void;
  softmaxCrossEntropy(
    vocabulary: number,
    logits: number,
    targets: number,
    losses: number,
    scale: number,
    n0: number,
    n1: number,
  ): void;
  logSumExp(n: number, x: number): number;
  sumOfSquares(x: number, n: number): number;
  adam(
    x: number,
    g: number,
    m: number,
    v: number,
    bytes: number,
    scale: number,
    rate: number,
    beta1: number,
    oneLess1: number,
    beta2: number,
    oneLess2: number,
    correction: number,
    epsilon: number,
  ): void;
  rmsprop(
    x: number,
    g: number,
    v: number,
    bytes: number,
    scale: number,
    rate: number,
    decay: number,
    oneLess: number,
    epsilon: number,
  ): void;
  adadelta(
    x: number,
    g: number,
    v: number,
    u: number,
    bytes: number,
    scale: number,
    rate: number,
    decay: number,
    oneLess: number,
    epsilon: number,
  ): void;
  sgd(x: number, g: number, m: number, bytes: number, scale: number, rate: number, momentum: number): void;
  packStream(stride: number, m0: number, rows: number, inputs: number, weights: number, packed: number): void;
  streamStart(steps: number, rows: number, stride: number, table: number, ids: number, y: number): void;
  streamProduct(rows: number, inputs: number, weights: number, x: number, y: number): void;
  streamProducts(
    steps: number,
    rows: number,
    inputs: number,
    weights: number,
    x: number,
    xStride: number,
    y: number,
    yStride: number,
  ): void;
  streamLayer(
    kind: number,
    units: number,
    steps: number,
    stride: number,
    recurrentRow: number,
    recurrentRows: number,
    weights: number,
    gates: number,
    h: number,
    c: number,
    tanhC: number,
    clamps: number,
    clampCount: number,
  ): void;
  mapFunction(kind: number, n: number, x: number, y: number): void;
  peak(n: number, a: number, b: number): number;
}

/** First byte that a plan may use: the kernels' own constants lie below. */
export const firstByte = 65536;
const pageBytes = 65536;

/** A memory of at least `bytes`, sized once: growing would detach every view of it. */
export function createMemory(bytes: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.ceil(bytes / pageBytes);
  if (pages > 65536)
    throw new RangeError(
      t(
        'This model and window need {0} GiB; WebAssembly addresses 4 GiB. Choose a smaller hidden size, batch or sequence.',
        (bytes / 2 ** 30).toFixed(1),
      ),
    );
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
}

/** Kernels on a memory. Synchronous: a kernel is 20 KB, compiled before. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const abort = (): never => {
    throw new Error(t('A WebAssembly kernel stopped.'));
  };
  return new WebAssembly.Instance(module, { env: { memory, abort } }).exports as unknown as Kernels;
}

/** Typed views of one memory by kind; addresses stay in bytes. */
export class Views {
  readonly f32: Float32Array;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly u8: Uint8Array;
  constructor(memory: WebAssembly.Memory) {
    this.f32 = new Float32Array(memory.buffer);
    this.i32 = new Int32Array(memory.buffer);
    this.f64 = new Float64Array(memory.buffer);
    this.u8 = new Uint8Array(memory.buffer);
  }
}

/** Hands out addresses one after another; a gap between buffers keeps equal power-of-two sizes off the same cache sets. */
export class Allocator {
  bytes = firstByte;
  take(size: number): number {
    const at = this.bytes;
    this.bytes += Math.ceil(size / 64) * 64 + 192;
    return at;
  }
}
