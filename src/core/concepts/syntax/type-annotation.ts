import type { BinaryConcept } from '../concept.ts';
import { grammarsOf, labelNodes, type NodeTable, paintTrimmed } from '../regions.ts';

/** Nodes that are annotations themselves. */
const nodes: NodeTable = { python: ['type'], tsx: ['type_annotation'], typescript: ['type_annotation'] };

/** Nodes whose fields `type` and `return_type` are annotations. */
const owners: NodeTable = {
  php: [
    'simple_parameter',
    'variadic_parameter',
    'property_promotion_parameter',
    'property_declaration',
    'function_definition',
    'method_declaration',
    'arrow_function',
    'anonymous_function',
  ],
  rust: [
    'parameter',
    'let_declaration',
    'field_declaration',
    'const_item',
    'static_item',
    'function_item',
    'closure_expression',
  ],
};

export const typeAnnotation: BinaryConcept = {
  id: 'type-annotation',
  name: 'inside a type annotation',
  description:
    'The type written after a name or parameter list, in PHP before a parameter or property; in TypeScript the colon before it is not scored.',
  scale: 'binary',
  grammars: grammarsOf({ ...nodes, ...owners }),
  label: (document) =>
    labelNodes(document, { ...nodes, ...owners }, (painter, tree, node) => {
      if (tree.grammar in nodes) {
        const colon = tree.token(node, ':');
        paintTrimmed(painter, tree.start(node), tree.end(node), colon === null ? 0 : 1);
        return;
      }
      for (const field of ['type', 'return_type']) {
        const type = tree.childByField(node, field);
        if (type !== null) paintTrimmed(painter, tree.start(type), tree.end(type));
      }
    }),
};
