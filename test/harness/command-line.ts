/** The built command line, as the tests compare the workbench's numbers with it. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** Runs `cellscope` and gives the JSON object of its last line. Throws with what it printed on failure. */
export function cellscope<T>(root: string, ...args: string[]): T {
  const output = execFileSync(process.execPath, [path.join(root, 'dist/cli.cjs'), ...args, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return JSON.parse(output.trimEnd().split('\n').at(-1)!) as T;
}

export interface Activations {
  chars: number;
  values: number[][];
}

/** Values of one cell along a file: one a character (code point after CRLF→LF). */
export function activations(
  root: string,
  model: string,
  file: string,
  { layer, cell, quantity }: { layer: number; cell: number; quantity: string },
): number[] {
  const options = ['--layer', String(layer), '--cells', String(cell), '--quantity', quantity];
  return cellscope<Activations>(root, 'activations', model, file, ...options).values[0]!;
}

/** Index, in characters, of a 1-based line and 1-based UTF-16 column of a text with any line ends. */
export function characterIndex(text: string, line: number, column: number): number {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const before = lines.slice(0, line - 1).map((each) => `${each}\n`);
  return [...before.join(''), ...lines[line - 1]!.slice(0, column - 1)].length;
}
