/** Which texts cells are chosen on and which they are shown on, for a run and for a model of unknown origin. */
import type { CorpusSnapshot } from '../corpus/corpus.ts';
import {
  type CorpusDocument,
  countCharacters,
  normaliseLineEnds,
  type Side,
  type SourceFile,
} from '../corpus/document.ts';
import { groupNearDuplicates } from '../corpus/near-duplicates.ts';
import { sha256 } from '../corpus/sha256.ts';
import { Random } from '../random.ts';
import { t } from '../words.ts';

export interface HeldOutTexts {
  validation: CorpusDocument[];
  test: CorpusDocument[];
  /** Files left out because the run was trained on them, or on an earlier version of them. */
  trainedOn: number;
  /** How the sides came about, for people. */
  rule: string;
}

/** Why there is nothing to measure on. */
export class HeldOutError extends Error {
  readonly code = 'no-held-out-text';
  constructor(message: string) {
    super(message);
    this.name = 'HeldOutError';
  }
}

/**
 * The held-out texts among `files`. With a run's corpus its own validation and test files are taken, as the run read
 * them; files that the run has not seen are dealt out to both sides; those it was trained on are left out. Without one,
 * all files are dealt out: in seeded order, near-duplicates together, each group to the side with fewer characters. One
 * single file is cut at the line nearest to its middle.
 * @throws HeldOutError where a side would stay empty
 */
export async function heldOutTexts(
  files: readonly SourceFile[],
  corpus: CorpusSnapshot | null,
  seed: number,
): Promise<HeldOutTexts> {
  const texts = files
    .map((file) => ({ ...file, text: normaliseLineEnds(file.text) }))
    .filter(({ text }) => text.length > 0)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const known = new Map<string, CorpusDocument[]>();
  const trainedPaths = new Set<string>();
  for (const document of corpus?.documents ?? []) {
    known.set(document.sha256, [...(known.get(document.sha256) ?? []), document]);
    if (document.side === 'train') trainedPaths.add(document.path);
  }
  const sides: Record<'validation' | 'test', CorpusDocument[]> = { validation: [], test: [] };
  const unseen: CorpusDocument[] = [];
  let trainedOn = 0;
  for (const { path, language, text } of texts) {
    const hash = await sha256(text);
    const parts = known.get(hash);
    if (parts) {
      for (const part of parts)
        if (part.side !== 'train' && !sides[part.side].includes(part)) sides[part.side].push(part);
      if (parts.every(({ side }) => side === 'train')) trainedOn++;
    } else if (trainedPaths.has(path)) trainedOn++;
    else unseen.push({ path, language, side: 'test', text, chars: countCharacters(text), sha256: hash });
  }
  deal(unseen, sides, seed);
  if (sides.validation.length === 0 || sides.test.length === 0)
    throw new HeldOutError(
      texts.length === 0
        ? t('There is no text in this folder. Name one with sources that the model was not trained on.')
        : t(
            'Cells are chosen on validation files and shown on test files, and this folder leaves one side empty ({0} of its {1} files were trained on). Name the folder that the run was trained on as a whole, or one with at least two other files.',
            trainedOn,
            texts.length,
          ),
    );
  const own = corpus ? "the run's own validation and test files" : '';
  const dealt = unseen.length > 0 ? `${unseen.length} unseen files dealt out by seed ${seed}` : '';
  return { ...sides, trainedOn, rule: [own, dealt].filter((part) => part !== '').join(', ') };
}

/**
 * The held-out texts that a run keeps, without reading any file anew.
 * @throws HeldOutError where a side is empty
 */
export function ownHeldOutTexts({ documents, splitInsideFiles }: CorpusSnapshot): HeldOutTexts {
  const of = (side: Side): CorpusDocument[] => documents.filter((document) => document.side === side);
  const [validation, test] = [of('validation'), of('test')];
  if (validation.length === 0 || test.length === 0)
    throw new HeldOutError(
      t(
        'This run kept no text for validation or none for testing, so cells cannot be chosen and shown on different text. Train on a folder with more files.',
      ),
    );
  const rule = splitInsideFiles ? "the run's own validation and test parts" : "the run's own validation and test files";
  return { validation, test, trainedOn: of('train').length, rule };
}

/** Deals out documents to the side that has fewer characters. */
function deal(documents: CorpusDocument[], sides: Record<'validation' | 'test', CorpusDocument[]>, seed: number): void {
  const charsOf = (side: 'validation' | 'test'): number => sides[side].reduce((sum, { chars }) => sum + chars, 0);
  const put = (document: CorpusDocument, side: 'validation' | 'test'): void => {
    sides[side].push({ ...document, side: side satisfies Side });
  };
  const groups = groupNearDuplicates(documents.map(({ text }) => text));
  if (groups.length === 1 && charsOf('validation') + charsOf('test') === 0) {
    const whole = documents[0]!;
    const cut = whole.text.indexOf('\n', whole.text.length >> 1) + 1;
    if (cut === 0 || cut === whole.text.length) return;
    const start = countCharacters(whole.text.slice(0, cut));
    put({ ...whole, text: whole.text.slice(0, cut), chars: start, range: { start: 0, end: start } }, 'validation');
    const rest = { text: whole.text.slice(cut), chars: whole.chars - start, range: { start, end: whole.chars } };
    put({ ...whole, ...rest }, 'test');
    return;
  }
  for (const members of Random.derive(seed, 'held-out sides').shuffle([...groups])) {
    const side = charsOf('validation') <= charsOf('test') ? 'validation' : 'test';
    for (const member of members) put(documents[member]!, side);
  }
}
