/** Types of every part and the linter: each is one test of `npm test`. `node scripts/check.ts` */
import { spawn } from 'node:child_process';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const bin = (name: string) => path.join(root, 'node_modules/.bin', name);

const checks: Record<string, string[]> = {
  'types of host, workers, command line and tests': [bin('tsc'), '-p', '.'],
  'types of core, without vscode, DOM and node': [bin('tsc'), '-p', 'src/core'],
  'types of the webviews': [bin('tsc'), '-p', 'webview'],
  'lint and format': [bin('biome'), 'check', '--error-on-warnings', '.'],
};

export interface Checked {
  name: string;
  passed: boolean;
  output: string;
}

function check(name: string, [command, ...args]: string[]): Promise<Checked> {
  return new Promise((resolve, reject) => {
    const child = spawn(command!, args, { cwd: root, shell: process.platform === 'win32' });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ name, passed: code === 0, output }));
  });
}

/** Runs all checks, one after the other: each uses every core. */
export async function runChecks(): Promise<Checked[]> {
  const results: Checked[] = [];
  for (const [name, command] of Object.entries(checks)) results.push(await check(name, command));
  return results;
}

if (import.meta.main) {
  for (const { name, passed, output } of await runChecks()) {
    console.log(`${passed ? 'ok    ' : 'FAILED'} ${name}`);
    if (!passed) {
      console.log(output);
      process.exitCode = 1;
    }
  }
}
