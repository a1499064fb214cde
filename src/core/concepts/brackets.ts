/** Brackets as the grammar sees them: those in strings and comments are none. */
import type { ConceptDocument } from './concept.ts';
import type { Grammar } from './languages.ts';

export type BracketKind = 'parenthesis' | 'square' | 'brace';

export interface Bracket {
  start: number;
  end: number;
  kind: BracketKind;
  opens: boolean;
}

/** Every grammar but HTML's, whose brackets are tags. */
export const bracketGrammars: readonly Grammar[] = [
  'bash',
  'c',
  'cpp',
  'csharp',
  'css',
  'go',
  'java',
  'javascript',
  'json',
  'php',
  'python',
  'ruby',
  'rust',
  'tsx',
  'typescript',
];

const kinds: Record<string, [BracketKind, boolean]> = {
  '(': ['parenthesis', true],
  '((': ['parenthesis', true],
  '$(': ['parenthesis', true],
  '$((': ['parenthesis', true],
  ')': ['parenthesis', false],
  '))': ['parenthesis', false],
  '[': ['square', true],
  '[[': ['square', true],
  '#[': ['square', true],
  '?.[': ['square', true],
  ']': ['square', false],
  ']]': ['square', false],
  '{': ['brace', true],
  '${': ['brace', true],
  '#{': ['brace', true],
  '}': ['brace', false],
};

/** Brackets of a document in order; the two characters of `((` count as one bracket. */
export function bracketsOf({ tree }: ConceptDocument): Bracket[] {
  const brackets: Bracket[] = [];
  if (!tree) return brackets;
  const add = (node: number): void => {
    const type = tree.type(node);
    const entry = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    // The `)` after a pattern of the shell's `case` closes nothing.
    if (!entry || tree.type(tree.parent(node)) === 'case_item') return;
    brackets.push({ start: tree.start(node), end: tree.end(node), kind: entry[0], opens: entry[1] });
  };
  for (const node of tree.tokens()) add(node);
  if (tree.grammar === 'csharp')
    for (const node of tree.ofTypes(interpolationBraces)) {
      const opens = tree.children(tree.parent(node))[0] === node;
      brackets.push({ start: tree.start(node), end: tree.end(node), kind: 'brace', opens });
    }
  return brackets.sort((a, b) => a.start - b.start);
}

const interpolationBraces = ['interpolation_brace'];

/**
 * Calls `visit` for every stretch of characters between brackets, with the brackets that are open there (innermost
 * last), and for every bracket itself with `null`. A closing bracket takes the innermost open one of its kind with all
 * inside it (a file with errors); one that closes nothing is passed over.
 */
export function walkBrackets(
  document: ConceptDocument,
  visit: (from: number, to: number, open: readonly Bracket[] | null) => void,
): void {
  let open: Bracket[] = [];
  let at = 0;
  for (const bracket of bracketsOf(document)) {
    visit(at, bracket.start, open);
    visit(bracket.start, bracket.end, null);
    at = bracket.end;
    if (bracket.opens) open = [...open, bracket];
    else {
      const match = open.findLastIndex((candidate) => candidate.kind === bracket.kind);
      if (match >= 0) open = open.slice(0, match);
    }
  }
  visit(at, document.points.length, open);
}
