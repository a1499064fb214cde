import type { BinaryConcept } from '../concept.ts';
import { after, grammarsOf, labelNodes, type NodeTable, paintBracketed, paintTrimmed } from '../regions.ts';

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

export const ifCondition: BinaryConcept = {
  id: 'if-condition',
  name: 'inside an if condition',
  description: 'The condition of if, else if and unless statements, without the parentheses around it.',
  scale: 'binary',
  grammars: grammarsOf(nodes),
  label: (document) =>
    labelNodes(document, nodes, (painter, tree, node) => {
      if (tree.grammar === 'bash') {
        // Commands up to `then`; the semicolon before it is no part of them.
        const from = after(tree, tree.token(node, 'if', 'elif'), tree.start(node));
        const then = tree.token(node, 'then');
        if (then === null) return;
        const commands = tree
          .children(node)
          .filter((child) => tree.named(child) && tree.end(child) <= tree.start(then));
        const only = commands.length === 1 && tree.type(commands[0]!) === 'test_command' ? commands[0]! : null;
        if (only !== null) paintBracketed(painter, tree, only);
        else if (commands.length > 0) paintTrimmed(painter, from, tree.end(commands.at(-1)!));
        return;
      }
      const condition = tree.childByField(node, 'condition');
      if (condition === null) return;
      const bracketed = ['parenthesized_expression', 'condition_clause'].includes(tree.type(condition));
      if (tree.grammar === 'csharp') {
        const open = tree.token(node, '(');
        const close = tree.token(node, ')');
        if (open === null || close === null) paintTrimmed(painter, tree.start(condition), tree.end(condition));
        else painter.region(tree.start(open), tree.end(close), 1, 1);
      } else if (bracketed) paintBracketed(painter, tree, condition);
      else paintTrimmed(painter, tree.start(condition), tree.end(condition));
    }),
};
