import type { BinaryConcept } from '../concept.ts';
import { loopNodes } from '../loops.ts';
import { grammarsOf, labelNodes, type NodeTable, paintBracketed, spells } from '../regions.ts';

/** With what has a body and no header: Ruby's `loop do … end` and the statement before a while or until. */
const nodes: NodeTable = { ...loopNodes, ruby: [...loopNodes.ruby!, 'while_modifier', 'until_modifier', 'call'] };

export const loopBody: BinaryConcept = {
  id: 'loop-body',
  name: 'inside a loop body',
  description: 'What a for, while, do, until or loop repeats, without the braces, do and end around it.',
  scale: 'binary',
  grammars: grammarsOf(loopNodes),
  label: (document) =>
    labelNodes(document, nodes, (painter, tree, node) => {
      let body = tree.childByField(node, 'body');
      if (tree.type(node) === 'call') {
        const method = tree.childByField(node, 'method');
        const isOfNobody = method !== null && method === tree.children(node)[0];
        if (isOfNobody && spells(painter, tree, method, 'loop')) body = tree.childByField(node, 'block');
      }
      if (body !== null) paintBracketed(painter, tree, body);
    }),
};
