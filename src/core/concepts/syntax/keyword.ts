import type { BinaryConcept } from '../concept.ts';
import type { Grammar } from '../languages.ts';
import { Painter } from '../painter.ts';
import { type NodeTable, spells } from '../regions.ts';

const grammars: readonly Grammar[] = [
  'bash',
  'c',
  'cpp',
  'csharp',
  'css',
  'go',
  'java',
  'javascript',
  'php',
  'python',
  'ruby',
  'rust',
  'tsx',
  'typescript',
];

/** Words that a grammar names although they are spelled out in it. */
const namedWords: NodeTable = {
  cpp: ['auto', 'this'],
  csharp: ['modifier'],
  java: ['this', 'super'],
  javascript: ['this', 'super'],
  ruby: ['self', 'super'],
  rust: ['mutable_specifier', 'self', 'super', 'crate'],
  tsx: ['this', 'super'],
  typescript: ['this', 'super'],
};

/** Nodes within which a literal is spelled out: Ruby's nil, C#'s true. */
const literals = ['nil', 'boolean_literal', 'null_literal'];

/** Spelled-out words that name a type. */
const typeNodes = [
  'predefined_type',
  'primitive_type',
  'sized_type_specifier',
  'integral_type',
  'floating_point_type',
  'boolean_type',
  'void_type',
];

export const keyword: BinaryConcept = {
  id: 'keyword',
  name: 'inside a keyword',
  description:
    'Words that the language reserves (if, def, #include, @media), not its literals and the names of types; auto and var are words.',
  scale: 'binary',
  grammars,
  label(document) {
    const painter = new Painter(document);
    const tree = document.tree!;
    for (const node of tree.tokens())
      if (
        !literals.includes(tree.type(tree.parent(node))) &&
        /^[@#]?[A-Za-z][A-Za-z_]*(?: [a-z]+)*$/.test(tree.type(node)) &&
        !typeNodes.includes(tree.type(tree.parent(node)))
      )
        painter.region(tree.start(node), tree.end(node), 0, 0);
    for (const node of tree.ofTypes(namedWords[tree.grammar] ?? []))
      if (tree.isLeaf(node)) painter.region(tree.start(node), tree.end(node), 0, 0);
    // Java's var stands where a type does.
    if (tree.grammar === 'java')
      for (const node of tree.ofTypes(['type_identifier']))
        if (spells(painter, tree, node, 'var')) painter.region(tree.start(node), tree.end(node), 0, 0);
    return painter.labels();
  },
};
