/** What makes a run small enough to ship. */
import type { ParameterSet } from '../../src/core/model/tensors.ts';

interface Generation {
  number: number;
  trainedChars: number;
}

/** The first, the best and between them those nearest to equal steps on a logarithmic scale, `count` at most. */
export function chosenGenerations<G extends Generation>(generations: readonly G[], best: number, count: number): G[] {
  const until = generations.filter(({ number }) => number <= best);
  if (until.length <= count) return until;
  const place = ({ trainedChars }: Generation): number => Math.log(trainedChars + 10_000);
  const [from, to] = [place(until[0]!), place(until.at(-1)!)];
  const chosen = new Set<G>();
  for (let k = 0; k < count; k++) {
    const wanted = from + ((to - from) * k) / (count - 1);
    chosen.add(until.reduce((a, b) => (Math.abs(place(b) - wanted) < Math.abs(place(a) - wanted) ? b : a)));
  }
  return [...chosen].sort((a, b) => a.number - b.number);
}

/** Bits of the fraction that stay. */
const fractionBits = 8;

/**
 * float32 whose fraction is rounded to nine significant bits (half away from zero): the two lower bytes are nearly always 0,
 * which deflate takes to about half. Relative error at most 2⁻⁹.
 */
export function roundToCompress(parameters: ParameterSet): ParameterSet {
  const drop = 23 - fractionBits;
  return new Map(
    [...parameters].map(([name, { shape, data }]) => {
      const words = new Uint32Array(Float32Array.from(data).buffer);
      for (let i = 0; i < words.length; i++) words[i] = ((words[i]! + (1 << (drop - 1))) >>> drop) << drop;
      return [name, { shape: [...shape], data: new Float32Array(words.buffer) }];
    }),
  );
}
