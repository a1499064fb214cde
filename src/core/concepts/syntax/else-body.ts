import type { BinaryConcept } from '../concept.ts';
import { after, grammarsOf, labelNodes, type NodeTable, paintBracketed, paintTrimmed } from '../regions.ts';

const clauses: NodeTable = {
  bash: ['else_clause'],
  c: ['else_clause'],
  cpp: ['else_clause'],
  javascript: ['else_clause'],
  php: ['else_clause'],
  python: ['else_clause'],
  ruby: ['else'],
  rust: ['else_clause'],
  tsx: ['else_clause'],
  typescript: ['else_clause'],
};

/** Grammars without a node for `else`: the if statement's alternative. */
const statements: NodeTable = { csharp: ['if_statement'], go: ['if_statement'], java: ['if_statement'] };

const nodes: NodeTable = { ...clauses, ...statements };
const chained = ['if_statement', 'if_expression'];
const owners = ['if_statement', 'if_expression', 'if', 'elsif', 'unless'];

export const elseBody: BinaryConcept = {
  id: 'else',
  name: 'inside an else',
  description: 'The body of the else of an if, without the braces around it; an else if is none.',
  scale: 'binary',
  grammars: grammarsOf(nodes),
  label: (document) =>
    labelNodes(document, nodes, (painter, tree, node) => {
      if (tree.grammar in statements) {
        const body = tree.childByField(node, 'alternative');
        if (body !== null && !chained.includes(tree.type(body))) paintBracketed(painter, tree, body);
        return;
      }
      if (!owners.includes(tree.type(tree.parent(node)))) return;
      const keyword = tree.token(node, 'else');
      const inner = tree.children(node).filter((child) => tree.named(child));
      if (inner.length === 1 && chained.includes(tree.type(inner[0]!))) return;
      const body = tree.childByField(node, 'body');
      if (body !== null) paintBracketed(painter, tree, body);
      else if (inner.length === 1 && tree.grammar !== 'bash' && tree.grammar !== 'ruby')
        paintBracketed(painter, tree, inner[0]!);
      else paintTrimmed(painter, after(tree, keyword, tree.start(node)), tree.end(node));
    }),
};
