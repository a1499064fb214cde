import type { NodeTable } from './regions.ts';

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
  ruby: ['method', 'singleton_method'],
  rust: ['function_item', 'closure_expression'],
  tsx: ecmascript,
  typescript: ecmascript,
};
