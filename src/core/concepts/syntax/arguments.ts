import type { BinaryConcept } from '../concept.ts';
import { isConstruction } from '../functions.ts';
import { grammarsOf, labelNodes, type NodeTable, paintBracketed } from '../regions.ts';

const nodes: NodeTable = {
  c: ['argument_list'],
  cpp: ['argument_list', 'parameter_list'],
  csharp: ['argument_list'],
  css: ['arguments'],
  go: ['argument_list'],
  java: ['argument_list'],
  javascript: ['arguments'],
  php: ['arguments'],
  python: ['argument_list'],
  ruby: ['argument_list'],
  rust: ['arguments'],
  tsx: ['arguments'],
  typescript: ['arguments'],
};

/** Owners whose argument lists are no calls: base classes in Python, what Ruby's return gives. */
const notCalls = ['class_definition', 'return', 'break', 'next'];

export const callArguments: BinaryConcept = {
  id: 'arguments',
  name: 'inside call arguments',
  description:
    'What is handed to a call, a constructor or a CSS function, between the parentheses; in Ruby also without them. What a Rust macro is given is none.',
  scale: 'binary',
  grammars: grammarsOf(nodes),
  label: (document) =>
    labelNodes(document, nodes, (painter, tree, node) => {
      if (tree.type(node) === 'parameter_list' && !isConstruction(tree, node)) return;
      if (!notCalls.includes(tree.type(tree.parent(node)))) paintBracketed(painter, tree, node);
    }),
};
