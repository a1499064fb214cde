/** Strokes that several syntax concepts share. */
import type { BinaryLabels, ConceptDocument } from './concept.ts';
import type { Grammar } from './languages.ts';
import { Painter } from './painter.ts';
import type { SyntaxTree } from './syntax-tree.ts';

/** Node types of a concept by grammar. */
export type NodeTable = Partial<Record<Grammar, readonly string[]>>;

export function grammarsOf(table: Partial<Record<Grammar, unknown>>): Grammar[] {
  return Object.keys(table) as Grammar[];
}

const openers = ['(', '[', '{', '|', '[[', '((', ':', '=>', 'do', 'then'];
const closers = [')', ']', '}', '|', ']]', '))', 'end', 'done'];

/** The nodes of a document that a table names for its grammar. */
export function nodesOf(document: ConceptDocument, table: NodeTable): Iterable<number> {
  const types = document.tree ? table[document.tree.grammar] : undefined;
  return types ? document.tree!.ofTypes(types) : [];
}

/** Labels from one stroke per node of the table, parents first. */
export function labelNodes(
  document: ConceptDocument,
  table: NodeTable,
  stroke: (painter: Painter, tree: SyntaxTree, node: number) => void,
): BinaryLabels {
  const painter = new Painter(document);
  for (const node of nodesOf(document, table)) stroke(painter, document.tree!, node);
  return painter.labels();
}

/** Paints what a node holds between its own first and last token where these are brackets, `do … end` and the like. */
export function paintBracketed(painter: Painter, tree: SyntaxTree, node: number): void {
  const children = tree.children(node);
  const first = children[0];
  const last = children.at(-1);
  const opening = first !== undefined && isToken(tree, first, openers) ? tree.end(first) - tree.start(first) : 0;
  const closing =
    last !== undefined && last !== first && isToken(tree, last, closers) ? tree.end(last) - tree.start(last) : 0;
  paintTrimmed(painter, tree.start(node), tree.end(node), opening, closing);
}

/**
 * A region of the range without white space at its ends, with delimiters of the given lengths. What stands between two
 * delimiters is inside whole; where one is lacking, white space at the inner ends is outside.
 */
export function paintTrimmed(painter: Painter, from: number, to: number, opening = 0, closing = 0): void {
  const [outerStart, outerEnd] = painter.trimmed(from, to);
  painter.delimiter(outerStart, outerStart + opening);
  painter.delimiter(outerEnd - closing, outerEnd);
  const both = opening > 0 && closing > 0;
  const between: [number, number] = [outerStart + opening, outerEnd - closing];
  const [start, end] = both ? between : painter.trimmed(...between);
  painter.inside(start, end);
  if (end >= start) painter.endsAt(closing > 0 ? outerEnd - closing : end);
}

/** True where a node's text is a word of ASCII letters. */
export function spells(painter: Painter, tree: SyntaxTree, node: number, word: string): boolean {
  const start = tree.start(node);
  if (tree.end(node) - start !== word.length) return false;
  return [...word].every((letter, i) => painter.point(start + i) === letter.charCodeAt(0));
}

function isToken(tree: SyntaxTree, node: number, spellings: readonly string[]): boolean {
  return !tree.named(node) && tree.end(node) > tree.start(node) && spellings.includes(tree.type(node));
}

/** End of the token, or `fallback` where it is not there. */
export function after(tree: SyntaxTree, token: number | null, fallback: number): number {
  return token === null ? fallback : tree.end(token);
}
