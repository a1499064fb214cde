/** Copies tree-sitter's parser and the grammars that concepts use into dist/grammars/. */
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { grammarFiles, parserFile } from '../src/core/concepts/languages.ts';

/** Where a grammar's file lies in the installed packages. */
export function grammarSource(root: string, file: string): string {
  const modules = path.join(root, 'node_modules');
  if (file === parserFile) return path.join(modules, 'web-tree-sitter', file);
  if (/-(?:c|json|html)\.wasm$/.test(file)) return path.join(modules, path.basename(file, '.wasm'), file);
  return path.join(modules, '@vscode/tree-sitter-wasm/wasm', file);
}

export async function buildGrammars(root: string): Promise<void> {
  const to = path.join(root, 'dist/grammars');
  await mkdir(to, { recursive: true });
  for (const file of [parserFile, ...Object.values(grammarFiles)])
    await copyFile(grammarSource(root, file), path.join(to, file));
}
