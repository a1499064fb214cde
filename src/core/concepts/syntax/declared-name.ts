import type { BinaryConcept } from '../concept.ts';
import type { Grammar } from '../languages.ts';
import { Painter } from '../painter.ts';
import type { SyntaxTree } from '../syntax-tree.ts';

const ecmascript = [
  'function_declaration.name',
  'function_expression.name',
  'generator_function_declaration.name',
  'class_declaration.name',
  'method_definition.name',
  'variable_declarator.name',
  'for_in_statement.left',
  'formal_parameters.',
  'arrow_function.parameter',
  'assignment_pattern.left',
  'rest_pattern.',
  'catch_clause.parameter',
  'field_definition.property',
];
const typescript = [
  ...ecmascript,
  'required_parameter.pattern',
  'optional_parameter.pattern',
  'public_field_definition.name',
  'interface_declaration.name',
  'type_alias_declaration.name',
  'enum_declaration.name',
  'enum_body.name',
  'enum_assignment.name',
  'property_signature.name',
  'method_signature.name',
  'type_parameter.name',
];
const c = [
  'function_declarator.declarator',
  'init_declarator.declarator',
  'pointer_declarator.declarator',
  'array_declarator.declarator',
  'parameter_declaration.declarator',
  'declaration.declarator',
  'field_declaration.declarator',
  'type_definition.declarator',
  'enumerator.name',
  'struct_specifier.name',
  'union_specifier.name',
  'enum_specifier.name',
  'preproc_def.name',
  'preproc_function_def.name',
];

/** Leaves that declare a name, as `parent type.field`. */
const places: Partial<Record<Grammar, readonly string[]>> = {
  bash: ['function_definition.name', 'variable_assignment.name', 'for_statement.variable'],
  c,
  cpp: [
    ...c,
    'class_specifier.name',
    'namespace_definition.name',
    'reference_declarator.',
    'for_range_loop.declarator',
    'type_parameter_declaration.',
  ],
  csharp: [
    'namespace_declaration.name',
    'class_declaration.name',
    'interface_declaration.name',
    'struct_declaration.name',
    'enum_declaration.name',
    'method_declaration.name',
    'constructor_declaration.name',
    'property_declaration.name',
    'variable_declarator.name',
    'parameter.name',
    'lambda_expression.parameters',
    'foreach_statement.left',
    'local_function_statement.name',
  ],
  go: [
    'function_declaration.name',
    'method_declaration.name',
    'parameter_declaration.name',
    'variadic_parameter_declaration.name',
    'type_spec.name',
    'field_declaration.name',
    'var_spec.name',
    'const_spec.name',
    'short_var_declaration.left',
    'range_clause.left',
  ],
  java: [
    'class_declaration.name',
    'interface_declaration.name',
    'enum_declaration.name',
    'enum_constant.name',
    'method_declaration.name',
    'constructor_declaration.name',
    'variable_declarator.name',
    'formal_parameter.name',
    'inferred_parameters.',
    'lambda_expression.parameters',
    'enhanced_for_statement.name',
  ],
  javascript: ecmascript,
  php: [
    'class_declaration.name',
    'interface_declaration.name',
    'function_definition.name',
    'method_declaration.name',
    'simple_parameter.name',
    'variadic_parameter.name',
    'property_promotion_parameter.name',
    'static_variable_declaration.name',
    'property_element.name',
    'const_element.',
  ],
  python: [
    'class_definition.name',
    'function_definition.name',
    'parameters.',
    'lambda_parameters.',
    'typed_parameter.',
    'default_parameter.name',
    'typed_default_parameter.name',
    'list_splat_pattern.',
    'dictionary_splat_pattern.',
    'assignment.left',
    'for_statement.left',
  ],
  ruby: [
    'class.name',
    'module.name',
    'method.name',
    'singleton_method.name',
    'method_parameters.',
    'lambda_parameters.',
    'optional_parameter.name',
    'splat_parameter.name',
    'keyword_parameter.name',
    'block_parameters.',
    'assignment.left',
    'for.pattern',
  ],
  rust: [
    'function_item.name',
    'struct_item.name',
    'enum_item.name',
    'enum_variant.name',
    'trait_item.name',
    'field_declaration.name',
    'parameter.pattern',
    'closure_parameters.',
    'let_declaration.pattern',
    'for_expression.pattern',
    'const_item.name',
    'static_item.name',
    'type_parameter.name',
  ],
  tsx: typescript,
  typescript,
};

/** Node types that are names; PHP's variables and C++'s destructors are nodes of two parts. */
const names =
  /identifier$|^constant$|^word$|^name$|^variable_name$|^destructor_name$|^implicit_parameter$|^(?:instance|class|global)_variable$/;

const lists = ['expression_list', 'pattern_list'];

/** A C struct, enum or class is declared where its body stands, or where it stands by itself; elsewhere its name is a use. */
const needsBody = ['struct_specifier', 'union_specifier', 'enum_specifier', 'class_specifier'];

/** `class Dock;`: the specifier is a statement, or a member without a name. */
function standsAlone(tree: SyntaxTree, specifier: number): boolean {
  const holder = tree.parent(specifier);
  if (tree.type(holder) === 'field_declaration') return tree.childByField(holder, 'declarator') === null;
  return ['translation_unit', 'declaration_list', 'compound_statement'].includes(tree.type(holder));
}

export const declaredName: BinaryConcept = {
  id: 'declared-name',
  name: 'inside a declared name',
  description:
    'The name of a function, class, variable, parameter or member where it is declared, in Bash, Python and Ruby also where it is assigned. Names inside a pattern and Rust’s self are none; type parameters are in C++, Rust and TypeScript.',
  scale: 'binary',
  grammars: Object.keys(places) as Grammar[],
  label(document) {
    const painter = new Painter(document);
    const tree = document.tree!;
    const wanted = new Set(places[tree.grammar]);
    for (let node = 1; node < tree.size; node++) {
      if (!tree.named(node) || !names.test(tree.type(node))) continue;
      // Of several names in a list (`a, b := …`) each is declared where the list is.
      const listed = lists.includes(tree.type(tree.parent(node)));
      const place = listed ? tree.parent(node) : node;
      const parent = tree.parent(place);
      const type = parent < 0 ? '' : tree.type(parent);
      if (!wanted.has(`${type}.${tree.field(place)}`)) continue;
      if (needsBody.includes(type) && tree.childByField(parent, 'body') === null && !standsAlone(tree, parent))
        continue;
      painter.region(tree.start(node), tree.end(node), 0, 0);
    }
    return painter.labels();
  },
};
