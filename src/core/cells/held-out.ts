import { applies, type Concept, type ConceptDocument } from '../concepts/concept.ts';
import type { Breathe, SyntaxParser } from '../concepts/parser.ts';
import type { CorpusDocument } from '../corpus/document.ts';
import { nextCharacters, type Vocabulary } from '../corpus/vocabulary.ts';
import { type DocumentLabels, LabelCache, type LabelledText } from './label-cache.ts';

/** A held-out document as scores need it: [N] inputs and targets for the engine, labels by concept. */
export interface LabelledDocument extends LabelledText {
  path: string;
  inputs: Int32Array;
  targets: Int32Array;
}

/** One side of the held-out texts; documents are labelled when they are first asked for. */
export interface LabelledSide {
  readonly concepts: readonly Concept[];
  readonly size: number;
  /** Characters of all documents. */
  readonly chars: number;
  /** Characters of one document. */
  lengthOf(index: number): number;
  /** Parsing and labelling stop for a breath every few milliseconds. */
  document(index: number, breathe?: Breathe): Promise<LabelledDocument>;
}

/** Makes a text ready for labelling. */
type Parse = (language: string, text: string, breathe?: Breathe) => Promise<ConceptDocument>;

/** Documents of a corpus, encoded in the model's vocabulary; what `cache` holds is not labelled again. */
export function labelledSide(
  documents: readonly CorpusDocument[],
  vocabulary: Vocabulary,
  concepts: readonly Concept[],
  parse: Parse,
  cache = new LabelCache(),
): LabelledSide {
  return {
    concepts,
    size: documents.length,
    chars: documents.reduce((sum, document) => sum + document.chars, 0),
    lengthOf: (index) => documents[index]!.chars,
    async document(index, breathe) {
      const document = documents[index]!;
      let labelled = cache.get(document);
      if (!labelled) {
        labelled = await labelText(document, concepts, parse, breathe);
        cache.keep(document, labelled);
      }
      const inputs = vocabulary.encode(document.text);
      return { path: document.path, inputs, targets: nextCharacters(inputs), ...labelled };
    },
  };
}

async function labelText(
  { language, text }: CorpusDocument,
  concepts: readonly Concept[],
  parse: Parse,
  breathe: Breathe | undefined,
): Promise<LabelledText> {
  const parsed = await parse(language, text, breathe);
  const labels: DocumentLabels[] = [];
  for (const concept of concepts) {
    await breathe?.();
    if (!applies(concept, parsed)) labels.push(null);
    else if (concept.scale === 'binary') labels.push({ scale: 'binary', ...concept.label(parsed) });
    else labels.push({ scale: 'graded', ...concept.label(parsed) });
  }
  return { points: parsed.points, labels };
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
  cache = new LabelCache(),
): LabelledSides {
  const of = (documents: readonly CorpusDocument[]): LabelledSide =>
    labelledSide(
      documents,
      vocabulary,
      concepts,
      (language, text, breathe) => parser.document(language, text, breathe),
      cache,
    );
  return { validation: of(texts.validation), test: of(texts.test) };
}
