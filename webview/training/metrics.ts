/** The points of a training as columns for the charts. Pure. */
import type { ShownMetric } from '../../src/protocol/training-panel.ts';
import { bitsPerNat } from '../ui/format.ts';

export interface Columns {
  chars: number[];
  train: number[];
  smooth: number[];
  heldOut: (number | null)[];
  norm: (number | null)[];
  clip: number[];
}

/** Half-life of the smoothed training loss in points: at most four, and less where there are few points. */
function halfLifeOf(count: number): number {
  return Math.min(4, count / 40);
}

/** Mean of an exponential average from the left and one from the right: smooth, and not late. */
export function smoothed(values: readonly number[]): number[] {
  const keep = 0.5 ** (1 / halfLifeOf(values.length));
  const average = (from: readonly number[]): number[] => {
    let sum = 0;
    let weight = 0;
    return from.map((value) => {
      // Weighted so that the start is not pulled towards nought.
      sum = keep * sum + value;
      weight = keep * weight + 1;
      return sum / weight;
    });
  };
  const left = average(values);
  const right = average([...values].reverse()).reverse();
  return values.map((_, i) => (left[i]! + right[i]!) / 2);
}

export function columnsOf(points: readonly ShownMetric[]): Columns {
  return {
    chars: points.map((point) => point.chars),
    train: points.map((point) => point.trainNats * bitsPerNat),
    smooth: smoothed(points.map((point) => point.trainNats * bitsPerNat)),
    heldOut: points.map((point) => (point.validationNats === undefined ? null : point.validationNats * bitsPerNat)),
    norm: points.map((point) => (point.gradientNorm > 0 ? point.gradientNorm : null)),
    clip: points.map((point) => point.clipScale),
  };
}

/**
 * At most about `most` points: neighbours are averaged, held-out losses and the last point stay where they are.
 * Points of a chart beyond its pixels only cost time.
 */
export function thinPoints(points: readonly ShownMetric[], most: number): ShownMetric[] {
  if (points.length <= most) return [...points];
  const group = Math.ceil(points.length / most);
  const thinned: ShownMetric[] = [];
  let sum: ShownMetric[] = [];
  const flush = (): void => {
    const last = sum.at(-1);
    if (!last) return;
    const average = (read: (point: ShownMetric) => number): number =>
      sum.reduce((total, point) => total + read(point), 0) / sum.length;
    thinned.push({
      ...last,
      trainNats: average((point) => point.trainNats),
      // A spike of the norm is what one looks for: the largest stays.
      gradientNorm: Math.max(...sum.map((point) => point.gradientNorm)),
      clipScale: Math.min(...sum.map((point) => point.clipScale)),
    });
    sum = [];
  };
  for (const point of points) {
    sum.push(point);
    if (sum.length >= group || point.validationNats !== undefined) flush();
  }
  flush();
  return thinned;
}

/** Rows for the table: every held-out evaluation, else every n-th point, the newest first. */
export function tableRows(points: readonly ShownMetric[], most = 60): ShownMetric[] {
  const evaluated = points.filter((point) => point.validationNats !== undefined);
  const rows = evaluated.length >= 3 ? evaluated : points;
  const step = Math.ceil(rows.length / most);
  const chosen = rows.filter((_, i) => (rows.length - 1 - i) % Math.max(1, step) === 0);
  return chosen.reverse();
}
