import type { BinaryConcept } from '../concept.ts';
import { loopNodes } from '../loops.ts';
import type { Painter } from '../painter.ts';
import { grammarsOf, labelNodes, paintTrimmed } from '../regions.ts';
import type { SyntaxTree } from '../syntax-tree.ts';

export const loopHeader: BinaryConcept = {
  id: 'loop-header',
  name: 'inside a loop header',
  description:
    'What stands between for, foreach, while or until and the body of the loop, and the condition after the body of a do, without the parentheses around it.',
  scale: 'binary',
  grammars: grammarsOf(loopNodes),
  label: (document) => labelNodes(document, loopNodes, paintHeader),
};

function paintHeader(painter: Painter, tree: SyntaxTree, node: number): void {
  const body = tree.childByField(node, 'body');
  const keyword = tree.token(
    node,
    ...(tree.type(node) === 'do_statement' ? ['while'] : ['for', 'foreach', 'while', 'until']),
  );
  if (keyword === null) return;
  const stop = body !== null && body > keyword ? tree.start(body) : tree.end(node);
  let [from, to] = painter.trimmed(tree.end(keyword), stop);
  // The semicolon after `do … while (…)` and before the shell's `do`, the colon before a Python block.
  while (to > from && (painter.point(to - 1) === semicolon || painter.point(to - 1) === colon)) {
    painter.delimiter(to - 1, to);
    [from, to] = painter.trimmed(from, to - 1);
  }
  if (from === to) return;
  const width = bracketWidth(tree, node, from, to);
  paintTrimmed(painter, from, to, width, width);
}

const semicolon = 59;
const colon = 58;

/** 1 where parentheses stand around the whole range, 2 for the shell's double ones. */
function bracketWidth(tree: SyntaxTree, node: number, from: number, to: number): number {
  for (const child of tree.children(node)) {
    const whole = tree.start(child) === from && tree.end(child) === to;
    if (whole && ['parenthesized_expression', 'condition_clause'].includes(tree.type(child))) return 1;
    if (tree.start(child) !== from || tree.named(child)) continue;
    const closing = tree.token(node, tree.type(child) === '((' ? '))' : ')');
    if (closing !== null && tree.end(closing) === to) return tree.end(child) - tree.start(child);
  }
  return 0;
}
