import type { Random } from '../random.ts';

/**
 * Draws an index with probability softmax(logits/temperature); temperature 0 takes the largest logit. `excluded` is never
 * drawn. Returns −1 where nothing can be drawn. One random number per draw, at every temperature.
 */
export function chooseIndex(
  logits: ArrayLike<number>,
  temperature: number,
  random: Random,
  excluded: number | null,
): number {
  let best = -1;
  for (let v = 0; v < logits.length; v++) if (v !== excluded && !(best >= 0 && logits[v]! <= logits[best]!)) best = v;
  const draw = random.next();
  if (best < 0 || temperature === 0) return best;
  const weight = (v: number): number => (v === excluded ? 0 : Math.exp((logits[v]! - logits[best]!) / temperature));
  let total = 0;
  for (let v = 0; v < logits.length; v++) total += weight(v);
  let rest = draw * total;
  for (let v = 0; v < logits.length; v++) {
    rest -= weight(v);
    if (rest < 0 && v !== excluded) return v;
  }
  return best; // rounding left the last sliver over
}
