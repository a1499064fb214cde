/**
 * The rule of names. A cell is named for a concept only if, on files that it was neither trained nor chosen on,
 *  - its AP reaches half-way from the base rate to 1: AP ≥ (1 + base)/2;
 *  - its AP exceeds the best cell's of every untrained network and of the random labels per character type;
 *  - labels shifted against the text do not do as well: p < 0.05 after Holm's correction over concepts;
 *  - clamping it raises the loss where the concept matters by more than 95 % of the matched cells do, and by 0.05 nats at least.
 * What was not measured does not count as passed.
 */
import type { Ablation } from './ablation.ts';

export interface Evidence {
  base: number;
  /** On the test files. */
  averagePrecision: number;
  /** On the test sample, where the following were measured too. */
  sampleAveragePrecision: number | null;
  /** Best AP of each untrained network. */
  untrained: readonly number[] | null;
  /** Best AP under each random labelling per character type. */
  randomLabels: readonly number[] | null;
  /** After Holm's correction. */
  adjustedP: number | null;
  ablation: Ablation | null;
}

export type Lack = 'precision' | 'untrained' | 'random-labels' | 'chance' | 'cause';

export const level = 0.05;

/**
 * Nats a character by which the loss must rise where the concept matters: the likelihood there falls by a twentieth. Where no cell does
 * anything, one of them still does more than the others: of 20 untrained networks one earned a name with a rise of 0.01.
 */
export const leastRise = 0.05;

/** Half-way from the base rate to 1. */
export function halfWay(base: number): number {
  return (1 + base) / 2;
}

/** What a candidate lacks to be named; named where it lacks nothing. */
export function lacksOf(evidence: Evidence): Lack[] {
  const {
    base,
    averagePrecision,
    sampleAveragePrecision: own,
    untrained,
    randomLabels,
    adjustedP,
    ablation,
  } = evidence;
  const lacks: Lack[] = [];
  const beats = (others: readonly number[] | null): boolean =>
    own !== null && others !== null && others.length > 0 && others.every((other) => own > other);
  if (!(averagePrecision >= halfWay(base))) lacks.push('precision');
  if (!beats(untrained)) lacks.push('untrained');
  if (!beats(randomLabels)) lacks.push('random-labels');
  if (!(adjustedP !== null && adjustedP < level)) lacks.push('chance');
  if (!(ablation !== null && ablation.inside >= leastRise && ablation.inside > ablation.control)) lacks.push('cause');
  return lacks;
}
