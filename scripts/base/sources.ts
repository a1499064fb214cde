/**
 * What the base model is trained on: texts of installed npm packages, all of them under licences that allow it. The three codebases of
 * `bench:learning` and `bench:warm` (this repository, mocha, AssemblyScript) are not among them, so that they stay unseen.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readFolder } from '../../src/cli/sources.ts';
import type { SourceFile } from '../../src/core/corpus/document.ts';

const root = path.resolve(import.meta.dirname, '../..');

interface PackageText {
  name: string;
  /** Folder inside the package; empty for all of it. */
  folder: string;
  include: string[];
}

export interface BaseSource extends PackageText {
  version: string;
  license: string;
  /** The package's licence file, as it lies there; null where it has none. */
  licenseFile: string | null;
  files: SourceFile[];
}

/** Licences that allow any use of what is derived from the texts, with attribution at most. */
const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  '(MIT AND Zlib)',
]);

/** No package may outweigh the others: a seeded sample of its files stays below this. */
const mostBytesOfAPackage = 500_000;

const scripts = ['**/*.js', '**/*.mjs', '**/*.ts', '**/*.md', '**/*.json'];
const texts: readonly PackageText[] = [
  { name: '@azure/msal-common', folder: 'src', include: [] },
  { name: '@azure/msal-browser', folder: 'src', include: [] },
  { name: '@microsoft/fast-foundation', folder: 'dist/esm', include: scripts },
  { name: '@microsoft/fast-foundation', folder: 'docs', include: [] },
  { name: '@microsoft/fast-element', folder: 'dist/esm', include: scripts },
  { name: '@microsoft/fast-element', folder: 'docs', include: [] },
  { name: '@typespec/ts-http-runtime', folder: 'dist/esm', include: ['**/*.js'] },
  { name: '@vscode/vsce', folder: 'out', include: ['**/*.js'] },
  { name: 'chai', folder: '', include: scripts },
  { name: 'cockatiel', folder: 'dist/esm', include: ['**/*.js', '**/*.ts'] },
  { name: 'commander', folder: '', include: scripts },
  { name: 'diff', folder: 'libesm', include: ['**/*.js', '**/*.ts'] },
  { name: 'glob', folder: 'dist/esm', include: ['**/*.js', '**/*.ts'] },
  { name: 'js-yaml', folder: 'dist', include: ['js-yaml.mjs'] },
  { name: 'jsonc-parser', folder: 'lib/esm', include: scripts },
  { name: 'node-addon-api', folder: '', include: ['**/*.h', '**/*.md', '**/*.js', '**/*.json'] },
  { name: 'pako', folder: 'lib', include: [] },
  { name: 'parse5', folder: 'dist', include: ['**/*.js', '**/*.ts'] },
  { name: 'path-scurry', folder: 'dist/esm', include: ['**/*.js', '**/*.ts'] },
  { name: 'postcss', folder: 'lib', include: scripts },
  { name: 'qs', folder: '', include: ['lib/**', 'test/**', '*.md'] },
  { name: 'semver', folder: '', include: scripts },
  { name: 'tree-sitter-c', folder: '', include: ['grammar.js', 'src/tree_sitter/**', 'bindings/**'] },
  { name: 'tree-sitter-html', folder: '', include: ['grammar.js', 'src/scanner.c', 'src/tag.h', 'bindings/**'] },
  { name: 'underscore', folder: 'modules', include: ['**/*.js'] },
  { name: 'uplot', folder: 'dist', include: ['*.css', 'uPlot.d.ts'] },
  { name: 'workerpool', folder: 'src', include: [] },
  { name: 'xmlbuilder', folder: 'lib', include: [] },
];

/** Reads all of them from node_modules. Throws where one is missing, is empty, or states no permissive licence. */
export async function readBaseSources(): Promise<BaseSource[]> {
  const sources: BaseSource[] = [];
  for (const text of texts) {
    const folder = path.join(root, 'node_modules', text.name);
    const { version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    if (!permissive.has(license))
      throw new Error(`${text.name} states the licence “${license}”: the base model is not trained on it.`);
    const globs = { include: text.include, exclude: ['**/*.min.js', '**/*.map', 'package-lock.json'] };
    const { files } = await readFolder(path.join(folder, text.folder), globs, {
      respectGitIgnore: false,
      maxTotalBytes: mostBytesOfAPackage,
    });
    if (files.length === 0) throw new Error(`There is no text to train on in ${path.join(text.name, text.folder)}.`);
    const licenseFile = existsSync(folder)
      ? (readdirSync(folder).find((name) => /^licen[cs]e/i.test(name)) ?? null)
      : null;
    const prefixed = files.map((file) => ({ ...file, path: path.posix.join(text.name, text.folder, file.path) }));
    sources.push({ ...text, version, license, licenseFile, files: prefixed });
  }
  return sources;
}
