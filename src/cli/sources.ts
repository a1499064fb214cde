/** Texts named on the command line: a folder is walked, a file is taken as it is. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { decodeText } from '../core/corpus/decode.ts';
import type { SourceFile } from '../core/corpus/document.ts';
import { languageOf } from '../core/corpus/language.ts';
import { defaultWalkOptions, type WalkOptions, type WalkReport, type WalkRoot, walk } from '../core/corpus/walk.ts';
import { NodeFiles } from './node-files.ts';
import { UsageError } from './usage-error.ts';

/** A file named explicitly may be larger than one that is found. */
const largestNamedFile = 256_000_000;

export async function kindOf(target: string): Promise<'file' | 'folder'> {
  const found = await stat(target).catch(() => null);
  if (found?.isDirectory()) return 'folder';
  if (found?.isFile()) return 'file';
  throw new UsageError(`There is no file or folder ${target}.`);
}

/** One named file as text. Throws where it is no text, or too large to hold. */
export async function readTextFile(file: string): Promise<SourceFile> {
  const { size } = await stat(file);
  if (size > largestNamedFile)
    throw new Error(
      `${file} has ${(size / 1e6).toFixed(0)} MB; at most ${largestNamedFile / 1e6} MB are read. Take a part of it.`,
    );
  const decoded = decodeText(await readFile(file));
  if (decoded.kind === 'binary') throw new Error(`${file} is binary, not text. Name a text file.`);
  return { path: file, language: languageOf(file), text: decoded.text };
}

/** The repository above a folder, by the nearest `.git`; none where the folder is its top. */
async function repositoryAbove(folder: string): Promise<Pick<WalkRoot, 'repository'>> {
  for (let above = folder; path.dirname(above) !== above; above = path.dirname(above)) {
    if (!(await stat(path.join(above, '.git')).catch(() => null))) continue;
    if (above === folder) return {};
    return {
      repository: { files: new NodeFiles(above), path: path.relative(above, folder).split(path.sep).join('/') },
    };
  }
  return {};
}

/** The texts below a folder, paths relative to it. */
export async function readFolder(
  folder: string,
  globs: Pick<WalkRoot, 'include' | 'exclude'>,
  options: Partial<WalkOptions>,
): Promise<{ files: SourceFile[]; report: WalkReport }> {
  const files: SourceFile[] = [];
  const repository = await repositoryAbove(path.resolve(folder));
  const root: WalkRoot = { name: null, files: new NodeFiles(path.resolve(folder)), ...globs, ...repository };
  const report = await walk([root], { ...defaultWalkOptions, ...options }, (file) => {
    files.push(file);
  });
  return { files, report };
}
