/** Cause: what a cell's clamping to its mean does to the loss, where a concept matters and elsewhere. */
import type { Captured, LayerState, Session } from '../engine/engine.ts';
import type { ModelSpec, Quantity } from '../model/spec.ts';
import type { Random } from '../random.ts';
import { characterClass, characterClasses } from './character-classes.ts';
import { type ColumnBlock, chunkSize, columnsOf, readColumns } from './columns.ts';
import { report, type Watch } from './progress.ts';
import type { ColumnSample, TextSample } from './sample.ts';

export interface CellMoments {
  layer: number;
  cell: number;
  /** Of what is clamped: c of an LSTM, h of the others. */
  mean: number;
  variance: number;
}

/** What `Capture.clamp` sets. */
export function clampedQuantity(spec: ModelSpec, layer: number): Quantity {
  return spec.layers[layer]!.cell === 'lstm' ? 'c' : 'h';
}

/** Mean and variance of every cell's clamped quantity over a sample. */
export async function momentsOf(session: Session, text: ColumnSample, watch: Watch): Promise<CellMoments[]> {
  const columns = columnsOf(session.spec, ['c']).filter(
    ({ layer, quantity }) => quantity === clampedQuantity(session.spec, layer),
  );
  const sums = new Float64Array(columns.length);
  const squares = new Float64Array(columns.length);
  const add = ({ length, blocks }: { length: number; blocks: readonly ColumnBlock[] }): void => {
    for (const { data, stride, first, cells } of blocks)
      for (let k = 0; k < cells.length; k++)
        for (let t = 0, at = cells[k]!; t < length; t++, at += stride) {
          sums[first + k]! += data[at]!;
          squares[first + k]! += data[at]! * data[at]!;
        }
  };
  for (const [k, { document, from, at, length }] of text.segments.entries()) {
    await report(watch, 'sample', at / text.length);
    await readColumns(session, columns, document.inputs.subarray(from, from + length), add, text.starts[k]!);
  }
  return columns.map(({ layer, cell }, k) => {
    const mean = sums[k]! / text.length;
    return { layer, cell, mean, variance: Math.max(0, squares[k]! / text.length - mean * mean) };
  });
}

export interface Ablation {
  /** Mean rise of the loss in nats where the concept matters, and at all other scored characters. */
  inside: number;
  outside: number;
  /** The rise inside that 95 % of the matched cells stay below or at. */
  control: number;
  /** Share of the matched cells whose rise inside is smaller. */
  exceeds: number;
  /** Characters where the concept matters, matched cells. */
  places: number;
  controls: number;
}

/** Fewest places where a mean rise says anything. */
const leastPlaces = 5;

/** Losses of a sample with and without one cell; runs are kept, as candidates share matched cells. */
export class AblationBench {
  private readonly session: Session;
  private readonly text: ColumnSample;
  private readonly moments: readonly CellMoments[];
  /** Called after every stretch of text. */
  private readonly tick: () => Promise<void>;
  private readonly runs = new Map<string, Float32Array>();

  constructor(session: Session, text: ColumnSample, moments: readonly CellMoments[], tick: () => Promise<void>) {
    this.session = session;
    this.text = text;
    this.moments = moments;
    this.tick = tick;
  }

  /** Losses of the next characters, NaN where not scored; `cell` clamped to its mean from each stretch's start on. */
  async losses(cell: { layer: number; cell: number } | null): Promise<Float32Array> {
    const key = cell ? `${cell.layer}:${cell.cell}` : '';
    const known = this.runs.get(key);
    if (known) return known;
    const moments = cell ? this.momentsOf(cell.layer, cell.cell) : null;
    const clamp = moments ? [{ layer: moments.layer, cell: moments.cell, value: moments.mean }] : [];
    const losses = new Float32Array(this.text.length);
    for (const [k, { document, from, at, length }] of this.text.segments.entries()) {
      let start: LayerState[] | null = this.text.starts[k]!;
      for (let offset = 0; offset < length; offset += chunkSize) {
        const range = [from + offset, from + Math.min(length, offset + chunkSize)] as const;
        const stream = { inputs: document.inputs.slice(...range), targets: document.targets.slice(...range), start };
        const captured: Captured = await this.session.run(stream, { losses: true, clamp });
        losses.set(captured.losses!, at + offset);
        start = captured.end;
      }
      await this.tick();
    }
    this.runs.set(key, losses);
    return losses;
  }

  /**
   * The rise of the loss for one cell, beside `controls` random cells of its layer among the nearest in variance.
   * `places`: positions t of the sample whose next character is where the concept matters. Null with too few of them.
   */
  async ablate(
    layer: number,
    cell: number,
    places: Int32Array,
    controls: number,
    random: Random,
  ): Promise<Ablation | null> {
    if (places.length < leastPlaces) return null;
    const matched = this.matchedCells(layer, cell, controls, random);
    if (matched.length === 0) return null;
    const base = await this.losses(null);
    const { inside, outside } = rise(base, await this.losses({ layer, cell }), places);
    const rises: number[] = [];
    for (const other of matched) rises.push(rise(base, await this.losses(other), places).inside);
    rises.sort((a, b) => a - b);
    const smaller = rises.filter((value) => value < inside).length;
    return {
      inside,
      outside,
      control: rises[Math.ceil(0.95 * rises.length) - 1]!,
      exceeds: smaller / rises.length,
      places: places.length,
      controls: rises.length,
    };
  }

  /** Mean rise of the loss in nats at some positions and at all others; without matched cells. Null with too few positions. */
  async riseAt(
    layer: number,
    cell: number,
    places: Int32Array,
  ): Promise<Pick<Ablation, 'inside' | 'outside' | 'places'> | null> {
    if (places.length < leastPlaces) return null;
    const { inside, outside } = rise(await this.losses(null), await this.losses({ layer, cell }), places);
    return { inside, outside, places: places.length };
  }

  /** Mean rise of the loss by kind of the character that is predicted, in the order of `characterClasses`. */
  async riseByClass(layer: number, cell: number): Promise<{ name: string; count: number; rise: number | null }[]> {
    const base = await this.losses(null);
    const clamped = await this.losses({ layer, cell });
    const sums = new Float64Array(characterClasses.length);
    const counts = new Float64Array(characterClasses.length);
    for (const { document, from, at, length } of this.text.segments)
      for (let t = 0; t < length && from + t + 1 < document.points.length; t++) {
        const change = clamped[at + t]! - base[at + t]!;
        if (Number.isNaN(change)) continue;
        const kind = characterClass(document.points[from + t + 1]!);
        sums[kind]! += change;
        counts[kind]!++;
      }
    return characterClasses.map((name, k) => ({
      name,
      count: counts[k]!,
      rise: counts[k]! > 0 ? sums[k]! / counts[k]! : null,
    }));
  }

  private momentsOf(layer: number, cell: number): CellMoments {
    return this.moments.find((moments) => moments.layer === layer && moments.cell === cell)!;
  }

  /** Random cells of the layer among the twice as many nearest in log variance. */
  private matchedCells(layer: number, cell: number, count: number, random: Random): CellMoments[] {
    const own = this.momentsOf(layer, cell);
    const distance = (other: CellMoments): number =>
      Math.abs(Math.log(other.variance + 1e-12) - Math.log(own.variance + 1e-12));
    const nearest = this.moments
      .filter((other) => other.layer === layer && other.cell !== cell)
      .sort((a, b) => distance(a) - distance(b))
      .slice(0, 2 * count);
    return random.shuffle(nearest).slice(0, count);
  }
}

function rise(base: Float32Array, clamped: Float32Array, places: Int32Array): { inside: number; outside: number } {
  const matters = new Uint8Array(base.length);
  for (const place of places) matters[place] = 1;
  const sums = [0, 0];
  const counts = [0, 0];
  for (let t = 0; t < base.length; t++) {
    const change = clamped[t]! - base[t]!;
    if (Number.isNaN(change)) continue;
    sums[matters[t]!]! += change;
    counts[matters[t]!]!++;
  }
  return { inside: sums[1]! / Math.max(1, counts[1]!), outside: sums[0]! / Math.max(1, counts[0]!) };
}

/** Positions t of a sample whose next character ends the concept. */
export function endPlaces({ segments }: TextSample, concept: number): Int32Array {
  const places: number[] = [];
  for (const { document, from, at, length } of segments) {
    const labels = document.labels[concept];
    if (labels?.scale !== 'binary') continue;
    for (const end of labels.ends) {
      const position = end - 1 - from;
      // A target outside the vocabulary has no loss.
      if (position >= 0 && position < length && document.targets[end - 1]! >= 0) places.push(at + position);
    }
  }
  return Int32Array.from(places);
}
