import type { BinaryConcept } from '../concept.ts';
import { grammarsOf, labelNodes, type NodeTable } from '../regions.ts';

const nodes: NodeTable = {
  c: ['preproc_include'],
  cpp: ['preproc_include', 'using_declaration'],
  csharp: ['using_directive'],
  css: ['import_statement'],
  go: ['import_declaration'],
  java: ['import_declaration'],
  javascript: ['import_statement'],
  php: [
    'namespace_use_declaration',
    'include_expression',
    'include_once_expression',
    'require_expression',
    'require_once_expression',
  ],
  python: ['import_statement', 'import_from_statement', 'future_import_statement'],
  ruby: ['call'],
  rust: ['use_declaration'],
  tsx: ['import_statement'],
  typescript: ['import_statement'],
};

export const importStatement: BinaryConcept = {
  id: 'import',
  name: 'inside an import',
  description:
    'Import, include, use, using and require statements, from their first to their last character; in PHP a require’s semicolon is none of it.',
  scale: 'binary',
  grammars: grammarsOf(nodes),
  label: (document) =>
    labelNodes(document, nodes, (painter, tree, node) => {
      if (tree.grammar === 'ruby') {
        const method = tree.childByField(node, 'method');
        if (method === null || tree.childByField(node, 'receiver') !== null) return;
        if (!/^require(?:_relative)?$/.test(painter.slice(tree.start(method), tree.end(method)))) return;
      }
      const [from, to] = painter.trimmed(tree.start(node), tree.end(node));
      painter.region(from, to, 0, 0);
    }),
};
