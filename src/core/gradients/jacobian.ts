/** Norms of the state's Jacobian over one and many steps: what a gradient can be multiplied by at most on its way back. */
import { atOnce, type Turn } from '../activations/turns.ts';
import type { Session } from '../engine/engine.ts';
import { Random } from '../random.ts';
import { forEachBatch, type PassOptions } from './lag-norms.ts';
import { quantile } from './lag-profile.ts';
import { LinearizedPanel, linearizedQuantities, panelLanes, rescaleLanes } from './linearized-panel.ts';
import type { Position, TextStream } from './positions.ts';

export interface JacobianNorms {
  /** Numbers of steps k, ascending. */
  steps: number[];
  /** Per layer [places, steps]: ‖∂s_t/∂s_{t−k}‖₂, s = h, or (h, c) of an LSTM. */
  layers: Float64Array[];
  places: number;
}

export interface JacobianOptions extends Omit<PassOptions, 'batch'> {
  /** Relative change between two iterations under which a norm has converged (default 3e-3). */
  tolerance?: number;
  /** Iterations at most for one norm (default 30). */
  maxIterations?: number;
}

/** 1, 2, 3, 4, 6, 8, 12, … up to `most`, which is the last. */
export function defaultSteps(most: number): number[] {
  const steps: number[] = [];
  for (let power = 1; power < most; power *= 2) {
    steps.push(power);
    if (power > 1 && 1.5 * power < most) steps.push(1.5 * power);
  }
  return [...steps, most];
}

/** What was captured at one place: per layer, the quantities that linearise it over the longest product's characters. */
interface CapturedPlace {
  order: number;
  layers: Float32Array[][];
}

/** At every place (a position with `steps.at(-1)` characters before it), for every layer. */
export async function measureJacobians(
  session: Session,
  texts: readonly TextStream[],
  places: readonly Position[],
  steps: readonly number[],
  options: JacobianOptions = {},
): Promise<JacobianNorms> {
  const { turn = atOnce, onProgress, tolerance = 3e-3, maxIterations = 30 } = options;
  const { layers: specs } = session.spec;
  const parameters = await session.parameters();
  const products = specs.map((_, layer) => session.recurrentProduct(layer));
  const norms = specs.map(() => new Float64Array(places.length * steps.length));
  const blocks = specs.flatMap(({ cell }, layer) =>
    linearizedQuantities[cell].map((quantity) => ({ layer, quantity })),
  );
  let done = 0;
  let waiting: CapturedPlace[] = [];
  const work = async (): Promise<void> => {
    for (const [layer, { cell }] of specs.entries()) {
      const bias = parameters.get(`rnn.bias_hh_l${layer}`)!.data;
      const lanes = waiting.map((place) => place.layers[layer]!);
      const panel = new LinearizedPanel(cell, bias, products[layer]!, lanes);
      const found = await productNorms(panel, steps, tolerance, maxIterations, turn);
      waiting.forEach(({ order }, lane) => {
        steps.forEach((_, k) => {
          norms[layer]![order * steps.length + k] = found[k * panelLanes + lane]!;
        });
      });
      done += waiting.length;
      onProgress?.(done / (places.length * specs.length));
    }
    waiting = [];
  };
  const pass = { batch: 1, turn };
  await forEachBatch(
    session,
    texts,
    places,
    steps.at(-1)!,
    pass,
    async ({ stream, order }) => {
      const captured = await session.run({ ...stream, targets: null }, { blocks });
      waiting.push({
        order: order[0]!,
        layers: specs.map((_, layer) => captured.blocks.filter((_, k) => blocks[k]!.layer === layer)),
      });
    },
    async () => {
      if (waiting.length === panelLanes) await work();
    },
  );
  if (waiting.length > 0) await work();
  return { steps: [...steps], layers: norms, places: places.length };
}

/** Share of noise in the start vector, so that a direction that the shorter product did not have is found. */
const noise = 0.1;

/**
 * ‖P_k‖₂ of P_k = ∂s_t/∂s_{t−k} at the panel's last character, by power iteration on P_k P_kᵀ. Each starts from the left
 * singular vector of the shorter product: all of them live at t, where longer products leave few directions that matter.
 * @returns [steps, 8]
 */
export async function productNorms(
  panel: LinearizedPanel,
  steps: readonly number[],
  tolerance: number,
  maxIterations: number,
  turn: Turn = atOnce,
): Promise<Float64Array> {
  const random = new Random(1);
  const result = new Float64Array(steps.length * panelLanes);
  const left = new Float64Array(panel.stateSize * panelLanes);
  for (const [k, count] of steps.entries()) {
    // A lane that a shorter product has emptied starts from noise alone.
    rescaleLanes(left, new Float64Array(panelLanes).fill(1));
    const share = noise / Math.sqrt(panel.stateSize);
    for (let j = 0; j < left.length; j++) left[j] += share * random.normal();
    rescaleLanes(left, new Float64Array(panelLanes).fill(1));
    const norms = result.subarray(k * panelLanes, (k + 1) * panelLanes);
    for (let iteration = 0, settled = false; iteration < maxIterations && !settled; iteration++)
      settled = await turn(async () => {
        // After ‖left‖ = 1: v = Pᵀleft to length 1, then ‖Pv‖ → σ_max.
        panel.backward(count, left, new Float64Array(panelLanes).fill(1));
        const scale = new Float64Array(panelLanes).fill(1);
        panel.forward(count, left, scale);
        const near = scale.every((norm, lane) => Math.abs(norm - norms[lane]!) <= tolerance * norm);
        norms.set(scale);
        return near;
      });
  }
  return result;
}

export interface Quartiles {
  lower: Float64Array;
  median: Float64Array;
  upper: Float64Array;
}

/** Over places, by number of steps. */
export function jacobianQuartiles({ steps, layers, places }: JacobianNorms): Quartiles[] {
  return layers.map((norms) => {
    const at = (share: number): Float64Array =>
      Float64Array.from(steps, (_, k) =>
        quantile(Float64Array.from({ length: places }, (_, place) => norms[place * steps.length + k]!).sort(), share),
      );
    return { lower: at(0.25), median: at(0.5), upper: at(0.75) };
  });
}
