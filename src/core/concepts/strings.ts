/** What the string concepts share: which nodes are strings, where their quotes end, what is code inside them. */
import type { BinaryLabels, ConceptDocument } from './concept.ts';
import { Painter } from './painter.ts';
import { type NodeTable, nodesOf } from './regions.ts';
import type { SyntaxTree } from './syntax-tree.ts';

export const stringNodes = {
  bash: ['string', 'raw_string', 'ansi_c_string', 'heredoc_body'],
  c: ['string_literal'],
  cpp: ['string_literal', 'raw_string_literal'],
  csharp: ['string_literal', 'verbatim_string_literal', 'raw_string_literal', 'interpolated_string_expression'],
  css: ['string_value'],
  go: ['interpreted_string_literal', 'raw_string_literal'],
  html: ['quoted_attribute_value'],
  java: ['string_literal'],
  javascript: ['string', 'template_string'],
  json: ['string'],
  php: ['string', 'encapsed_string', 'heredoc_body', 'nowdoc_body'],
  python: ['string'],
  ruby: ['string', 'heredoc_body'],
  rust: ['string_literal', 'raw_string_literal'],
  tsx: ['string', 'template_string'],
  typescript: ['string', 'template_string'],
} as const satisfies NodeTable;

/** Characters of one code unit in single quotes, where they are no strings. */
export const characterNodes = {
  c: ['char_literal'],
  cpp: ['char_literal'],
  csharp: ['character_literal'],
  go: ['rune_literal'],
  java: ['character_literal'],
  rust: ['char_literal'],
} as const satisfies NodeTable;

/** Code inside strings. */
const interpolationNodes: NodeTable = {
  bash: ['simple_expansion', 'expansion', 'command_substitution', 'arithmetic_expansion'],
  csharp: ['interpolation'],
  javascript: ['template_substitution'],
  python: ['interpolation'],
  ruby: ['interpolation'],
  tsx: ['template_substitution'],
  typescript: ['template_substitution'],
};

/** Parts of a PHP string that are text; all else in one is code. */
const phpText = ['string_content', 'string_value', 'escape_sequence', 'nowdoc_string'];

interface Quotes {
  /** Lengths in characters, prefix included. */
  opening: number;
  closing: number;
  quote: string;
}

// Prefixes (r, b, u8, L, @, $), hashes of raw strings, then the quote; C++ raw strings name a delimiter, Ruby has %q( ).
const rawCpp = /^[uUL8]*R"([^\s()\\]*)\(/;
const rubyPercent = /^%[qQ]?([^\w\s])/;
const plain = /^[A-Za-z0-9$@]{0,3}(#*)("""|'''|"|'|`)/;
const mirrored: Record<string, string> = { '(': ')', '[': ']', '{': '}', '<': '>' };

/** The quotes of a string node's text. Where it is not closed (a file with errors), `closing` is 0. */
export function quotesOf(text: string): Quotes {
  const raw = rawCpp.exec(text);
  if (raw) return quotes(text, raw[0], `)${raw[1]}"`, '"');
  const percent = rubyPercent.exec(text);
  if (percent) return quotes(text, percent[0], mirrored[percent[1]!] ?? percent[1]!, '%');
  const match = plain.exec(text);
  if (!match) return { opening: 0, closing: 0, quote: '' };
  const [opening, hashes, quote] = match as unknown as [string, string, string];
  return quotes(text, opening, quote + hashes, quote[0]!);
}

function quotes(text: string, opening: string, end: string, quote: string): Quotes {
  const closed = text.length >= opening.length + end.length && text.endsWith(end);
  return { opening: opening.length, closing: closed ? end.length : 0, quote };
}

/**
 * Paints the strings that `accepts` lets in; code inside strings is outside again, its `${` and `}` are not scored.
 * A string within such code is painted anew: the inner one counts.
 */
export function labelStrings(
  document: ConceptDocument,
  table: NodeTable,
  accepts: (string: { tree: SyntaxTree; node: number; quotes: Quotes; prefix: string }) => boolean,
): BinaryLabels {
  const painter = new Painter(document);
  const { tree } = document;
  if (!tree) return painter.labels();
  for (const node of nodesOf(document, table)) {
    const from = tree.start(node);
    const to = tree.end(node);
    const text = painter.slice(from, to);
    // The body of a here-document has no quotes of its own.
    const quotes = tree.type(node).endsWith('doc_body') ? quotesOf('') : quotesOf(text);
    if (accepts({ tree, node, quotes, prefix: text.slice(0, quotes.opening) })) {
      painter.region(from, to, quotes.opening, quotes.closing);
      for (const inner of interpolationsOf(tree, node)) paintInterpolation(painter, tree, inner);
    }
  }
  return painter.labels();
}

/** Children of a string that are code. */
export function interpolationsOf(tree: SyntaxTree, node: number): number[] {
  const types = interpolationNodes[tree.grammar];
  return tree.children(node).filter((child) => {
    if (tree.grammar === 'php') {
      const type = tree.type(child);
      return tree.named(child) ? !phpText.includes(type) : type === '{' || type === '}';
    }
    return tree.named(child) && types?.includes(tree.type(child)) === true;
  });
}

function paintInterpolation(painter: Painter, tree: SyntaxTree, node: number): void {
  // The shell's grammar counts white space of the text to the code after it.
  const [from, to] = painter.trimmed(tree.start(node), tree.end(node));
  if (!tree.named(node)) {
    painter.delimiter(from, to);
    return;
  }
  const opening = /^(?:[$#]?\{|\$\(\(?)/.exec(painter.slice(from, Math.min(to, from + 3)))?.[0].length ?? 0;
  painter.outside(from, to);
  if (opening === 0) return;
  painter.delimiter(from, from + opening);
  painter.delimiter(to - (opening === 3 ? 2 : 1), to);
}
