/**
 * Every `npm run` task comes through here: installs what package-lock.json says where it is not installed, then runs the
 * task (TypeScript) with the Node 24 that npm put at node_modules/.bin/node. Plain JavaScript without dependencies, so
 * that it runs on a fresh clone with Node 20.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const tasks = {
  start: 'scripts/start.ts',
  test: 'scripts/test.ts',
  train: 'scripts/train.ts',
  build: 'scripts/build.ts',
  bench: 'test/bench/bench.ts',
  'bench-engine': 'test/bench/engine.ts',
  'bench-learning': 'test/bench/learning.ts',
  'bench-ngrams': 'test/bench/ngrams.ts',
  'bench-warm': 'test/bench/warm.ts',
  'make-base': 'scripts/base/make.ts',
  'make-sample': 'scripts/sample/make.ts',
  'make-walkthrough': 'scripts/walkthrough/make.ts',
  'report-cells': 'test/bench/named-cells.ts',
  'compare-gradients': 'test/bench/compare-gradients.ts',
  package: 'scripts/package.ts',
  abuse: 'test/abuse/abuse.ts',
  check: 'scripts/check.ts',
};

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === 'win32';
const node = path.join(root, 'node_modules', windows ? 'node/bin/node.exe' : '.bin/node');

/** Runs npm in the repository; its output is shown only where it fails. */
function npm(...args) {
  const cli = process.env.npm_execpath;
  const [command, before] = cli?.endsWith('.js') ? [process.execPath, [cli]] : ['npm', []];
  const options = { cwd: root, encoding: 'utf8', shell: windows && command === 'npm' };
  const result = spawnSync(command, [...before, ...args, '--loglevel=error'], options);
  if (result.status === 0) return;
  console.error(`${result.stdout ?? ''}${result.stderr ?? result.error}`);
  console.error(
    `npm ${args.join(' ')} failed: the lines above say why. It needs the npm registry once; run it again then.`,
  );
  process.exit(1);
}

/** Whether node_modules holds what package-lock.json says: by npm's own record of what it installed, not by dates. */
function installed() {
  const record = path.join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const read = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const have = read(record);
  const want = read(path.join(root, 'package-lock.json'));
  const same = (a, b) => a !== undefined && a.version === b.version && a.integrity === b.integrity;
  return Object.entries(want).every(
    ([name, entry]) => name === '' || (entry.optional && !have[name]) || same(have[name], entry),
  );
}

function nodeVersion() {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return stdout?.trim() ?? 'none';
}

const [task, ...args] = process.argv.slice(2);
if (!Object.hasOwn(tasks, task)) {
  console.error(`Unknown task ${task}. Tasks: ${Object.keys(tasks).join(', ')}.`);
  process.exit(2);
}
if (!installed()) {
  console.error('Installing the packages of package-lock.json (npm ci) …');
  npm('ci');
}
if (!nodeVersion().startsWith('v24.')) npm('rebuild', 'node', '--ignore-scripts=false'); // where install scripts are switched off
if (!nodeVersion().startsWith('v24.')) {
  console.error(
    `node_modules/.bin/node should be Node 24 and is ${nodeVersion()}: delete node_modules and run this again.`,
  );
  process.exit(1);
}

const PATH = `${path.join(root, 'node_modules/.bin')}${path.delimiter}${process.env.PATH ?? ''}`;
const child = spawn(node, ['--disable-warning=ExperimentalWarning', path.join(root, tasks[task]), ...args], {
  stdio: 'inherit',
  env: { ...process.env, PATH },
});
// Ctrl-C reaches the task too (same terminal): it ends in its own time, and this with it. Other signals are handed on.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
