/**
 * Backward passes from single positions of a stream. Seeds are batch lanes: every step back gathers each lane's activations from its own
 * place in the stream, so that many seeds go back together.
 */
import type { LayerState, LossSeeds, StepGradients } from '../engine.ts';
import { Lanes, type LaneVisitor, type SeedGroup } from './lanes.ts';
import type { Reader } from './reader.ts';

/** Seeds that go back together, in panels of 8. */
export const seedPanels = 4;
/** Steps kept at once where seeds lie close. */
const span = 2048;

/** Steps that a reader must hold to go back `lags` from seeds of this stream. */
export function stepsFor(seeds: LossSeeds, lags: number): number {
  return Math.min(seeds.stream.inputs.length, Math.max(span, lags + 1));
}

function groupSeeds(positions: Int32Array, lags: number, steps: number): SeedGroup[] {
  const order = [...positions.keys()].sort((a, b) => positions[a]! - positions[b]!);
  const groups: SeedGroup[] = [];
  for (const seed of order) {
    const end = positions[seed]! + 1;
    const group = groups.at(-1);
    if (group && group.seeds.length < seedPanels * 8 && end - group.first <= steps) {
      group.seeds.push(seed);
      group.end = end;
    } else groups.push({ seeds: [seed], first: Math.max(0, end - 1 - lags), end });
  }
  return groups;
}

/** Norms of ∂J/∂h, ∂J/∂c and ∂J/∂x of every seed, lag by lag; 0 before the stream's first character and for seeds without a target. */
export function backwardFromSeeds(reader: Reader, seeds: LossSeeds, lags: number, visit?: LaneVisitor): StepGradients {
  const { stream, positions } = seeds;
  const { shape, steps } = reader.plan;
  const norms = (): Float32Array => new Float32Array(positions.length * (lags + 1));
  const perLayer = () => shape.layers.map(({ cell }) => ({ h: norms(), c: cell === 'lstm' ? norms() : null }));
  const signed = seeds.signed ? { layers: perLayer(), x: norms() } : null;
  const result: StepGradients = { layers: perLayer(), x: norms(), signed };
  let state: LayerState[] | null = stream.start;
  let at = 0;
  for (const group of groupSeeds(positions, lags, steps)) {
    reader.setState(state);
    for (; at < group.first; ) {
      const now = Math.min(steps, group.first - at);
      reader.read(stream.inputs.subarray(at, at + now), []);
      reader.moveOn(now);
      at += now;
    }
    // The next group may begin inside this one: it starts from this group's beginning again.
    state = reader.state(0);
    reader.read(stream.inputs.subarray(group.first, group.end), []);
    new Lanes(reader, seeds, group, visit).back(lags, result);
  }
  return result;
}
