/** Memory for reading single streams and going back from single positions. Addresses in bytes. */
import { Allocator } from './kernels.ts';
import type { ModelShape } from './shape.ts';

export interface ReadingLayer {
  /** [rows/32][inputs][32], rows padded with zeros. */
  recurrent: number;
  recurrentRows: number;
  inputs: number[];
  inputRows: number;
  bias: number;
  highway: number;
  highwayBias: number;
  /** [steps+1][stride] activations; the row after the last is zero. */
  gates: number;
  stride: number;
  /** [steps+2][units], slot 0 the state before, the last slot zero. c, tanh c: LSTM only. */
  h: number;
  c: number;
  tanhC: number;
  /** Output y of step t at y + (t+1)·units: h itself where there is no connection. */
  y: number;
  /** Highway gate [steps+1][tauStride], the last row zero. */
  tau: number;
  tauStride: number;
}

export interface ReadingPlan {
  shape: ModelShape;
  /** Steps that are read at once. */
  steps: number;
  parameters: number;
  table: number;
  layers: ReadingLayer[];
  out: number[];
  outRows: number;
  outBias: number;
  /** One position's logits. */
  logits: number;
  ids: number;
  clamps: number;
  /** For going back, where lanes > 0. */
  back: BackwardPlan | null;
  bytes: number;
}

/** Lanes are seeds, in panels of 8; N panels. */
export interface BackwardPlan {
  panels: number;
  recurrent: number[];
  inputs: number[][];
  highway: number[];
  /** W_ih of layer 0 as rows by character, packed. */
  characters: number;
  outForward: number[];
  outBackward: number[];
  /** Per step back and lane: row of the activations, and slots of the state before and after. */
  rowIds: number;
  beforeIds: number;
  afterIds: number;
  keep: number;
  targets: number;
  losses: number;
  norms: number;
  logits: number;
  /** [N][rows][8] gates; [N][units][8] of the widest layer each. */
  gates: number;
  before: number;
  after: number;
  cellBefore: number;
  tanhC: number;
  x: number;
  tau: number;
  /** ∂J/∂x of layer 0 [N][V][8]. */
  dx: number;
  /** Per layer [N][units][8]: ∂J/∂y of this step, ∂J/∂h, the part of ∂J/∂h that comes from the step after, ∂J/∂c. */
  dy: number[];
  dh: number[];
  dhCarried: number[];
  dc: number[];
}

export const pad32 = (n: number): number => Math.ceil(n / 32) * 32;
/** Clamps at most, per call. */
export const maxClamps = 4096;

export function planReading(shape: ModelShape, steps: number, panels: number): ReadingPlan {
  const memory = new Allocator();
  const floats = (n: number): number => memory.take(n * 4);
  const { vocabulary } = shape;
  const parameters = floats(shape.size);
  const layers = shape.layers.map((layer): ReadingLayer => {
    const { units } = layer;
    const recurrentRows = pad32(layer.recurrentGates.length * units);
    const inputRows = pad32(layer.inputGates.length * units);
    const stride = Math.max(inputRows, layer.recurrentBlock * units + recurrentRows);
    const lstm = layer.cell === 'lstm';
    const highway = layer.connection === 'highway';
    const tauStride = pad32(units);
    const h = floats((steps + 2) * units);
    return {
      recurrent: floats(recurrentRows * units),
      recurrentRows,
      inputs: layer.sources.map((j) => floats(inputRows * shape.layers[j]!.units)),
      inputRows,
      bias: floats(layer.rows),
      highway: highway ? floats(tauStride * units) : 0,
      highwayBias: 0,
      gates: floats((steps + 1) * stride),
      stride,
      h,
      c: lstm ? floats((steps + 2) * units) : 0,
      tanhC: lstm ? floats((steps + 2) * units) : 0,
      y: layer.connection === 'none' ? h : floats((steps + 2) * units),
      tau: highway ? floats((steps + 1) * tauStride) : 0,
      tauStride,
    };
  });
  const outRows = pad32(vocabulary);
  const plan = {
    shape,
    steps,
    parameters,
    table: floats((vocabulary + 1) * shape.layers[0]!.rows),
    layers,
    out: shape.outSources.map((j) => floats(outRows * shape.layers[j]!.units)),
    outRows,
    outBias: parameters + shape.tensors.at(-1)!.at * 4,
    logits: floats(outRows),
    ids: memory.take(steps * 4),
    clamps: memory.take(maxClamps * 8),
    back: panels > 0 ? planBackward(shape, memory, panels) : null,
  };
  for (const { name, at } of shape.tensors) {
    const k = /^highway\.bias_l(\d+)$/.exec(name)?.[1];
    if (k !== undefined) layers[Number(k)]!.highwayBias = parameters + at * 4;
  }
  return { ...plan, bytes: memory.bytes };
}

function planBackward(shape: ModelShape, memory: Allocator, panels: number): BackwardPlan {
  const { layers, vocabulary } = shape;
  const floats = (n: number): number => memory.take(n * 4);
  const widest = Math.max(...layers.map((layer) => layer.units));
  const lanes = panels * 8;
  const state = (): number => floats(widest * lanes);
  const perLayer = (): number[] => layers.map(({ units }) => floats(units * lanes));
  const outPacks = (): number[] => shape.outSources.map((j) => floats(vocabulary * layers[j]!.units));
  return {
    panels,
    recurrent: layers.map(({ recurrentGates, units }) => floats(recurrentGates.length * units * units)),
    inputs: layers.map(({ inputGates, units, sources }) =>
      sources.map((j) => floats(inputGates.length * units * layers[j]!.units)),
    ),
    highway: layers.map(({ connection, units }) => (connection === 'highway' ? floats(units * units) : 0)),
    characters: floats(vocabulary * layers[0]!.inputGates.length * layers[0]!.units),
    outForward: outPacks(),
    outBackward: outPacks(),
    rowIds: floats(lanes),
    beforeIds: floats(lanes),
    afterIds: floats(lanes),
    keep: floats(lanes),
    targets: floats(lanes),
    losses: memory.take(panels * 8),
    norms: floats(lanes),
    logits: floats(vocabulary * lanes),
    gates: floats(Math.max(...layers.map(({ rows }) => rows)) * lanes),
    before: state(),
    after: state(),
    cellBefore: state(),
    tanhC: state(),
    x: state(),
    tau: state(),
    dx: floats(vocabulary * lanes),
    dy: perLayer(),
    dh: perLayer(),
    dhCarried: perLayer(),
    dc: perLayer(),
  };
}
