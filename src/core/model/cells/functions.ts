/** Logistic function as ½ + ½ tanh(x/2): exactly 0, ½ and 1 at −100, 0 and 100, so that a gate can be fully shut or open. */
export function sigmoid(x: number): number {
  return 0.5 + 0.5 * Math.tanh(0.5 * x);
}
