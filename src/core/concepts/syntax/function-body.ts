import type { BinaryConcept } from '../concept.ts';
import { functionNodes } from '../functions.ts';
import { grammarsOf, labelNodes, paintBracketed } from '../regions.ts';

export const functionBody: BinaryConcept = {
  id: 'function-body',
  name: 'inside a function body',
  description: 'The statements of a function, or the expression after its arrow, without the braces around them.',
  scale: 'binary',
  grammars: grammarsOf(functionNodes),
  label: (document) =>
    labelNodes(document, functionNodes, (painter, tree, node) => {
      const body = tree.childByField(node, 'body');
      if (body !== null) paintBracketed(painter, tree, body);
    }),
};
