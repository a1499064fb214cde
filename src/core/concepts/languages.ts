/** Languages whose syntax is known, by the short names that concepts use in their tables. */
export type Grammar =
  | 'bash'
  | 'c'
  | 'cpp'
  | 'csharp'
  | 'css'
  | 'go'
  | 'html'
  | 'java'
  | 'javascript'
  | 'json'
  | 'php'
  | 'python'
  | 'ruby'
  | 'rust'
  | 'tsx'
  | 'typescript';

/** Grammar files, as they lie in `dist/grammars/`. */
export const grammarFiles: Record<Grammar, string> = {
  bash: 'tree-sitter-bash.wasm',
  c: 'tree-sitter-c.wasm',
  cpp: 'tree-sitter-cpp.wasm',
  csharp: 'tree-sitter-c-sharp.wasm',
  css: 'tree-sitter-css.wasm',
  go: 'tree-sitter-go.wasm',
  html: 'tree-sitter-html.wasm',
  java: 'tree-sitter-java.wasm',
  javascript: 'tree-sitter-javascript.wasm',
  json: 'tree-sitter-json.wasm',
  php: 'tree-sitter-php.wasm',
  python: 'tree-sitter-python.wasm',
  ruby: 'tree-sitter-ruby.wasm',
  rust: 'tree-sitter-rust.wasm',
  tsx: 'tree-sitter-tsx.wasm',
  typescript: 'tree-sitter-typescript.wasm',
};

/** The parser's own code, beside the grammars. */
export const parserFile = 'web-tree-sitter.wasm';

/** VS Code language ids that a grammar reads. */
const grammarOfLanguage: Record<string, Grammar> = {
  bash: 'bash',
  c: 'c',
  cpp: 'cpp',
  csharp: 'csharp',
  css: 'css',
  go: 'go',
  html: 'html',
  java: 'java',
  javascript: 'javascript',
  javascriptreact: 'javascript',
  json: 'json',
  jsonc: 'json',
  php: 'php',
  python: 'python',
  ruby: 'ruby',
  rust: 'rust',
  shellscript: 'bash',
  typescript: 'typescript',
  typescriptreact: 'tsx',
};

/** The grammar of a VS Code language id, null where there is none. */
export function grammarOf(languageId: string): Grammar | null {
  return Object.hasOwn(grammarOfLanguage, languageId) ? grammarOfLanguage[languageId]! : null;
}
