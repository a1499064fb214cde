/**
 * What the base model is trained on: texts of npm packages, all of them under licences that allow it. The three codebases of
 * `bench:learning` and `bench:warm` (this repository, mocha, AssemblyScript) are not among them, so that they stay unseen.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readFolder } from '../../src/cli/sources.ts';
import type { SourceFile } from '../../src/core/corpus/document.ts';
import { type PackageText, packageFolder, packageTexts } from './packages.ts';

const cache = path.resolve(import.meta.dirname, '../../.cache/base/packages');

export interface BaseSource extends PackageText {
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

/** No folder of a package may outweigh the others: a seeded sample of its files stays below this. */
const mostBytesOfAFolder = 1_000_000;

/** Reads all of them. Throws where a package is not the one that is meant, has no such text, or states no permissive licence. */
export async function readBaseSources(): Promise<BaseSource[]> {
  const sources: BaseSource[] = [];
  for (const text of packageTexts) {
    const folder = await packageFolder(text, cache);
    const { license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    if (!permissive.has(license))
      throw new Error(`${text.name} states the licence “${license}”: the base model is not trained on it.`);
    const globs = { include: text.include, exclude: ['**/*.min.js', '**/*.map', 'package-lock.json'] };
    const { files } = await readFolder(path.join(folder, text.folder), globs, {
      respectGitIgnore: false,
      maxTotalBytes: mostBytesOfAFolder,
    });
    if (files.length === 0) throw new Error(`There is no text to train on in ${path.join(text.name, text.folder)}.`);
    const licenseFile = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name)) ?? null;
    const prefixed = files.map((file) => ({ ...file, path: path.posix.join(text.name, text.folder, file.path) }));
    sources.push({ ...text, license, licenseFile, files: prefixed });
  }
  return sources;
}
