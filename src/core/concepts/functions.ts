import type { NodeTable } from './regions.ts';
import type { SyntaxTree } from './syntax-tree.ts';

const ecmascript = [
  'function_declaration',
  'function_expression',
  'generator_function_declaration',
  'generator_function',
  'method_definition',
  'arrow_function',
];

/** Functions, methods, constructors and function literals. */
export const functionNodes: NodeTable = {
  bash: ['function_definition'],
  c: ['function_definition'],
  cpp: ['function_definition', 'lambda_expression'],
  csharp: [
    'method_declaration',
    'constructor_declaration',
    'local_function_statement',
    'lambda_expression',
    'anonymous_method_expression',
  ],
  go: ['function_declaration', 'method_declaration', 'func_literal'],
  java: ['method_declaration', 'constructor_declaration', 'lambda_expression'],
  javascript: ecmascript,
  php: ['function_definition', 'method_declaration', 'anonymous_function', 'arrow_function'],
  python: ['function_definition', 'lambda'],
  ruby: ['method', 'singleton_method', 'lambda'],
  rust: ['function_item', 'closure_expression'],
  tsx: ecmascript,
  typescript: ecmascript,
};

/**
 * True for the parameter list of `Shelf shelf(count);` within a C++ function: the grammar reads a function's
 * declaration, but the names alone in the parentheses are what a constructor is given.
 */
export function isConstruction(tree: SyntaxTree, list: number): boolean {
  const declaration = tree.parent(tree.parent(list));
  if (tree.grammar !== 'cpp' || declaration < 0 || tree.type(declaration) !== 'declaration') return false;
  if (tree.type(tree.parent(declaration)) !== 'compound_statement') return false;
  const given = tree.children(list).filter((child) => tree.named(child));
  return given.length > 0 && given.every((child) => tree.children(child).length === 1 && holdsName(tree, child));
}

function holdsName(tree: SyntaxTree, parameter: number): boolean {
  return tree.type(parameter) === 'parameter_declaration' && tree.type(parameter + 1) === 'type_identifier';
}
