/** Where a network beats an n-gram and where not: closings by distance, agreement against recency, kinds of characters. */
import { characterClass, characterClasses } from '../cells/character-classes.ts';
import type { ConceptDocument } from '../concepts/concept.ts';
import type { Session } from '../engine/engine.ts';
import { type Closing, closingsOf } from './closings.ts';
import type { KneserNey } from './kneser-ney.ts';

/** Means over `count` characters, null where there is none: losses in nats, or shares of right guesses. */
export interface ComparisonRow {
  label: string;
  count: number;
  network: number | null;
  baseline: number | null;
}

export interface ComparisonTables {
  /** Losses of all characters. */
  all: ComparisonRow;
  /** Losses at closing brackets of each kind and at closing quotes, by distance to the opening. */
  closings: { kind: Closing['kind']; rows: ComparisonRow[] }[];
  /**
   * Share of closing brackets whose kind was the likeliest of the three, by number of brackets of another kind that
   * were opened and closed since the opening: whoever goes by the latest bracket seen gets these wrong.
   */
  agreement: ComparisonRow[];
  /** Losses by kind of character. */
  characters: ComparisonRow[];
}

/** [N] in nats: element t is the loss of character t + 1. */
export interface DocumentLosses {
  network: Float32Array;
  baseline: Float32Array;
}

const distances = [5, 10, 20, 50, 100, 200, Number.POSITIVE_INFINITY];
const otherCounts = [1, 2, 3, 5, Number.POSITIVE_INFINITY];
const kinds: readonly Closing['kind'][] = ['parenthesis', 'square', 'brace', 'quote'];
const closers = { parenthesis: ')', square: ']', brace: '}' } as const;

class Sums {
  count = 0;
  network = 0;
  baseline = 0;

  add(network: number, baseline: number): void {
    this.count++;
    this.network += network;
    this.baseline += baseline;
  }

  row(label: string): ComparisonRow {
    const { count, network, baseline } = this;
    if (count === 0) return { label, count, network: null, baseline: null };
    return { label, count, network: network / count, baseline: baseline / count };
  }
}

/** Adds up documents one at a time; memory does not grow with the text. */
export class Comparison {
  private readonly session: Session;
  private readonly baseline: KneserNey;
  private readonly all = new Sums();
  private readonly byDistance = kinds.map(() => distances.map(() => new Sums()));
  private readonly byOthers = otherCounts.map(() => new Sums());
  private readonly byClass = characterClasses.map(() => new Sums());
  /** Indices of ), ] and } in the vocabulary, −1 where it lacks one. */
  private readonly closerIndices: readonly number[];

  constructor(session: Session, baseline: KneserNey) {
    this.session = session;
    this.baseline = baseline;
    this.closerIndices = Object.values(closers).map((closer) => session.spec.vocabulary.indexOf(closer));
  }

  /** [N] inputs and targets of the document, read from the zero state. Gives the losses of both, NaN where not scored. */
  async add(document: ConceptDocument, inputs: Int32Array, targets: Int32Array): Promise<DocumentLosses> {
    const closings = closingsOf(document).filter(({ index }) => index > 0 && targets[index - 1]! >= 0);
    const brackets = closings.filter(({ kind }) => kind !== 'quote');
    // The state after the character before predicts the closing one.
    const logitsAt = Int32Array.from(brackets, ({ index }) => index - 1);
    const capture = { losses: true, logitsAt };
    const { losses, logits } = await this.session.run({ inputs, targets, start: null }, capture);
    const network = losses!;
    const baseline = this.baseline.losses(inputs, targets);
    for (let t = 0; t + 1 < inputs.length; t++) {
      if (Number.isNaN(network[t]!)) continue;
      this.all.add(network[t]!, baseline[t]!);
      this.byClass[characterClass(document.points[t + 1]!)]!.add(network[t]!, baseline[t]!);
    }
    for (const { index, kind, distance } of closings) {
      const bucket = distances.findIndex((limit) => distance < limit);
      this.byDistance[kinds.indexOf(kind)]![bucket]!.add(network[index - 1]!, baseline[index - 1]!);
    }
    if (this.closerIndices.includes(-1)) return { network, baseline };
    const V = this.session.spec.vocabulary.length;
    brackets.forEach(({ index, kind, others }, k) => {
      const right = Object.keys(closers).indexOf(kind);
      const scores = this.closerIndices.map((closer) => logits![k * V + closer]!);
      const counted = this.baseline.probabilities(inputs, index, this.closerIndices);
      const bucket = otherCounts.findIndex((limit) => others < limit);
      this.byOthers[bucket]!.add(isLargest(scores, right), isLargest(counted, right));
    });
    return { network, baseline };
  }

  tables(): ComparisonTables {
    const rangeLabel = (limits: readonly number[], k: number, least: number): string => {
      const low = k === 0 ? least : limits[k - 1]!;
      if (limits[k] === Number.POSITIVE_INFINITY) return `${low} and more`;
      return low === limits[k]! - 1 ? `${low}` : `${low}–${limits[k]! - 1}`;
    };
    return {
      all: this.all.row('all'),
      closings: kinds.map((kind, k) => ({
        kind,
        rows: this.byDistance[k]!.map((sums, d) => sums.row(rangeLabel(distances, d, 1))),
      })),
      agreement: this.byOthers.map((sums, k) => sums.row(rangeLabel(otherCounts, k, 0))),
      characters: this.byClass.map((sums, k) => sums.row(characterClasses[k]!)),
    };
  }
}

/** 1 where the entry is larger than all others. */
function isLargest(values: readonly number[], entry: number): number {
  return values.every((value, k) => k === entry || value < values[entry]!) ? 1 : 0;
}
