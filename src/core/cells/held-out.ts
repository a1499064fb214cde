import { applies, type Concept, type ConceptDocument } from '../concepts/concept.ts';
import type { SyntaxParser } from '../concepts/parser.ts';
import type { CorpusDocument } from '../corpus/document.ts';
import { nextCharacters, type Vocabulary } from '../corpus/vocabulary.ts';

/** Labels of one concept in one document; null where the concept does not apply to its language. */
export type DocumentLabels =
  | { scale: 'binary'; values: Int8Array; ends: Int32Array }
  | { scale: 'graded'; values: Float32Array }
  | null;

/** A held-out document as scores need it: [N] inputs and targets for the engine, labels by concept. */
export interface LabelledDocument {
  path: string;
  inputs: Int32Array;
  targets: Int32Array;
  /** In the order of the concepts. */
  labels: DocumentLabels[];
  /** The text's N characters, for snippets. */
  points: Uint32Array;
}

/** One side of the held-out texts; documents are labelled when they are asked for and not kept. */
export interface LabelledSide {
  readonly concepts: readonly Concept[];
  readonly size: number;
  /** Characters of all documents. */
  readonly chars: number;
  /** Characters of one document. */
  lengthOf(index: number): number;
  document(index: number): Promise<LabelledDocument>;
}

/** Documents of a corpus, encoded in the model's vocabulary; `parse` makes a text ready for labelling. */
export function labelledSide(
  documents: readonly CorpusDocument[],
  vocabulary: Vocabulary,
  concepts: readonly Concept[],
  parse: (language: string, text: string) => Promise<ConceptDocument>,
): LabelledSide {
  return {
    concepts,
    size: documents.length,
    chars: documents.reduce((sum, document) => sum + document.chars, 0),
    lengthOf: (index) => documents[index]!.chars,
    async document(index) {
      const { path, language, text } = documents[index]!;
      const parsed = await parse(language, text);
      const inputs = vocabulary.encode(text);
      const labels = concepts.map((concept): DocumentLabels => {
        if (!applies(concept, parsed)) return null;
        return concept.scale === 'binary'
          ? { scale: 'binary', ...concept.label(parsed) }
          : { scale: 'graded', ...concept.label(parsed) };
      });
      return { path, inputs, targets: nextCharacters(inputs), labels, points: parsed.points };
    },
  };
}

export interface LabelledSides {
  validation: LabelledSide;
  test: LabelledSide;
}

/** Both sides of the held-out texts. */
export function labelledSides(
  texts: { validation: readonly CorpusDocument[]; test: readonly CorpusDocument[] },
  vocabulary: Vocabulary,
  concepts: readonly Concept[],
  parser: Pick<SyntaxParser, 'document'>,
): LabelledSides {
  const of = (documents: readonly CorpusDocument[]): LabelledSide =>
    labelledSide(documents, vocabulary, concepts, (language, text) => parser.document(language, text));
  return { validation: of(texts.validation), test: of(texts.test) };
}
