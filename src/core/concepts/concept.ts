/**
 * A concept: something that a cell may stand for, with a labelling of every character of a document that needs no
 * human. Alignment: the label of character i is compared with the cell's value after reading character i. Delimiters
 * (quotes, comment markers, brackets around the thing itself) are not scored: neither positive nor negative.
 */
import type { Grammar } from './languages.ts';
import type { SyntaxTree } from './syntax-tree.ts';

export interface ConceptDocument {
  /** VS Code language id. */
  readonly language: string;
  /** After CRLF→LF. */
  readonly text: string;
  /** [N] code points of the text's N characters. */
  readonly points: Uint32Array;
  /** Null where no grammar reads the language. */
  readonly tree: SyntaxTree | null;
}

export interface BinaryLabels {
  /** [N] 1: inside, 0: outside, −1: not scored. */
  values: Int8Array;
  /**
   * Where the concept matters to the prediction: ascending indices of the characters that end it (the closing quote,
   * the `)` of a condition, the newline after a line comment, the first character after a number).
   */
  ends: Int32Array;
}

export interface GradedLabels {
  /** [N] a number per character, NaN: not scored. */
  values: Float32Array;
}

interface Described {
  /** Stable identifier: settings, files and the command line hold on to it. */
  readonly id: string;
  readonly name: string;
  /** One sentence that says exactly which characters are labelled. */
  readonly description: string;
  /** Languages it applies to; null: it is read from the text alone, in any language. */
  readonly grammars: readonly Grammar[] | null;
}

export interface BinaryConcept extends Described {
  readonly scale: 'binary';
  label(document: ConceptDocument): BinaryLabels;
}

export interface GradedConcept extends Described {
  readonly scale: 'graded';
  label(document: ConceptDocument): GradedLabels;
}

export type Concept = BinaryConcept | GradedConcept;

/** True where the concept can be labelled in this document. */
export function applies(concept: Concept, document: ConceptDocument): boolean {
  return concept.grammars === null || (document.tree !== null && concept.grammars.includes(document.tree.grammar));
}

/** [N] code points of a normalised text; a lone surrogate is a character. */
export function codePoints(text: string): Uint32Array {
  const points = new Uint32Array(text.length);
  let count = 0;
  for (let k = 0; k < text.length; k++) {
    const point = text.codePointAt(k)!;
    if (point > 0xffff) k++;
    points[count++] = point;
  }
  return points.subarray(0, count);
}

/**
 * [L + 1] index of the character at every UTF-16 offset of a text of L units, or null where they are the same
 * (no surrogate pairs). Both units of a pair have their character's index.
 */
export function characterIndices(text: string): Uint32Array | null {
  if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) return null;
  const indices = new Uint32Array(text.length + 1);
  let index = 0;
  for (let k = 0; k < text.length; k++, index++) {
    indices[k] = index;
    if (text.codePointAt(k)! > 0xffff) indices[++k] = index;
  }
  indices[text.length] = index;
  return indices;
}
