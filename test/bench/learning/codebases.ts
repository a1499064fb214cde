/**
 * The texts of the learning benchmark, read and split as `cellscope train` does. Published sources that are installed anyway, and
 * read on the machine that measures: no text of them, and no weights trained on them, are part of Cellscope.
 */
import path from 'node:path';
import { readFolder } from '../../../src/cli/sources.ts';
import { Corpus, defaultMinCount } from '../../../src/core/corpus/corpus.ts';

export interface Codebase {
  name: string;
  /** What it is, why it was chosen, and its licence. */
  description: string;
  folder: string;
}

const root = path.resolve(import.meta.dirname, '../../..');

const installed: Codebase[] = [
  {
    name: 'assemblyscript',
    description: 'standard library of AssemblyScript (Apache-2.0): TypeScript with comments, in files of many sizes',
    folder: path.join(root, 'node_modules/assemblyscript/std'),
  },
  {
    name: 'mocha',
    description: 'sources of mocha (MIT): JavaScript with JSDoc; a small project, read many times over in ten minutes',
    folder: path.join(root, 'node_modules/mocha/lib'),
  },
  {
    name: 'cellscope',
    description: 'sources of this repository (MIT): TypeScript in many small files',
    folder: path.join(root, 'src'),
  },
];

/** `names`: empty for all; `linux`: a folder with C sources of the kernel (GPL-2.0), for measuring only. */
export function chooseCodebases(names: readonly string[], linux: string | undefined): Codebase[] {
  const known = [...installed];
  if (linux !== undefined)
    known.push({ name: 'linux', description: 'C sources of Linux (GPL-2.0), to measure only', folder: linux });
  if (names.length === 0) return known;
  return names.map((name) => {
    const found = known.find((each) => each.name === name);
    if (!found)
      throw new Error(
        `No codebase "${name}". There are ${known.map((each) => each.name).join(', ')}${linux === undefined ? '; linux needs --linux FOLDER' : ''}.`,
      );
    return found;
  });
}

/** All recipes of one benchmark see the same split. */
export async function readCodebase({ folder }: Codebase): Promise<Corpus> {
  const seed = 1;
  const { files } = await readFolder(folder, { include: [], exclude: [] }, { seed });
  return Corpus.build(files, { seed, minCount: defaultMinCount });
}
