import type { BinaryConcept } from '../concept.ts';
import { isConstruction } from '../functions.ts';
import { grammarsOf, labelNodes, type NodeTable, spells } from '../regions.ts';

const nodes: NodeTable = {
  c: ['type_identifier', 'primitive_type', 'sized_type_specifier'],
  cpp: ['type_identifier', 'primitive_type', 'sized_type_specifier'],
  csharp: ['predefined_type', 'identifier'],
  go: ['type_identifier'],
  java: ['type_identifier', 'integral_type', 'floating_point_type', 'boolean_type', 'void_type'],
  php: ['primitive_type', 'named_type'],
  python: ['identifier'],
  ruby: ['constant'],
  rust: ['type_identifier', 'primitive_type'],
  tsx: ['type_identifier', 'predefined_type'],
  typescript: ['type_identifier', 'predefined_type'],
};

export const typeName: BinaryConcept = {
  id: 'type-name',
  name: 'inside a type name',
  description:
    'Names of types where the grammar has them as such: built-in and used ones, declared ones but in C#, Java and PHP; in Python and PHP within annotations, in Ruby constants.',
  scale: 'binary',
  grammars: grammarsOf(nodes),
  label: (document) =>
    labelNodes(document, nodes, (painter, tree, node) => {
      const parent = tree.parent(node);
      if (tree.grammar === 'python') {
        let up = parent;
        while (up >= 0 && !['type', 'expression_statement', 'block'].includes(tree.type(up))) up = tree.parent(up);
        if (up < 0 || tree.type(up) !== 'type') return;
      }
      if (tree.grammar === 'csharp' && tree.type(node) === 'identifier') {
        const generic = tree.type(parent) === 'generic_name' || tree.type(parent) === 'type_argument_list';
        const base = tree.type(parent) === 'base_list';
        if (!generic && !base && !['type', 'returns'].includes(tree.field(node))) return;
      }
      if (tree.grammar === 'java' && spells(painter, tree, node, 'var')) return;
      if (tree.type(parent) === 'parameter_declaration' && isConstruction(tree, tree.parent(parent))) return;
      painter.region(tree.start(node), tree.end(node), 0, 0);
    }),
};
