/** The n-gram line of a training: worked out beside it with a small share of its time, once there is a first checkpoint. */
import { type NGramLoss, ngramLoss, predictionsOf } from '../baselines/ngram-loss.ts';
import type { Corpus } from '../corpus/corpus.ts';
import type { RunFolder } from '../formats/run-folder.ts';
import { Random } from '../random.ts';
import type { EvaluationStream } from './evaluate.ts';

/** Of the time of training steps. */
const share = 0.1;

export class NGramLine {
  private readonly folder: RunFolder;
  private readonly now: () => number;
  private readonly onFound: (loss: NGramLoss) => void;
  private work: Generator<undefined, NGramLoss | null, void> | null;
  /** Milliseconds that may be spent; below nought where a slice took longer than its share. */
  private allowance = 0;

  /** What the run's manifest holds stands where it is of the same watched characters. */
  constructor(
    folder: RunFolder,
    corpus: Corpus,
    watched: readonly EvaluationStream[],
    now: () => number,
    onFound: (loss: NGramLoss) => void,
  ) {
    this.folder = folder;
    this.now = now;
    this.onFound = onFound;
    const { ngram, options } = folder.manifest;
    const isKnown = ngram !== undefined && ngram.predictions === predictionsOf(watched);
    this.work = isKnown
      ? null
      : ngramLoss({
          documents: trainingDocuments(corpus, options.seed),
          ofChars: corpus.chars('train'),
          watched,
          vocabularySize: corpus.vocabulary.size,
        });
  }

  /** A slice, where the share of so many milliseconds of training allows it; none before the first checkpoint. */
  async beside(milliseconds: number): Promise<void> {
    if (!this.work || this.folder.manifest.current === null) return;
    this.allowance += share * milliseconds;
    if (this.allowance <= 0) return;
    const began = this.now();
    await this.slice();
    this.allowance -= this.now() - began;
  }

  /** What is left, for a training that is over before its line is there. False where `goesOn` ended it. */
  async finish(goesOn: () => Promise<boolean>): Promise<boolean> {
    while (this.work) {
      if (!(await goesOn())) return false;
      await this.slice();
    }
    return true;
  }

  private async slice(): Promise<void> {
    const step = this.work?.next();
    if (!step?.done) return;
    this.work = null;
    if (!step.value) return;
    await this.folder.update({ ngram: step.value });
    this.onFound(step.value);
  }
}

/** In a seeded order: where not all are learned from, they are no one corner of the workspace. */
function* trainingDocuments(corpus: Corpus, seed: number): Generator<Int32Array> {
  const documents = corpus.documents.filter(({ side }) => side === 'train');
  for (const { text } of Random.derive(seed, 'n-gram documents').shuffle(documents))
    yield corpus.vocabulary.encode(text);
}
