import type { GradedConcept } from '../concept.ts';
import { grammarsOf, type NodeTable, nodesOf } from '../regions.ts';

const ecmascript = ['statement_block', 'class_body', 'switch_body'];
const nodes: NodeTable = {
  bash: ['compound_statement', 'do_group', 'if_statement', 'case_statement', 'subshell'],
  c: ['compound_statement', 'field_declaration_list', 'enumerator_list'],
  cpp: ['compound_statement', 'field_declaration_list', 'enumerator_list', 'declaration_list'],
  csharp: ['block', 'declaration_list', 'accessor_list', 'switch_body', 'enum_member_declaration_list'],
  css: ['block'],
  go: ['block', 'field_declaration_list', 'interface_type'],
  java: ['block', 'class_body', 'constructor_body', 'interface_body', 'enum_body', 'switch_block'],
  javascript: ecmascript,
  php: ['compound_statement', 'declaration_list', 'switch_block', 'match_block'],
  python: ['block'],
  ruby: [
    'class',
    'module',
    'method',
    'singleton_method',
    'do_block',
    'block',
    'if',
    'unless',
    'case',
    'while',
    'until',
    'for',
  ],
  rust: ['block', 'field_declaration_list', 'declaration_list', 'enum_variant_list', 'match_block'],
  tsx: [...ecmascript, 'interface_body', 'enum_body'],
  typescript: [...ecmascript, 'interface_body', 'enum_body'],
};

export const blockDepth: GradedConcept = {
  id: 'block-depth',
  name: 'nesting depth of blocks',
  description:
    'How many blocks (bodies of functions, classes, namespaces, conditions and loops) stand around the character, counted from the first to the last character of each; in Ruby and of an if in Bash from its first word to its end.',
  scale: 'graded',
  grammars: grammarsOf(nodes),
  label(document) {
    const { points } = document;
    // Differences first: +1 where a block starts, −1 after its end.
    const steps = new Int32Array(points.length + 1);
    for (const node of nodesOf(document, nodes)) {
      steps[document.tree!.start(node)]!++;
      steps[document.tree!.end(node)]!--;
    }
    const values = new Float32Array(points.length);
    for (let i = 0, depth = 0; i < points.length; i++) values[i] = depth += steps[i]!;
    return { values };
  },
};
