/**
 * What counting achieves on the documents that a training watches: interpolated Kneser–Ney n-grams, learned from the same
 * training documents, on the same characters. It is worked out in slices beside the training and changes no weight.
 */
import type { EvaluationStream } from '../training/evaluate.ts';
import { defaultMaxChars, KneserNey, largestOrder } from './kneser-ney.ts';

export interface NGramLoss {
  /** n: it sees n − 1 characters. */
  order: number;
  /** Characters that it learned from, and that there are on the training side. */
  trainedChars: number;
  ofChars: number;
  /** Mean cross-entropy on the watched documents, nats per character, and how many were predicted. */
  nats: number;
  predictions: number;
}

export interface NGramTask {
  /** Training documents as the engine reads them, in the order in which they are taken until there are enough. */
  documents: Iterable<Int32Array>;
  /** Characters of all training documents. */
  ofChars: number;
  watched: readonly EvaluationStream[];
  vocabularySize: number;
}

/** Null where there is nothing to learn from or to predict. The values between are stops, a few milliseconds apart. */
export function* ngramLoss({
  documents,
  ofChars,
  watched,
  vocabularySize,
}: NGramTask): Generator<undefined, NGramLoss | null, void> {
  if (ofChars === 0 || predictionsOf(watched) === 0) return null;
  const options = { order: largestOrder, vocabularySize, maxChars: defaultMaxChars };
  const model = yield* KneserNey.learning(documents, options);
  let totalNats = 0;
  let predictions = 0;
  for (const { inputs, targets } of watched) {
    const own = yield* model.totalLoss(inputs, targets);
    totalNats += own.totalNats;
    predictions += own.predictions;
    yield;
  }
  const { order, trainedChars } = model;
  return { order, trainedChars, ofChars, nats: totalNats / predictions, predictions };
}

/** Characters of the watched documents that are predicted. */
export function predictionsOf(watched: readonly EvaluationStream[]): number {
  let predictions = 0;
  for (const { targets } of watched) for (let t = 0; t < targets.length; t++) if (targets[t]! >= 0) predictions++;
  return predictions;
}
