/**
 * The constant error carousel (Hochreiter, Schmidhuber 1997): with f = 1, i = 0, o = 0 an LSTM's ∂J/∂c passes every step
 * unchanged, bit for bit.
 */
import { newTrace } from '../model/cells/cell.ts';
import { lstm } from '../model/cells/lstm.ts';
import { Random } from '../random.ts';

export interface CarouselOptions {
  cells: number;
  steps: number;
  /** Pre-activations of the gates i, f and o. ±100 shuts and opens them to exactly 0 and 1. */
  gates: { i: number; f: number; o: number };
  seed: number;
}

export interface Carousel {
  /** ∂J/∂c_{T−k} [steps + 1, cells], k = 0…steps; the one at k = 0 is random. */
  gradients: Float64Array;
  /** Norms by k. */
  norms: Float64Array;
  /** Whether every step's gradient equals the injected one bit for bit. */
  exact: boolean;
}

/**
 * Injects a random ∂J/∂c_T and carries it back through steps of the cell's own equations. Candidates g and states are random
 * too: what passes must not depend on them. Recurrent weights are 0, so the path through c is all there is.
 */
export function carousel({ cells: H, steps, gates, seed }: CarouselOptions): Carousel {
  const random = Random.derive(seed, 'carousel');
  const trace = newTrace(lstm, steps, H);
  const u = new Float64Array(4 * H);
  const a = new Float64Array(4 * H)
    .fill(gates.i, 0, H)
    .fill(gates.f, H, 2 * H)
    .fill(gates.o, 3 * H);
  const c = Float64Array.from({ length: H }, () => random.normal());
  for (let t = 0; t < steps; t++) {
    for (let j = 2 * H; j < 3 * H; j++) a[j] = random.normal();
    trace.cBefore.set(c, t * H);
    lstm.forward(trace, t, H, a, u);
    c.set(trace.c.subarray(t * H, (t + 1) * H));
  }
  const step = {
    dh: new Float64Array(H),
    dc: Float64Array.from({ length: H }, () => random.normal()),
    da: new Float64Array(4 * H),
    du: new Float64Array(4 * H),
    dhBefore: new Float64Array(H),
    dcBefore: new Float64Array(H),
  };
  const gradients = new Float64Array((steps + 1) * H);
  gradients.set(step.dc);
  for (let k = 1; k <= steps; k++) {
    lstm.backward(trace, steps - k, H, step);
    step.dc.set(step.dcBefore);
    gradients.set(step.dc, k * H);
  }
  const norms = Float64Array.from({ length: steps + 1 }, (_, k) => {
    let square = 0;
    for (let j = 0; j < H; j++) square += gradients[k * H + j] ** 2;
    return Math.sqrt(square);
  });
  const exact = gradients.every((value, at) => Object.is(value, gradients[at % H]));
  return { gradients, norms, exact };
}
