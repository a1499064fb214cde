/** Norms of the state's Jacobian over one and many steps: what a gradient can be multiplied by at most on its way back. */
import { atOnce } from '../activations/turns.ts';
import type { Session } from '../engine/engine.ts';
import { Random } from '../random.ts';
import { forEachBatch, type PassOptions } from './lag-norms.ts';
import { quantile } from './lag-profile.ts';
import { LinearizedLayer, linearizedQuantities, recurrentWeights } from './linearized-layer.ts';
import type { Position, TextStream } from './positions.ts';

export interface JacobianNorms {
  /** Numbers of steps k, ascending. */
  steps: number[];
  /** Per layer [places, steps]: ‖∂s_t/∂s_{t−k}‖₂, s = h, or (h, c) of an LSTM. */
  layers: Float64Array[];
  places: number;
}

export interface JacobianOptions extends Omit<PassOptions, 'batch'> {
  /** Relative change between two iterations under which a norm has converged (default 1e-3). */
  tolerance?: number;
  /** Iterations at most for one norm (default 40). */
  maxIterations?: number;
}

/** 1, 2, 3, 4, 6, 8, 12, … up to `most`, which is the last. */
export function defaultSteps(most: number): number[] {
  const steps: number[] = [];
  for (let power = 1; power <= most; power *= 2)
    for (const k of [power, 1.5 * power]) if (k >= 1 && Number.isInteger(k) && k < most) steps.push(k);
  return [...steps, most];
}

/** At every place (a position with `steps.at(-1)` characters before it), for every layer. */
export async function measureJacobians(
  session: Session,
  texts: readonly TextStream[],
  places: readonly Position[],
  steps: readonly number[],
  options: JacobianOptions = {},
): Promise<JacobianNorms> {
  const { turn = atOnce, onProgress, tolerance = 1e-3, maxIterations = 40 } = options;
  const { spec } = session;
  const parameters = await session.parameters();
  const weights = spec.layers.map((_, layer) => recurrentWeights(spec, parameters, layer));
  const layers = spec.layers.map(() => new Float64Array(places.length * steps.length));
  const most = steps.at(-1)!;
  let done = 0;
  // The reading takes its turns in forEachBatch; the iterations take theirs here.
  await forEachBatch(session, texts, places, most, { batch: 1 }, async ({ stream, order }) => {
    const last = stream.inputs.length - 1;
    for (const [layer, recurrent] of weights.entries()) {
      const blocks = linearizedQuantities[recurrent.cell].map((quantity) => ({ layer, quantity }));
      const captured = await turn(() => session.run({ ...stream, targets: null }, { blocks }));
      const linearized = new LinearizedLayer(recurrent, captured.blocks);
      const norms = new ProductNorms(linearized, last, tolerance);
      for (const [k, count] of steps.entries()) {
        let norm: number | null = null;
        for (let iteration = 1; norm === null; iteration++)
          norm = await turn(async () => norms.iterate(count, iteration >= maxIterations));
        layers[layer]![order[0]! * steps.length + k] = norm;
      }
      done++;
      onProgress?.(done / (places.length * weights.length));
    }
  });
  return { steps: [...steps], layers, places: places.length };
}

/** Share of noise in the start vector, so that a direction that the shorter product did not have is found. */
const noise = 0.1;

/**
 * ‖P_k‖₂ of P_k = ∂s_t/∂s_{t−k} for growing k by power iteration on P_k P_kᵀ, each from the left singular vector of the
 * one before: all of them live at t, where the longest products leave few directions that matter.
 */
export class ProductNorms {
  private readonly layer: LinearizedLayer;
  private readonly last: number;
  private readonly tolerance: number;
  private readonly random = new Random(1);
  private readonly left: Float64Array;
  private count = 0;
  private norm = 0;

  constructor(layer: LinearizedLayer, last: number, tolerance: number) {
    this.layer = layer;
    this.last = last;
    this.tolerance = tolerance;
    this.left = Float64Array.from({ length: layer.stateSize }, () => this.random.normal());
    normalise(this.left);
  }

  /** One iteration for `count` steps; the norm where it has converged (or `settle` takes it as it is), else null. */
  iterate(count: number, settle: boolean): number | null {
    const { layer, last, left } = this;
    if (count !== this.count) {
      this.count = count;
      this.norm = Number.NaN;
      const share = noise / Math.sqrt(left.length);
      for (let j = 0; j < left.length; j++) left[j] += share * this.random.normal();
      normalise(left);
    }
    layer.backward(last, count, left);
    if (normalise(left) === 0) {
      this.count = 0; // nothing passes; the next product starts from noise alone
      return 0;
    }
    layer.forward(last, count, left);
    const norm = normalise(left);
    const converged = Math.abs(norm - this.norm) <= this.tolerance * norm;
    this.norm = norm;
    return converged || settle ? norm : null;
  }
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

/** Scales to length 1 and returns the length before; zero stays zero. */
function normalise(values: Float64Array): number {
  let largest = 0;
  for (let j = 0; j < values.length; j++) largest = Math.max(largest, Math.abs(values[j]));
  if (largest === 0) return 0;
  // By the largest first: a product over many steps may be too small to be squared.
  let square = 0;
  for (let j = 0; j < values.length; j++) square += (values[j] / largest) ** 2;
  const length = largest * Math.sqrt(square);
  for (let j = 0; j < values.length; j++) values[j] /= length;
  return length;
}
