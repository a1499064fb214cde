import type { BinaryConcept } from '../concept.ts';
import { functionNodes } from '../functions.ts';
import { grammarsOf, labelNodes, paintBracketed, paintTrimmed } from '../regions.ts';

export const functionBody: BinaryConcept = {
  id: 'function-body',
  name: 'inside a function body',
  description: 'The statements of a function, or the expression after its arrow, without the braces around them.',
  scale: 'binary',
  grammars: grammarsOf(functionNodes),
  label: (document) =>
    labelNodes(document, functionNodes, (painter, tree, node) => {
      const body = tree.childByField(node, 'body');
      if (body === null) return;
      // The arrow of a C# method belongs to its body's node.
      if (tree.type(body) === 'arrow_expression_clause') paintTrimmed(painter, tree.end(body + 1), tree.end(body));
      else paintBracketed(painter, tree, body);
    }),
};
