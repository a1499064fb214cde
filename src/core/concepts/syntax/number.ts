import type { BinaryConcept } from '../concept.ts';
import { grammarsOf, labelNodes, type NodeTable } from '../regions.ts';

const nodes: NodeTable = {
  bash: ['number'],
  c: ['number_literal'],
  cpp: ['number_literal'],
  csharp: ['integer_literal', 'real_literal'],
  css: ['integer_value', 'float_value'],
  go: ['int_literal', 'float_literal', 'imaginary_literal'],
  java: [
    'decimal_integer_literal',
    'hex_integer_literal',
    'octal_integer_literal',
    'binary_integer_literal',
    'decimal_floating_point_literal',
    'hex_floating_point_literal',
  ],
  javascript: ['number'],
  json: ['number'],
  php: ['integer', 'float'],
  python: ['integer', 'float'],
  ruby: ['integer', 'float', 'rational', 'complex'],
  rust: ['integer_literal', 'float_literal'],
  tsx: ['number'],
  typescript: ['number'],
};

export const number: BinaryConcept = {
  id: 'number',
  name: 'inside a number',
  description:
    'Number literals with prefix, suffix and separators but, save in CSS and JSON, no sign; in CSS without the unit. What a C macro stands for is not read.',
  scale: 'binary',
  grammars: grammarsOf(nodes),
  label: (document) =>
    labelNodes(document, nodes, (painter, tree, node) => {
      const unit = tree.children(node).find((child) => tree.type(child) === 'unit');
      // C's grammar reads a sign before the digits as theirs.
      const signed = ['c', 'cpp'].includes(tree.grammar) && [43, 45].includes(painter.point(tree.start(node)));
      painter.region(tree.start(node) + (signed ? 1 : 0), unit === undefined ? tree.end(node) : tree.start(unit), 0, 0);
    }),
};
