/** Which held-out text of a run its gradients are measured on, and how far back it lets one look. */
import { type CorpusDocument, normaliseLineEnds } from '../core/corpus/document.ts';
import { counts, type TextStream } from '../core/gradients/positions.ts';
import { Random } from '../core/random.ts';

/** Characters of held-out text that are read at most: enough for hundreds of positions, seconds for the largest models. */
export const mostCharacters = 60_000;
/** With fewer predictions to choose from, more text or fewer lags are taken. */
const fewestPredictions = 64;

export interface HeldOut {
  side: 'test' | 'validation' | 'given';
  documents: { path: string; text: string }[];
}

/** Texts that somebody chose, up to `mostCharacters`; the last one is cut. */
export function givenTexts(texts: readonly { path: string; text: string }[]): HeldOut {
  const documents: HeldOut['documents'] = [];
  let left = mostCharacters;
  for (const { path, text } of texts) {
    if (left <= 0) break;
    const points = [...normaliseLineEnds(text)];
    documents.push({ path, text: points.slice(0, left).join('') });
    left -= points.length;
  }
  return { side: 'given', documents };
}

/**
 * Documents of the test side in a seeded order, up to `mostCharacters`; the last one is cut. The validation side where the
 * test side has no text of `lags` characters and some more.
 */
export function chooseHeldOut(documents: readonly CorpusDocument[], lags: number, seed: number): HeldOut {
  const of = (side: HeldOut['side']): CorpusDocument[] => documents.filter((document) => document.side === side);
  const enough = (side: HeldOut['side']): boolean =>
    of(side).reduce((sum, { chars }) => sum + Math.max(0, chars - 1 - lags), 0) >= fewestPredictions;
  const side = !enough('test') && enough('validation') ? 'validation' : 'test';
  const random = Random.derive(seed, 'held-out texts of the gradients');
  const shuffled = of(side);
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  const chosen: HeldOut['documents'] = [];
  let left = mostCharacters;
  for (const { path, text, chars } of shuffled) {
    if (left <= 0) break;
    chosen.push({ path, text: chars <= left ? text : [...text].slice(0, left).join('') });
    left -= chars;
  }
  return { side, documents: chosen };
}

/** `wanted`, halved until enough predictions have so many characters before them; 0 where none has a few. */
export function fittingLags(texts: readonly TextStream[], wanted: number): number {
  for (let lags = wanted; lags >= 8; lags = Math.floor(lags / 2)) {
    let found = 0;
    for (const text of texts) for (let at = lags; at < text.targets.length; at++) if (counts(text, at, lags)) found++;
    if (found >= fewestPredictions) return lags;
  }
  return 0;
}
