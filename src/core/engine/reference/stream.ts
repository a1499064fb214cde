/** Reading one stream: captures and backward passes from single positions. */
import type { StepGradient } from '../../model/cells/cell.ts';
import { quantitiesOf } from '../../model/spec.ts';
import type { Capture, Captured, LayerState, LossSeeds, StepGradients, Stream } from '../engine.ts';
import { backward } from './backward.ts';
import { type Feed, forward, type State, type Tape, zeroState } from './forward.ts';
import { addTransposed } from './linear.ts';
import type { Network } from './network.ts';
import { crossEntropy, crossEntropyGradient, logitsOf } from './output.ts';

/** Steps that are read at once; only what was asked for outlives them. */
const chunk = 256;

export function runStream(network: Network, stream: Stream, capture: Capture): Captured {
  checkCapture(network, stream, capture);
  const { inputs, targets } = stream;
  const { columns = [], blocks = [], clamp = [], statesEvery = 0 } = capture;
  const logitsAt = capture.logitsAt ?? new Int32Array();
  const length = inputs.length;
  const V = network.outBias.length;
  const sizes = network.layers.map((layer) => layer.hiddenSize);
  const captured: Captured = {
    columns: columns.map(() => new Float32Array(length)),
    blocks: blocks.map(({ layer }) => new Float32Array(length * sizes[layer]!)),
    losses: capture.losses ? new Float32Array(length).fill(Number.NaN) : null,
    logits: capture.logitsAt ? new Float32Array(logitsAt.length * V) : null,
    states: [],
    end: [],
  };
  const state = streamStart(network, stream.start);
  const logits = new Float64Array(V);
  let nextLogits = 0;
  for (let from = 0; from < length; from += chunk) {
    const tape = forward(network, { batch: 1, inputs: inputs.subarray(from, from + chunk), clamp }, state);
    columns.forEach(({ layer, cell, quantity }, index) => {
      const values = tape.layers[layer]!.trace[quantity];
      for (let t = 0; t < tape.time; t++) captured.columns[index]![from + t] = values[t * sizes[layer]! + cell];
    });
    blocks.forEach(({ layer, quantity }, index) => {
      captured.blocks[index]!.set(tape.layers[layer]!.trace[quantity], from * sizes[layer]!);
    });
    for (let t = 0; t < tape.time; t++) {
      const target = captured.losses && targets ? targets[from + t] : -1;
      const wantsLogits = captured.logits !== null && logitsAt[nextLogits] === from + t;
      if (target >= 0 || wantsLogits) logitsOf(network, tape, t, logits);
      if (target >= 0) captured.losses![from + t] = crossEntropy(logits, target);
      if (wantsLogits) captured.logits!.set(logits, nextLogits++ * V);
      if (statesEvery > 0 && (from + t + 1) % statesEvery === 0) captured.states.push(stateAfter(network, tape, t));
    }
  }
  captured.end = toLayerStates(state);
  return captured;
}

/** Sees every step of a seed's backward pass: total gradients, and the row of the tape that they belong to. */
export type StepVisitor = (
  seed: number,
  lag: number,
  layer: number,
  gradient: StepGradient,
  tape: Tape,
  row: number,
) => void;

/**
 * ∂J/∂h, ∂J/∂c and ∂J/∂x of every seed up to `lags` steps back, as norms. Lags that reach before the stream's first
 * character are 0, and so is everything of a seed that is not scored.
 */
export function backwardFromSeeds(
  network: Network,
  seeds: LossSeeds,
  lags: number,
  visit?: StepVisitor,
): StepGradients {
  const { stream, positions, logit } = seeds;
  checkSeeds(network, seeds, lags);
  const width = lags + 1;
  const norms = (): Float32Array => new Float32Array(positions.length * width);
  const perLayer = () => network.layers.map(({ cell }) => ({ h: norms(), c: cell.hasCellState ? norms() : null }));
  const signed = seeds.signed ? { layers: perLayer(), x: norms() } : null;
  const result: StepGradients = { layers: perLayer(), x: norms(), signed };
  if (positions.length === 0) return result;

  // Only the part of the stream that some seed looks back on is kept.
  const start = Math.max(0, positions.reduce((a, b) => Math.min(a, b)) - lags);
  const end = positions.reduce((a, b) => Math.max(a, b)) + 1;
  const state = streamStart(network, stream.start);
  for (let from = 0; from < start; from += chunk)
    forward(network, { batch: 1, inputs: stream.inputs.subarray(from, Math.min(start, from + chunk)) }, state);
  const feed: Feed = { batch: 1, inputs: stream.inputs.subarray(start, end) };
  const tape = forward(network, feed, state);

  const { outWeight, outBias, featureSize, layers } = network;
  const logits = new Float64Array(outBias.length);
  const dx = new Float64Array(layers[0]!.inputSize);
  positions.forEach((position, seed) => {
    if (logit) logits.fill(0)[logit[seed]] = 1;
    else {
      const target = stream.targets![position];
      if (target < 0) return;
      logitsOf(network, tape, position - start, logits);
      crossEntropyGradient(logits, target, 1);
    }
    const dFeatures = new Float64Array(featureSize);
    addTransposed(outWeight, logits, dFeatures, 0, featureSize);
    const last = position - start;
    backward(network, tape, {
      first: Math.max(0, last - lags),
      last,
      features: (t) => (t === last ? dFeatures : null),
      into: null,
      observe(k, row, gradient) {
        const at = seed * width + (last - row);
        const { h, c } = result.layers[k]!;
        h[at] = norm(gradient.dh);
        if (c) c[at] = norm(gradient.dc);
        if (signed) {
          const { trace } = tape.layers[k]!;
          const products = signed.layers[k]!;
          products.h[at] = dot(gradient.dh, trace.h, row * gradient.dh.length);
          if (products.c) products.c[at] = dot(gradient.dc, trace.c, row * gradient.dc.length);
        }
        visit?.(seed, last - row, k, gradient, tape, row);
        if (k > 0 || seeds.inputs === false) return;
        dx.fill(0);
        addTransposed(layers[0]!.weightIh, gradient.da, dx, 0, dx.length);
        result.x[at] = norm(dx);
        if (signed) signed.x[at] = dx[tape.inputs[row]] ?? 0; // a zero input has no place in dx
      },
    });
  });
  return result;
}

/** Float64 state of a stream's beginning, one lane. */
function streamStart(network: Network, start: LayerState[] | null): State {
  const state = zeroState(network, 1);
  if (start) fillState(state, start);
  return state;
}

/** Copies a kept state into `state`; throws where the sizes differ. */
export function fillState(state: State, from: readonly LayerState[]): void {
  if (from.length !== state.length)
    throw new Error(`The given state has ${from.length} layers, the model ${state.length}.`);
  state.forEach(({ h, c }, k) => {
    const given = from[k]!;
    if (given.h.length !== h.length || (given.c?.length ?? 0) !== c.length)
      throw new Error(
        `The given state of layer ${k} holds ${given.h.length} + ${given.c?.length ?? 0} values, the model needs ${h.length} + ${c.length}.`,
      );
    h.set(given.h);
    if (given.c) c.set(given.c);
  });
}

export function toLayerStates(state: State): LayerState[] {
  return state.map(({ h, c }) => ({ h: Float32Array.from(h), c: c.length > 0 ? Float32Array.from(c) : null }));
}

function stateAfter(network: Network, tape: Tape, t: number): LayerState[] {
  return tape.layers.map(({ trace }, k) => {
    const { hiddenSize: H, cell } = network.layers[k]!;
    return {
      h: Float32Array.from(trace.h.subarray(t * H, t * H + H)),
      c: cell.hasCellState ? Float32Array.from(trace.c.subarray(t * H, t * H + H)) : null,
    };
  });
}

function checkCapture(network: Network, stream: Stream, capture: Capture): void {
  const requests = [...(capture.columns ?? []), ...(capture.blocks ?? [])];
  for (const request of requests) {
    const layer = network.spec.layers[request.layer];
    if (!layer)
      throw new Error(`The model has no layer ${request.layer}; its layers are 0 to ${network.layers.length - 1}.`);
    if (!quantitiesOf[layer.cell].includes(request.quantity))
      throw new Error(
        `A ${layer.cell} cell has no quantity "${request.quantity}". Choose one of ${quantitiesOf[layer.cell].join(', ')}.`,
      );
  }
  for (const { layer, cell } of [...(capture.columns ?? []), ...(capture.clamp ?? [])]) {
    const size = network.layers[layer]?.hiddenSize ?? 0;
    if (!(cell >= 0 && cell < size)) throw new Error(`Layer ${layer} has no cell ${cell}; it has ${size} cells.`);
  }
  if (stream.targets && stream.targets.length !== stream.inputs.length)
    throw new Error(`The stream has ${stream.inputs.length} characters and ${stream.targets.length} targets.`);
}

function checkSeeds(network: Network, { stream, positions, logit }: LossSeeds, lags: number): void {
  if (!Number.isInteger(lags) || lags < 0) throw new Error(`The number of lags must be 0 or more, not ${lags}.`);
  for (const position of positions)
    if (!(position >= 0 && position < stream.inputs.length))
      throw new Error(`Position ${position} lies outside the stream of ${stream.inputs.length} characters.`);
  if (!logit && !stream.targets) throw new Error('A loss to go back from needs targets; the stream has none.');
  const V = network.outBias.length;
  if (logit?.some((index) => !(index >= 0 && index < V)))
    throw new Error(`A logit to go back from lies outside the vocabulary of ${V} characters.`);
}

/** Σ_j a[j]·b[at + j] */
function dot(a: Float64Array, b: Float64Array, at: number): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[at + j];
  return sum;
}

function norm(values: Float64Array): number {
  let square = 0;
  for (let j = 0; j < values.length; j++) square += values[j] * values[j];
  return Math.sqrt(square);
}
