import type { BinaryConcept } from '../concept.ts';
import { functionNodes } from '../functions.ts';
import { grammarsOf, labelNodes } from '../regions.ts';
import type { SyntaxTree } from '../syntax-tree.ts';

const annotations = ['annotation', 'marker_annotation', 'attribute_list', 'attribute_declaration'];

export const functionHeader: BinaryConcept = {
  id: 'function-header',
  name: 'inside a function header',
  description:
    'A function from its first word to its body: modifiers, name, parameters, result; annotations, attributes and a template’s parameters before it are none. A method without a body has one too, a C prototype not. The arrow or colon before the body is not scored.',
  scale: 'binary',
  grammars: grammarsOf(functionNodes),
  label: (document) =>
    labelNodes(document, functionNodes, (painter, tree, node) => {
      const body = tree.childByField(node, 'body');
      const mark = body === null ? null : markBefore(tree, node, body);
      let to = body === null ? tree.end(node) : tree.start(body);
      if (body === null && tree.grammar === 'ruby' && tree.token(node, 'end') !== null)
        to = tree.start(tree.token(node, 'end')!);
      if (body === null && painter.point(to - 1) === 59) to--;
      if (mark !== null) {
        painter.delimiter(tree.start(mark), tree.end(mark));
        to = tree.start(mark);
      }
      const [start, end] = painter.trimmed(firstWord(tree, node), to);
      painter.region(start, end, 0, 0);
    }),
};

/** The arrow, colon or semicolon before a body; the arrow of a C# method is its body's first token. */
function markBefore(tree: SyntaxTree, node: number, body: number): number | null {
  const children = tree.children(node);
  const arrowInside = tree.type(body) === 'arrow_expression_clause';
  const lead = arrowInside ? body + 1 : children.findLast((child) => child < body);
  if (lead === undefined || lead === children[0] || tree.named(lead)) return null;
  return ['=>', '->', ':', ';'].includes(tree.type(lead)) ? lead : null;
}

/** Where a function begins after its annotations; Java's stand among the modifiers. */
function firstWord(tree: SyntaxTree, node: number): number {
  const parts = tree
    .children(node)
    .flatMap((child) => (tree.type(child) === 'modifiers' ? tree.children(child) : [child]));
  return tree.start(parts.find((part) => !annotations.includes(tree.type(part))) ?? node);
}
