/** ∂J/∂W_hh by lag: keeps what every use of W_hh read and its gradient, and multiplies at the end. */
import type { LagCollector, LagContributions, LossSeeds } from '../engine.ts';
import { addOuter } from './linear.ts';
import type { Network } from './network.ts';
import { backwardFromSeeds } from './stream.ts';

/** Per seed and lag: ∂J/∂u [G·H] and h_{t−1} [H], u = W_hh h_{t−1} + b_hh. */
interface Kept {
  du: Float64Array;
  before: Float64Array;
}

export class ReferenceLagCollector implements LagCollector {
  private readonly network: Network;
  private readonly capacity: number;
  private readonly lags: number;
  private readonly kept: Kept[];
  private seeds = 0;
  private scored = 0;

  constructor(network: Network, capacity: number, lags: number) {
    this.network = network;
    this.capacity = capacity;
    this.lags = lags;
    const rows = capacity * (lags + 1);
    this.kept = network.layers.map(({ hiddenSize, biasHh }) => ({
      du: new Float64Array(rows * biasHh.length),
      before: new Float64Array(rows * hiddenSize),
    }));
  }

  async add(seeds: LossSeeds): Promise<void> {
    const { positions, logit, stream } = seeds;
    if (this.seeds + positions.length > this.capacity)
      throw new Error(`This collector holds ${this.capacity} seeds, not ${this.seeds + positions.length}.`);
    backwardFromSeeds(this.network, { ...seeds, inputs: false }, this.lags, (seed, lag, layer, gradient, tape, row) => {
      const { hiddenSize: H } = this.network.layers[layer]!;
      const { du, before } = this.kept[layer]!;
      const at = lag * this.capacity + this.seeds + seed;
      du.set(gradient.du, at * gradient.du.length);
      before.set(tape.layers[layer]!.trace.hBefore.subarray(row * H, row * H + H), at * H);
    });
    this.seeds += positions.length;
    for (const position of positions) if (logit || stream.targets![position]! >= 0) this.scored++;
  }

  async result(): Promise<LagContributions> {
    const { capacity, lags, scored } = this;
    const scale = scored > 0 ? 1 / scored ** 2 : 0;
    return {
      seeds: scored,
      layers: this.kept.map(({ du, before }, layer) => {
        const { hiddenSize: H, biasHh } = this.network.layers[layer]!;
        const gates = biasHh.length;
        const add = (lag: number, into: Float64Array): void => {
          for (let at = lag * capacity; at < (lag + 1) * capacity; at++)
            addOuter(du.subarray(at * gates, (at + 1) * gates), before, at * H, H, into);
        };
        const whole = new Float64Array(gates * H);
        for (let lag = 0; lag <= lags; lag++) add(lag, whole);
        const squares = new Float64Array(lags + 1);
        const products = new Float64Array(lags + 1);
        const part = new Float64Array(gates * H);
        for (let lag = 0; lag <= lags; lag++) {
          add(lag, part.fill(0));
          squares[lag] = scale * product(part, part);
          products[lag] = scale * product(part, whole);
        }
        return { squares, products, total: scale * product(whole, whole) };
      }),
    };
  }
}

/** ⟨A, B⟩, the sum over products of elements. */
function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
