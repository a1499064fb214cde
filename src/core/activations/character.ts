/**
 * Everything about one character. Value i is the state after reading character i; the surprisal of character i comes from
 * the state after i − 1, the expected next characters from the state after i.
 */
import type { ColumnRequest } from '../engine/engine.ts';
import { type ModelSpec, type Quantity, quantitiesOf } from '../model/spec.ts';
import type { StreamState } from './states.ts';
import type { Track } from './track.ts';
import type { Turn } from './turns.ts';

/** Most characters of a line that the strips show: a minified line must not hold up a hover. */
const STRIP_CHARACTERS = 400;
const EXPECTED = 5;
const LOUDEST = 5;
/** A cell that moves less than this does not get loud. */
const STILL = 1e-6;

export interface CellPlace {
  layer: number;
  cell: number;
}

export interface CharacterReading {
  /** Bits; null for the first character of a document and for one that is not in the vocabulary. */
  surprisal: number | null;
  expected: { character: string; probability: number }[];
  cell: CellPlace & { values: Partial<Record<Quantity, number>> };
  loudest: (CellPlace & { value: number; z: number })[];
  /** First character that the strips show: the first of the line, but in a very long line. */
  stripStart: number;
  strips: { quantity: Quantity; values: Float32Array }[];
  /** Values here of the watched columns, in their order. */
  watched: number[];
}

/**
 * Reads character `index`, whose line is the characters [line.from, line.to). Without a cell the loudest one is taken.
 * `watched`: columns of other cells whose values are wanted here.
 * Null where the text was edited meanwhile.
 */
export async function readCharacter(
  track: Track,
  index: number,
  line: { from: number; to: number },
  cell: CellPlace | null,
  turn: Turn,
  watched: readonly ColumnRequest[] = [],
): Promise<CharacterReading | null> {
  const { revision, spec } = track;
  await track.ensure(index + 1, turn);
  if (track.revision !== revision) return null;
  const stripStart = Math.max(line.from, Math.min(index - STRIP_CHARACTERS / 2, line.to - STRIP_CHARACTERS));
  const stripEnd = Math.min(line.to, stripStart + STRIP_CHARACTERS);
  const origin = track.stateBefore(Math.min(stripStart, Math.max(0, index - 1)));
  const place = (start: number) => (): number | null => (track.revision === revision ? start : null);

  let chosen = cell;
  if (!chosen) {
    const reading = await track.read(place(origin.position), index + 1 - origin.position, origin.state, {}, turn);
    if (!reading) return null;
    chosen = loudestCells(track, reading.end)[0] ?? { layer: 0, cell: 0 };
  }
  const columns = columnsOf(spec, chosen);
  const position = index - origin.position;
  const logitsAt = Int32Array.from(position > 0 ? [position - 1, position] : [position]);
  const all = [...columns, ...watched];
  const upTo = await track.read(place(origin.position), position + 1, origin.state, { columns: all, logitsAt }, turn);
  if (!upTo) return null;
  const after = await track.read(place(index + 1), Math.max(0, stripEnd - index - 1), upTo.end, { columns }, turn);
  if (!after) return null;

  const V = spec.vocabulary.length;
  const target = track.index(index);
  const values: Partial<Record<Quantity, number>> = {};
  const strips = columns.map(({ quantity }, k) => {
    values[quantity] = upTo.columns[k]![position]!;
    const strip = new Float32Array(stripEnd - stripStart);
    strip.set(upTo.columns[k]!.subarray(stripStart - origin.position));
    strip.set(after.columns[k]!, index + 1 - stripStart);
    return { quantity, values: strip };
  });
  return {
    surprisal: position > 0 && target >= 0 ? bits(upTo.logits.subarray(0, V), target) : null,
    expected: expectedNext(upTo.logits.subarray(position > 0 ? V : 0), spec.vocabulary),
    cell: { ...chosen, values },
    loudest: loudestCells(track, upTo.end),
    stripStart,
    strips,
    watched: watched.map((_, k) => upTo.columns[columns.length + k]![position]!),
  };
}

function columnsOf(spec: ModelSpec, { layer, cell }: CellPlace): ColumnRequest[] {
  return quantitiesOf[spec.layers[layer]!.cell].map((quantity) => ({ layer, cell, quantity }));
}

/** ln Σ exp(logits), with the largest taken out first. */
function logSumExp(logits: Float32Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > largest) largest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  return largest + Math.log(sum);
}

/** −log₂ p(target). */
function bits(logits: Float32Array, target: number): number {
  return (logSumExp(logits) - logits[target]!) / Math.LN2;
}

function expectedNext(logits: Float32Array, vocabulary: readonly string[]): CharacterReading['expected'] {
  const total = logSumExp(logits);
  return Array.from(logits.keys())
    .sort((a, b) => logits[b]! - logits[a]! || a - b)
    .slice(0, EXPECTED)
    .map((k) => ({ character: vocabulary[k]!, probability: Math.exp(logits[k]! - total) }));
}

/** Largest |z| of the default quantity (tanh c for LSTM, h for others) against the document so far. */
function loudestCells(track: Track, state: StreamState): CharacterReading['loudest'] {
  const all: CharacterReading['loudest'] = [];
  let row = 0;
  state.forEach(({ h, c }, layer) => {
    for (let cell = 0; cell < h.length; cell++, row++) {
      const deviation = track.statistics.deviation(row);
      if (deviation < STILL) continue;
      const value = c ? Math.tanh(c[cell]!) : h[cell]!;
      all.push({ layer, cell, value, z: (value - track.statistics.mean(row)) / deviation });
    }
  });
  return all.sort((a, b) => Math.abs(b.z) - Math.abs(a.z)).slice(0, LOUDEST);
}
