import type { RecurrentProduct } from '../engine.ts';

const lanes = 8;

/** Products with W [M, H] row-major on panels of 8 vectors, in float64. */
export class ReferenceRecurrentProduct implements RecurrentProduct {
  readonly hiddenSize: number;
  private readonly weight: Float64Array;

  constructor(weight: Float64Array, hiddenSize: number) {
    this.weight = weight;
    this.hiddenSize = hiddenSize;
  }

  forward(v: Float64Array, u: Float64Array): void {
    const { weight, hiddenSize: H } = this;
    u.fill(0);
    for (let m = 0, w = 0; m * H < weight.length; m++)
      for (let j = 0; j < H; j++, w++) {
        const factor = weight[w];
        for (let lane = 0, to = m * lanes, from = j * lanes; lane < lanes; lane++, to++, from++)
          u[to] += factor * v[from];
      }
  }

  backward(u: Float64Array, v: Float64Array): void {
    const { weight, hiddenSize: H } = this;
    v.fill(0);
    for (let m = 0, w = 0; m * H < weight.length; m++)
      for (let j = 0; j < H; j++, w++) {
        const factor = weight[w];
        for (let lane = 0, from = m * lanes, to = j * lanes; lane < lanes; lane++, to++, from++)
          v[to] += factor * u[from];
      }
  }
}
