/** What the two comment concepts share. */
import type { BinaryLabels, ConceptDocument } from './concept.ts';
import type { Grammar } from './languages.ts';
import { Painter } from './painter.ts';
import { type NodeTable, nodesOf } from './regions.ts';
import type { SyntaxTree } from './syntax-tree.ts';

export const commentNodes: NodeTable = {
  bash: ['comment'],
  c: ['comment'],
  cpp: ['comment'],
  csharp: ['comment'],
  css: ['comment', 'js_comment'],
  go: ['comment'],
  html: ['comment'],
  java: ['line_comment', 'block_comment'],
  javascript: ['comment', 'html_comment'],
  json: ['comment'],
  php: ['comment'],
  python: ['comment'],
  ruby: ['comment'],
  rust: ['line_comment', 'block_comment'],
  tsx: ['comment', 'html_comment'],
  typescript: ['comment', 'html_comment'],
};

const javadoc = ['/**'];
const doxygen = ['/**', '/*!', '///', '//!'];

/** Opening marks of documentation comments. */
export const docCommentMarks: Partial<Record<Grammar, readonly string[]>> = {
  c: doxygen,
  cpp: doxygen,
  csharp: ['///', '/**'],
  java: javadoc,
  javascript: javadoc,
  php: javadoc,
  rust: doxygen,
  tsx: javadoc,
  typescript: javadoc,
};

// Four slashes, `/***` and the empty `/**/` document nothing.
const openings = /^(?:\/\*\*(?![*/])|\/\*!|\/\*|\/\/\/(?!\/)|\/\/!|\/\/|<!--|=begin|#!|#)/;
const closingOf: Record<string, string> = { '/**': '*/', '/*!': '*/', '/*': '*/', '<!--': '-->', '=begin': '=end' };

/** Paints the comments whose opening mark `accepts` lets in. */
export function labelComments(document: ConceptDocument, accepts: (opening: string) => boolean): BinaryLabels {
  const painter = new Painter(document);
  const { tree } = document;
  for (const node of nodesOf(document, commentNodes)) {
    const from = tree!.start(node);
    let to = tree!.end(node);
    while (to > from && painter.isNewline(to - 1)) to--;
    const text = painter.slice(from, to);
    const opening = openings.exec(text)?.[0] ?? '';
    if (!accepts(opening)) continue;
    const closing = closingOf[opening];
    if (closing !== undefined) {
      painter.region(from, to, opening.length, text.endsWith(closing) ? closing.length : 0);
      continue;
    }
    const lineEnd = painter.isNewline(to) ? 1 : 0;
    painter.region(from, to + lineEnd, opening.length, lineEnd);
  }
  return painter.labels();
}

/** String nodes that are Python docstrings: the first statement of a module, class or function. */
export function docstrings(tree: SyntaxTree): number[] {
  const found: number[] = [];
  for (const node of tree.ofTypes(pythonStrings)) {
    const statement = tree.parent(node);
    if (statement < 0 || tree.type(statement) !== 'expression_statement') continue;
    const block = tree.parent(statement);
    const owner = tree.parent(block);
    const opens = tree.children(block).find((child) => tree.type(child) !== 'comment') === statement;
    const documents = owner < 0 || ['class_definition', 'function_definition'].includes(tree.type(owner));
    if (opens && documents) found.push(node);
  }
  return found;
}

const pythonStrings = ['string'];
