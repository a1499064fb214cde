import type { CorpusFileEntry, CorpusSummary } from '../formats/manifest.ts';
import { t } from '../words.ts';
import { type CorpusDocument, countCharacters, normaliseLineEnds, type Side, type SourceFile } from './document.ts';
import { sha256 } from './sha256.ts';
import { splitByFile, splitInside } from './split.ts';
import { nextCharacters, Vocabulary } from './vocabulary.ts';
import { type SamplerOptions, WindowSampler } from './windows.ts';

export interface CorpusOptions {
  seed: number;
  /** A character seen less often in the training documents is `<unk>`. */
  minCount: number;
}

export const defaultMinCount = 3;

/** Fewest characters that a corpus may have. */
export const smallestCorpus = 200;

/** All that restores a corpus exactly, also when the workspace's files have changed since. JSON-able. */
export interface CorpusSnapshot {
  formatVersion: 1;
  seed: number;
  splitInsideFiles: boolean;
  vocabulary: string[];
  unknown: number | null;
  documents: CorpusDocument[];
}

/** One held-out document as the engine reads it: [N] inputs, [N] targets (the next character; −1 for the last). */
export interface DocumentStream {
  document: CorpusDocument;
  inputs: Int32Array;
  targets: Int32Array;
}

/** Why there is no corpus: nothing to read, or too little of it. */
export class CorpusError extends Error {
  readonly code: 'empty' | 'too-small';
  constructor(code: 'empty' | 'too-small', message: string) {
    super(message);
    this.name = 'CorpusError';
    this.code = code;
  }
}

/** The texts of a training: documents with their side of the split, and the vocabulary of the training side. */
export class Corpus {
  readonly documents: readonly CorpusDocument[];
  readonly vocabulary: Vocabulary;
  readonly seed: number;
  /** True where the split had to be made inside files (one file, all alike, or one that is nearly everything). */
  readonly splitInsideFiles: boolean;

  private constructor(
    documents: readonly CorpusDocument[],
    vocabulary: Vocabulary,
    seed: number,
    splitInsideFiles: boolean,
  ) {
    this.documents = documents;
    this.vocabulary = vocabulary;
    this.seed = seed;
    this.splitInsideFiles = splitInsideFiles;
  }

  /**
   * The same files, in whatever order, and the same options give the same corpus.
   * @throws CorpusError where there is no text, or fewer than `smallestCorpus` characters.
   */
  static async build(files: readonly SourceFile[], options: CorpusOptions): Promise<Corpus> {
    const sources = files
      .map((file) => ({ ...file, text: normaliseLineEnds(file.text) }))
      .filter((file) => file.text.length > 0)
      .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
      .map((file) => ({ ...file, chars: countCharacters(file.text) }));
    const total = sources.reduce((sum, file) => sum + file.chars, 0);
    if (total === 0)
      throw new CorpusError(
        'empty',
        t('There is no text to train on. Open a folder with source files, or include more.'),
      );
    if (total < smallestCorpus)
      throw new CorpusError(
        'too-small',
        t(
          'There are only {0} characters to train on; at least {1} are needed. Add files, or include more.',
          total,
          smallestCorpus,
        ),
      );
    const assigned = splitByFile(sources, options.seed);
    const documents: CorpusDocument[] = [];
    for (const [k, source] of sources.entries()) {
      const { path, language, text, chars } = source;
      const hash = await sha256(text);
      if (assigned) documents.push({ path, language, side: assigned[k]!, text, chars, sha256: hash });
      else
        for (const { side, from, to, start, end } of splitInside(text)) {
          const range = { start, end };
          documents.push({ path, language, side, text: text.slice(from, to), chars: end - start, sha256: hash, range });
        }
    }
    const training = documents.filter((document) => document.side === 'train').map((document) => document.text);
    return new Corpus(documents, Vocabulary.build(training, options.minCount), options.seed, assigned === null);
  }

  /** The corpus that gave the snapshot: same documents, sides, order and vocabulary. */
  static restore(snapshot: CorpusSnapshot): Corpus {
    const vocabulary = new Vocabulary(snapshot.vocabulary, snapshot.unknown);
    return new Corpus(snapshot.documents, vocabulary, snapshot.seed, snapshot.splitInsideFiles);
  }

  snapshot(): CorpusSnapshot {
    return {
      formatVersion: 1,
      seed: this.seed,
      splitInsideFiles: this.splitInsideFiles,
      vocabulary: [...this.vocabulary.entries],
      unknown: this.vocabulary.unknown,
      documents: [...this.documents],
    };
  }

  get summary(): CorpusSummary {
    const files = this.documents.map(
      ({ path, language, side, chars, sha256: hash, range }): CorpusFileEntry => ({
        path,
        language,
        side,
        chars,
        sha256: hash,
        ...(range ? { range } : {}),
      }),
    );
    return {
      files,
      chars: { train: this.chars('train'), validation: this.chars('validation'), test: this.chars('test') },
      vocabularySize: this.vocabulary.size,
      splitInsideFiles: this.splitInsideFiles,
      seed: this.seed,
    };
  }

  /** Characters of one side. */
  chars(side: Side): number {
    return this.documents.reduce((sum, document) => sum + (document.side === side ? document.chars : 0), 0);
  }

  trainSampler(options: SamplerOptions): WindowSampler {
    return new WindowSampler(
      this.documents.filter((document) => document.side === 'train'),
      this.vocabulary,
      options,
    );
  }

  /** One side's documents, encoded one at a time. */
  *streams(side: Side): Generator<DocumentStream> {
    for (const document of this.documents) {
      if (document.side !== side) continue;
      const inputs = this.vocabulary.encode(document.text);
      yield { document, inputs, targets: nextCharacters(inputs) };
    }
  }
}
