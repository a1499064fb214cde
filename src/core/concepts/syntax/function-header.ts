import type { BinaryConcept } from '../concept.ts';
import { functionNodes } from '../functions.ts';
import { grammarsOf, labelNodes, type NodeTable } from '../regions.ts';
import type { SyntaxTree } from '../syntax-tree.ts';

const annotations = ['annotation', 'marker_annotation', 'attribute_list', 'attribute_declaration'];

/** With the members of a C++ class that are declared without a body. */
const nodes: NodeTable = { ...functionNodes, cpp: [...functionNodes.cpp!, 'field_declaration', 'declaration'] };

export const functionHeader: BinaryConcept = {
  id: 'function-header',
  name: 'inside a function header',
  description:
    'A function from its first word to its body: modifiers, name, parameters, result; annotations, attributes and a template’s parameters before it are none. A method without a body has one too, a C prototype not. The arrow or colon before the body is not scored.',
  scale: 'binary',
  grammars: grammarsOf(functionNodes),
  label: (document) =>
    labelNodes(document, nodes, (painter, tree, node) => {
      if (/^(?:field_)?declaration$/.test(tree.type(node))) {
        const method = declaredMethod(tree, node);
        if (method !== null) painter.region(firstWord(tree, node), tree.end(method), 0, 0);
        return;
      }
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

/** The declarator of `virtual int *count() const = 0;` within a class; null where a member is none, as a pointer to a function. */
function declaredMethod(tree: SyntaxTree, member: number): number | null {
  const template = tree.type(tree.parent(member)) === 'template_declaration';
  const holder = tree.parent(template ? tree.parent(member) : member);
  if (holder < 0 || tree.type(holder) !== 'field_declaration_list') return null;
  const outer = tree.childByField(member, 'declarator');
  for (let node = outer; node !== null; node = tree.childByField(node, 'declarator') ?? inner(tree, node)) {
    if (tree.type(node) !== 'function_declarator') continue;
    const name = tree.childByField(node, 'declarator');
    return name !== null && tree.type(name) === 'parenthesized_declarator' ? null : outer;
  }
  return null;
}

/** What a reference's declarator, which has no field for it, is of. */
function inner(tree: SyntaxTree, node: number): number | null {
  if (tree.type(node) !== 'reference_declarator') return null;
  return tree.children(node).find((child) => tree.named(child)) ?? null;
}

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
