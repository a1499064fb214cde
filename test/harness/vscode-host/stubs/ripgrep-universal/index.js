// The path of the machine's ripgrep: text and file search use it.
import { createRequire } from 'node:module';
import path from 'node:path';

const platform = `@vscode/ripgrep-${process.platform}-${process.arch}`;
export const rgPath = path.join(
  path.dirname(createRequire(import.meta.url).resolve(`${platform}/package.json`)),
  'bin',
  'rg',
);
