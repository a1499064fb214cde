import type { BinaryConcept } from '../concept.ts';
import { loopNodes } from '../loops.ts';
import { grammarsOf, labelNodes, paintBracketed } from '../regions.ts';

export const loopBody: BinaryConcept = {
  id: 'loop-body',
  name: 'inside a loop body',
  description: 'What a for, while, do, until or loop repeats, without the braces, do and end around it.',
  scale: 'binary',
  grammars: grammarsOf(loopNodes),
  label: (document) =>
    labelNodes(document, loopNodes, (painter, tree, node) => {
      const body = tree.childByField(node, 'body');
      if (body !== null) paintBracketed(painter, tree, body);
    }),
};
