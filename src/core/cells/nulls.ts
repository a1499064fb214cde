/** What a score must beat: labels shifted against the text, labels that mean nothing, Holm's correction. */
import type { Random } from '../random.ts';
import type { SampleLabels } from './binned-sample.ts';
import type { Segment, TextSample } from './sample.ts';

/**
 * The labels of a sample, shifted circularly within each file by an amount of its own: positives keep their number,
 * their runs and their place in a file's rhythm, and lose only their bond to the text.
 */
export function shiftedLabels(segments: readonly Segment[], labels: SampleLabels, random: Random): SampleLabels {
  const shifts = segments.map(({ length }) => (length > 1 ? 1 + random.below(length - 1) : 0));
  return {
    positives: shiftPositions(segments, labels.positives, shifts),
    unscored: shiftPositions(segments, labels.unscored, shifts),
  };
}

function shiftPositions(segments: readonly Segment[], positions: Int32Array, shifts: readonly number[]): Int32Array {
  const shifted = new Int32Array(positions.length);
  let s = 0;
  for (let j = 0; j < positions.length; j++) {
    const position = positions[j]!;
    while (position >= segments[s]!.at + segments[s]!.length) s++;
    const { at, length } = segments[s]!;
    shifted[j] = at + ((position - at + shifts[s]!) % length);
  }
  return shifted;
}

/**
 * Random labels by character type (Hewitt, Liang 2019, "Designing and interpreting probes with control tasks"): each
 * character of the vocabulary is in or out by chance, until about as many characters are in as the concept has
 * positives. A type may hold at most a quarter of them, so that the labelling is never one frequent character alone.
 * Characters that are not scored stay so.
 */
export function randomTypeLabels({ segments, length }: TextSample, labels: SampleLabels, random: Random): SampleLabels {
  const types = new Int32Array(length);
  for (const { document, from, at, length: count } of segments)
    types.set(document.inputs.subarray(from, from + count), at);
  const scored = new Uint8Array(length).fill(1);
  for (const position of labels.unscored) scored[position] = 0;
  const counts = new Map<number, number>();
  for (let i = 0; i < length; i++) if (scored[i]) counts.set(types[i]!, (counts.get(types[i]!) ?? 0) + 1);
  const wanted = labels.positives.length;
  const chosen = new Set<number>();
  let total = 0;
  for (const type of random.shuffle([...counts.keys()].sort((a, b) => a - b))) {
    const count = counts.get(type)!;
    if (total >= wanted) break;
    if (count > Math.max(1, wanted / 4) || total + count > wanted * 1.25) continue;
    chosen.add(type);
    total += count;
  }
  const positives: number[] = [];
  for (let i = 0; i < length; i++) if (scored[i] && chosen.has(types[i]!)) positives.push(i);
  return { positives: Int32Array.from(positives), unscored: labels.unscored };
}

export interface ShiftTest {
  /** Shifted labelings. */
  shifts: number;
  /** How many of them gave some cell, quantity and sign an AP at least as high. */
  reached: number;
}

/** (1 + reached) / (1 + shifts): the observed labelling counts as one of them (Davison, Hinkley 1997). */
export function permutationP({ shifts, reached }: ShiftTest): number {
  return (1 + reached) / (1 + shifts);
}

/** The labels of every n-th character, as positions among those. */
export function thinLabels({ positives, unscored }: SampleLabels, stride: number): SampleLabels {
  const thin = (positions: Int32Array): Int32Array => {
    const kept = new Int32Array(positions.length);
    let count = 0;
    for (let j = 0; j < positions.length; j++) if (positions[j]! % stride === 0) kept[count++] = positions[j]! / stride;
    return kept.subarray(0, count);
  };
  return { positives: thin(positives), unscored: thin(unscored) };
}

/**
 * Holm's step-down adjustment (Holm 1979): the k-th smallest of m p-values times m − k + 1, never below the one before.
 * Order is kept.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length);
  let least = 0;
  order.forEach((index, k) => {
    least = Math.max(least, Math.min(1, (pValues.length - k) * pValues[index]!));
    adjusted[index] = least;
  });
  return adjusted;
}

/**
 * Shifts that are needed: 199 at least; more where Holm's correction over m concepts would not let even the smallest
 * p-value through at the level, 1/(1 + shifts)·m < level.
 */
export function shiftsNeeded(concepts: number, least: number, level: number): number {
  return Math.max(least, Math.ceil((1.25 * concepts) / level) - 1);
}
