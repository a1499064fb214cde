/** What a cell does, to look at: values inside and outside a concept, at its boundaries, snippets, how long it keeps what it holds. */
import type { Session } from '../engine/engine.ts';
import { horizonThreshold } from '../gradients/lag-profile.ts';
import { addProducts, keepingGate, retainedOver } from '../gradients/memory.ts';
import type { CellKind, Quantity } from '../model/spec.ts';
import { Random } from '../random.ts';
import { type Column, chunkSize } from './columns.ts';
import type { LabelledDocument, LabelledSide } from './held-out.ts';
import { type Portrait, PortraitPainter } from './portrait.ts';
import { report, type Watch } from './progress.ts';
import { SnippetCollector, type Snippets } from './snippets.ts';

export interface PictureOptions {
  seed: number;
  /** Characters that are read at most, file by file in seeded order. */
  mostChars: number;
  /** Snippets of each kind. */
  snippets: number;
  /** Characters on either side of a boundary. */
  reach: number;
  /** Lags of the memory. */
  lags: number;
}

export const defaultPictureOptions: PictureOptions = {
  seed: 1,
  mostChars: 300_000,
  snippets: 6,
  reach: 16,
  lags: 400,
};

/** How long the gate that keeps the cell's value keeps it. */
export interface CellMemory {
  gate: Quantity;
  lags: number;
  /** The first lag at which less than 1 % of a value is left on average; null: beyond the lags. */
  horizon: number | null;
  /** What is left at the end of a concept's span of a value written at its beginning: median over spans. */
  spans: { count: number; median: number } | null;
}

export interface CellPicture {
  files: number;
  chars: number;
  portrait: Portrait;
  snippets: Snippets;
  /** Null for cells without a keeping gate, and where no file is longer than a few characters. */
  memory: CellMemory | null;
}

/** The gates and candidates beside a cell's value, as they are drawn. */
const besides: Record<CellKind, readonly Quantity[]> = {
  tanh: [],
  relu: [],
  lstm: ['f', 'i', 'o', 'g'],
  gru: ['z', 'r', 'n'],
};

/** Characters that range and median of an unbounded quantity are taken from. */
const rangeSample = 16_384;

/**
 * Reads the files of one side.
 * @param concept index of a binary concept of the side; null: the cell alone
 * @param sign −1: the lowest values are the top snippets
 */
export async function pictureCell(
  session: Session,
  side: LabelledSide,
  column: Column,
  sign: 1 | -1,
  concept: number | null,
  options: PictureOptions = defaultPictureOptions,
  watch: Watch = {},
): Promise<CellPicture> {
  const kind = session.spec.layers[column.layer]!.cell;
  const quantities = [column.quantity, ...besides[kind].filter((quantity) => quantity !== column.quantity)];
  const order = Random.derive(options.seed, 'files of a cell').shuffle(Array.from({ length: side.size }, (_, i) => i));
  const wanted = Math.min(side.chars, options.mostChars);
  const memory = new Memory(kind, options.lags, quantities);
  let painter: PortraitPainter | null = null;
  let collector: SnippetCollector | null = null;
  let files = 0;
  let chars = 0;
  for (const index of order) {
    if (chars >= wanted) break;
    const advance = (done: number): Promise<void> => report(watch, 'test', (chars + done) / wanted);
    const document = await side.document(index, () => advance(0));
    const length = Math.min(document.inputs.length, wanted - chars);
    if (length === 0) continue;
    const values = await readCell(session, column, quantities, document.inputs.subarray(0, length), advance);
    painter ??= new PortraitPainter(quantities, rangeOf(kind, column.quantity, values[0]!), options.reach);
    collector ??= new SnippetCollector(
      options.snippets,
      sign,
      medianOf(values[0]!),
      Random.derive(options.seed, 'snippets'),
    );
    collector.add(document.path, document.points.subarray(0, length), values[0]!);
    const labels = labelsOf(document, concept, length);
    if (labels) painter.add(labels, values);
    memory.add(values, concept === null ? null : labels);
    files++;
    chars += length;
  }
  painter ??= new PortraitPainter(quantities, [-1, 1], options.reach);
  collector ??= new SnippetCollector(0, sign, 0, new Random(options.seed));
  return { files, chars, portrait: painter.result(), snippets: collector.result(), memory: memory.result() };
}

/** Quantities of one cell over a document from the zero state: [quantities][N]. */
async function readCell(
  session: Session,
  { layer, cell }: Column,
  quantities: readonly Quantity[],
  inputs: Int32Array,
  advance: (done: number) => Promise<void>,
): Promise<Float32Array[]> {
  const columns = quantities.map((quantity) => ({ layer, cell, quantity }));
  const values = quantities.map(() => new Float32Array(inputs.length));
  let start = null;
  for (let at = 0; at < inputs.length; at += chunkSize) {
    await advance(at);
    const part = { inputs: inputs.slice(at, at + chunkSize), start, targets: null };
    const captured = await session.run(part, { columns });
    for (const [k, column] of captured.columns.entries()) values[k]!.set(column, at);
    start = captured.end;
  }
  return values;
}

/** Labels of the document's first `length` characters; without a concept all are outside. Null where it does not apply. */
function labelsOf(
  document: LabelledDocument,
  concept: number | null,
  length: number,
): { values: Int8Array; ends: Int32Array } | null {
  if (concept === null) return { values: new Int8Array(length), ends: new Int32Array() };
  const labels = document.labels[concept];
  if (labels?.scale !== 'binary') return null;
  return { values: labels.values.subarray(0, length), ends: labels.ends.filter((end) => end < length) };
}

function rangeOf(kind: CellKind, quantity: Quantity, values: Float32Array): [number, number] {
  if (quantity === 'c' || kind === 'relu') {
    const some = values.slice(0, rangeSample).sort();
    const [low, high] = [some[0]!, some.at(-1)!];
    const most = Math.max(Math.abs(low), Math.abs(high), 1e-3);
    return kind === 'relu' ? [0, most] : [-most, most];
  }
  return quantity === 'f' || quantity === 'i' || quantity === 'o' || quantity === 'z' || quantity === 'r'
    ? [0, 1]
    : [-1, 1];
}

function medianOf(values: Float32Array): number {
  const some = values.slice(0, rangeSample).sort();
  return some[some.length >> 1]!;
}

/** Places where the memory is measured: every so many characters. */
const memoryStride = 32;

class Memory {
  private readonly gate: Quantity | null;
  private readonly index: number;
  private readonly lags: number;
  /** [lags + 1] sums of products, and how many places each has. */
  private readonly sums: Float64Array;
  private readonly counts: Float64Array;
  private readonly retained: number[] = [];

  constructor(kind: CellKind, lags: number, quantities: readonly Quantity[]) {
    this.gate = keepingGate[kind];
    this.index = this.gate === null ? -1 : quantities.indexOf(this.gate);
    this.lags = lags;
    this.sums = new Float64Array(lags + 1);
    this.counts = new Float64Array(lags + 1);
  }

  add(values: readonly Float32Array[], labels: { values: Int8Array } | null): void {
    const gate = values[this.index];
    if (this.gate === null || !gate) return;
    const products = new Float64Array(this.lags + 1);
    for (let at = 0; at < gate.length; at += memoryStride) {
      // Only lags that reach no further back than the document.
      const reach = Math.min(this.lags, at + 1);
      products.fill(0);
      addProducts(gate, 1, at, reach, products);
      for (let k = 0; k <= reach; k++) {
        this.sums[k]! += products[k]!;
        this.counts[k]!++;
      }
    }
    if (labels) for (const value of retainedOver(gate, spansOf(labels.values))) this.retained.push(value);
  }

  result(): CellMemory | null {
    const { gate, sums, counts, lags, retained } = this;
    if (gate === null || !(counts[1]! > 0)) return null;
    let horizon: number | null = null;
    for (let k = 0; k <= lags && horizon === null; k++)
      if (counts[k]! > 0 && sums[k]! / counts[k]! < horizonThreshold) horizon = k;
    retained.sort((a, b) => a - b);
    const spans = retained.length > 0 ? { count: retained.length, median: retained[retained.length >> 1]! } : null;
    return { gate, lags, horizon, spans };
  }
}

/** From the opening mark of a run, where it has one, to its last character inside. */
function spansOf(values: Int8Array): { start: number; end: number }[] {
  const spans: { start: number; end: number }[] = [];
  for (let start = 1; start < values.length; start++) {
    if (values[start] === 0) continue;
    let last = -1;
    let end = start;
    for (; end < values.length && values[end] !== 0; end++) if (values[end] === 1) last = end;
    // A run that the text's end cuts off has no end of its own.
    if (last >= 0 && end < values.length) spans.push({ start, end: last });
    start = end;
  }
  return spans;
}
