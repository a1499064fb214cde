import type { Corpus, DocumentStream } from '../corpus/corpus.ts';
import { nextCharacters } from '../corpus/vocabulary.ts';
import { Random } from '../random.ts';
import type { EvaluationStream } from './evaluate.ts';

/**
 * The part of the validation documents that is evaluated during training: all of them up to `limit` characters; beyond,
 * the beginnings of documents in a seeded order, none with more than a sixteenth of the limit until all had their turn.
 */
export function validationSet(corpus: Corpus, limit: number, seed: number): EvaluationStream[] {
  const all = [...corpus.streams('validation')];
  if (corpus.chars('validation') <= limit) return all;
  const shuffled = Random.derive(seed, 'validation').shuffle(all);
  const share = Math.max(Math.ceil(limit / 16), Math.ceil(limit / shuffled.length));
  const set: EvaluationStream[] = [];
  let left = limit;
  for (const stream of shuffled) {
    if (left < 2) break;
    const part = beginning(stream, Math.min(share, left));
    set.push(part);
    left -= part.inputs.length;
  }
  return set;
}

function beginning({ inputs }: DocumentStream, length: number): EvaluationStream {
  const part = inputs.slice(0, length);
  return { inputs: part, targets: nextCharacters(part) };
}
