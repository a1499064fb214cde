import type { BinaryConcept } from '../concept.ts';
import { grammarsOf, labelNodes, type NodeTable } from '../regions.ts';

const nodes: NodeTable = {
  c: ['return_statement'],
  cpp: ['return_statement'],
  csharp: ['return_statement'],
  go: ['return_statement'],
  java: ['return_statement'],
  javascript: ['return_statement'],
  php: ['return_statement'],
  python: ['return_statement'],
  ruby: ['return'],
  rust: ['return_expression'],
  tsx: ['return_statement'],
  typescript: ['return_statement'],
};

export const returnStatement: BinaryConcept = {
  id: 'return',
  name: 'inside a return statement',
  description:
    'Return statements from the word return to their end, with the semicolon where there is one; in Rust, whose return is an expression, without.',
  scale: 'binary',
  grammars: grammarsOf(nodes),
  label: (document) =>
    labelNodes(document, nodes, (painter, tree, node) => painter.region(tree.start(node), tree.end(node), 0, 0)),
};
