/** A workspace of many files: small texts, no two alike, and some large sparse ones that look like sources until they are read. */
import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Random } from '../../src/core/random.ts';

const smallBytes = 3500;
const sparseBytes = 1_000_000;
/** One file in so many is a large sparse one: 200,000 files are a gigabyte. */
const sparseEvery = 600;
const inAFolder = 100;

export interface LargeWorkspace {
  folder: string;
  /** Of all files. */
  bytes: number;
}

const made = new Map<string, Promise<LargeWorkspace>>();

/** A workspace that is read and not changed: made once for all cases, in the folder of the distribution, and removed with it. */
export function largeWorkspaceOf(
  distribution: string,
  files: number,
  progress: (text: string) => void,
): Promise<LargeWorkspace> {
  const folder = path.join(distribution, `workspace${files}`);
  const workspace = made.get(folder) ?? makeWorkspace(folder, files, progress).then((bytes) => ({ folder, bytes }));
  made.set(folder, workspace);
  return workspace;
}

async function makeWorkspace(folder: string, files: number, progress: (text: string) => void): Promise<number> {
  const random = new Random(7);
  const names = ['value', 'index', 'result', 'name', 'list', 'state', 'token', 'node'];
  const line = (): string => {
    const name = names[random.below(names.length)]!;
    return `  const ${name}${random.below(1000)} = call(${random.below(100)}, "${name}");\n`;
  };
  // Texts are cut out of one long one at places of their own.
  const long = Array.from({ length: 20_000 }, line).join('');
  let bytes = 0;
  for (let k = 0; k < files; k++) {
    const at = path.join(folder, `part${Math.floor(k / (inAFolder * 50))}`, `folder${Math.floor(k / inAFolder)}`);
    if (k % inAFolder === 0) {
      mkdirSync(at, { recursive: true });
      progress(`making file ${k} of ${files}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const file = path.join(at, `file${k}.ts`);
    if (k % sparseEvery === sparseEvery - 1) {
      const handle = openSync(file, 'w');
      ftruncateSync(handle, sparseBytes);
      closeSync(handle);
      bytes += sparseBytes;
    } else {
      const from = random.below(long.length - smallBytes);
      const text = `// ${k}\n${long.slice(from, from + smallBytes)}\n`;
      writeFileSync(file, text);
      bytes += text.length;
    }
  }
  return bytes;
}
