import type { BinaryConcept } from '../concept.ts';
import { grammarsOf, labelNodes, type NodeTable, paintBracketed, paintTrimmed } from '../regions.ts';

const nodes: NodeTable = {
  bash: ['if_statement', 'elif_clause'],
  c: ['if_statement'],
  cpp: ['if_statement'],
  csharp: ['if_statement'],
  go: ['if_statement'],
  java: ['if_statement'],
  javascript: ['if_statement'],
  php: ['if_statement', 'else_if_clause'],
  python: ['if_statement', 'elif_clause'],
  ruby: ['if', 'elsif', 'unless', 'if_modifier', 'unless_modifier'],
  rust: ['if_expression'],
  tsx: ['if_statement'],
  typescript: ['if_statement'],
};

export const ifBody: BinaryConcept = {
  id: 'if-body',
  name: 'inside an if body',
  description: 'What runs where the condition of an if, else if or unless holds, without the braces around it.',
  scale: 'binary',
  grammars: grammarsOf(nodes),
  label: (document) =>
    labelNodes(document, nodes, (painter, tree, node) => {
      if (tree.grammar === 'bash') {
        const then = tree.token(node, 'then');
        if (then === null) return;
        const stop = tree
          .children(node)
          .find((child) => child > then && ['elif_clause', 'else_clause', 'fi'].includes(tree.type(child)));
        paintTrimmed(painter, tree.end(then), stop === undefined ? tree.end(node) : tree.start(stop));
        return;
      }
      const body = tree.childByField(node, 'consequence') ?? tree.childByField(node, 'body');
      if (body !== null) paintBracketed(painter, tree, body);
    }),
};
