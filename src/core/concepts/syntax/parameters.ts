import type { BinaryConcept } from '../concept.ts';
import { isConstruction } from '../functions.ts';
import { grammarsOf, labelNodes, type NodeTable, paintBracketed } from '../regions.ts';

const nodes: NodeTable = {
  c: ['parameter_list'],
  cpp: ['parameter_list'],
  csharp: ['parameter_list'],
  go: ['parameter_list'],
  java: ['formal_parameters', 'inferred_parameters'],
  javascript: ['formal_parameters'],
  php: ['formal_parameters'],
  python: ['parameters', 'lambda_parameters'],
  ruby: ['method_parameters', 'lambda_parameters', 'block_parameters'],
  rust: ['parameters', 'closure_parameters'],
  tsx: ['formal_parameters'],
  typescript: ['formal_parameters'],
};

export const parameters: BinaryConcept = {
  id: 'parameters',
  name: 'inside a parameter list',
  description:
    'The parameters that a function declares, between their parentheses or, of a Ruby block or a Rust closure, bars; a single one before an arrow without parentheses is none. In Go the receiver and results are none.',
  scale: 'binary',
  grammars: grammarsOf(nodes),
  label: (document) =>
    labelNodes(document, nodes, (painter, tree, node) => {
      if (tree.grammar === 'go' && tree.field(node) !== 'parameters') return;
      if (isConstruction(tree, node)) return;
      paintBracketed(painter, tree, node);
    }),
};
