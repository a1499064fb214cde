import type { BinaryConcept } from '../concept.ts';
import { functionNodes } from '../functions.ts';
import { grammarsOf, labelNodes } from '../regions.ts';

export const functionHeader: BinaryConcept = {
  id: 'function-header',
  name: 'inside a function header',
  description:
    'A function from its first word to its body: modifiers, name, parameters, result. The arrow or colon before the body is not scored.',
  scale: 'binary',
  grammars: grammarsOf(functionNodes),
  label: (document) =>
    labelNodes(document, functionNodes, (painter, tree, node) => {
      const body = tree.childByField(node, 'body');
      const lead = body === null ? null : tree.children(node).findLast((child) => child < body);
      let to = body === null ? tree.end(node) : tree.start(body);
      if (body === null && tree.grammar === 'ruby' && tree.token(node, 'end') !== null)
        to = tree.start(tree.token(node, 'end')!);
      if (body === null && painter.point(to - 1) === 59) to--;
      if (typeof lead === 'number' && !tree.named(lead) && ['=>', '->', ':', ';'].includes(tree.type(lead))) {
        painter.delimiter(tree.start(lead), tree.end(lead));
        to = tree.start(lead);
      }
      const [start, end] = painter.trimmed(tree.start(node), to);
      painter.region(start, end, 0, 0);
    }),
};
