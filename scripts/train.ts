/** `npm run train -- <folder> [options]`: builds, then trains without VS Code: `cellscope train` with the same arguments. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { buildAll } from './build.ts';

const root = path.dirname(import.meta.dirname);
await buildAll();
const child = spawn(process.execPath, [path.join(root, 'dist/cli.cjs'), 'train', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.on('SIGINT', () => {}); // the command line saves the run and ends in its own time
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => process.exit(code ?? 1));
