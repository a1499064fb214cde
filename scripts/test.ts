/**
 * `npm test [-- check | unit | host | web | package | e2e …] [--only TEXT]`: sets up, builds, runs the stages in order and
 * ends with one line: `N passed, N failed` (`, N skipped`). Exit code 1 on any failure. Each failure is printed in full.
 */
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { ensureBrowser, ensureVscodeServer } from '../test/harness/install.ts';
import { cache, root } from '../test/harness/paths.ts';
import type { Report } from '../test/harness/report.ts';
import { buildAll } from './build.ts';
import { runChecks } from './check.ts';

interface Stage {
  name: string;
  /** What `npm test -- <filter>` calls it. */
  filter: string;
  /** It shows VS Code's workbench in a browser. */
  browser: boolean;
  run(): Promise<Report>;
}

const limit = 12 * 60_000;
const reports = path.join(cache, 'reports');
const packages = path.join(cache, 'package');

const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: 'string' } } });

const failure = (name: string, reason: string): Report => ({
  passed: 0,
  failed: 1,
  skipped: 0,
  failures: [{ name, reason }],
});

/** Runs one stage's own process and reads the report it leaves. A process that leaves none, or hangs, is a failure. */
function inProcess(name: string, args: string[], env: Record<string, string> = {}): Promise<Report> {
  const report = path.join(reports, `${name}.json`);
  rmSync(report, { force: true });
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: {
        ...process.env,
        CELLSCOPE_TEST_REPORT: report,
        NO_COLOR: '1',
        ...(values.only ? { CELLSCOPE_TEST_ONLY: values.only } : {}),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const timer = setTimeout(() => {
      output += `\nEnded after ${limit / 60_000} minutes.`;
      process.kill(-child.pid!, 'SIGTERM');
    }, limit);
    const forward = () => process.kill(-child.pid!, 'SIGTERM');
    process.once('SIGINT', forward);
    child.on('close', (code) => {
      clearTimeout(timer);
      process.off('SIGINT', forward);
      if (!existsSync(report)) return resolve(failure(name, `ended with ${code} and without a report:\n${output}`));
      const result: Report = JSON.parse(readFileSync(report, 'utf8'));
      if (code !== 0 && result.failed === 0) {
        result.failed = 1;
        result.failures.push({ name, reason: `ended with ${code}:\n${output}` });
      }
      resolve(result);
    });
  });
}

async function check(): Promise<Report> {
  const results = await runChecks();
  const failures = results.filter(({ passed }) => !passed).map(({ name, output }) => ({ name, reason: output }));
  return { passed: results.length - failures.length, failed: failures.length, skipped: 0, failures };
}

const mocha = (name: string, folder: string, env?: Record<string, string>) =>
  inProcess(name, ['test/harness/run-mocha.ts', folder], env);

/** The package of what is built; made once. */
async function vsix(): Promise<string> {
  const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const file = path.join(packages, `${name}-${version}.vsix`);
  if (!existsSync(file))
    await promisify(execFile)(process.execPath, ['scripts/package.ts', '--built', '--to', packages], { cwd: root });
  return file;
}

const stages: Stage[] = [
  { name: 'types and lint', filter: 'check', browser: false, run: check },
  {
    name: 'unit',
    filter: 'unit',
    browser: false,
    run: () => inProcess('unit', ['test/harness/run-unit.ts']),
  },
  {
    name: 'inside the node extension host',
    filter: 'host',
    browser: true,
    run: () => inProcess('host', ['test/harness/run-host.ts']),
  },
  {
    name: 'inside the web-worker extension host',
    filter: 'web',
    browser: true,
    run: () => inProcess('web', ['test/harness/run-web-worker.ts']),
  },
  {
    name: 'package',
    filter: 'package',
    browser: false,
    run: async () => mocha('package', 'test/package', { CELLSCOPE_VSIX: await vsix() }),
  },
  {
    name: 'end to end, development mode',
    filter: 'e2e',
    browser: true,
    run: () => mocha('e2e-development', 'test/e2e'),
  },
  {
    name: 'end to end, packaged',
    filter: 'e2e',
    browser: true,
    run: async () => mocha('e2e-packaged', 'test/e2e', { CELLSCOPE_VSIX: await vsix() }),
  },
];

const known = new Set(stages.map(({ filter }) => filter));
const unknown = positionals.find((filter) => !known.has(filter));
if (unknown !== undefined) {
  console.error(`There is no stage ${unknown}. Stages: ${[...known].join(', ')}; none: all.`);
  process.exit(2);
}
const chosen = stages.filter(({ filter }) => positionals.length === 0 || positionals.includes(filter));

const total: Report = { passed: 0, failed: 0, skipped: 0, failures: [] };
function add(name: string, report: Report, seconds: number): void {
  total.passed += report.passed;
  total.failed += report.failed;
  total.skipped += report.skipped;
  const skipped = report.skipped > 0 ? `, ${report.skipped} skipped` : '';
  console.log(`${name}: ${report.passed} passed, ${report.failed} failed${skipped} (${seconds.toFixed(0)} s)`);
  for (const { name, reason } of report.retried ?? [])
    console.log(`\n  SECOND TRY ${name}\n${reason.replace(/^/gm, '    ')}\n`);
  for (const { name, reason } of report.failures) console.log(`\n  FAILED ${name}\n${reason.replace(/^/gm, '    ')}\n`);
}

async function timed(name: string, run: () => Promise<Report>): Promise<Report> {
  const start = performance.now();
  const report = await run().catch((error: unknown) =>
    failure(name, error instanceof Error ? `${error.stack}` : String(error)),
  );
  add(name, report, (performance.now() - start) / 1000);
  return report;
}

mkdirSync(reports, { recursive: true });
rmSync(packages, { recursive: true, force: true });
const built = await timed('build', async () => {
  await buildAll({ minify: true });
  return { passed: 1, failed: 0, skipped: 0, failures: [] };
});
/** The browser's path, null where there is none. A headless VS Code that cannot be installed is a failure of its own. */
async function setUp(): Promise<string | null> {
  let browser: string | null = null;
  const report = await timed('set-up of the headless VS Code', async () => {
    browser = ensureBrowser();
    if (browser) ensureVscodeServer();
    return { passed: browser ? 1 : 0, failed: 0, skipped: browser ? 0 : 1, failures: [] };
  });
  return report.passed > 0 ? browser : null;
}

if (built.failed === 0) {
  const browser = chosen.some((stage) => stage.browser) ? await setUp() : null;
  for (const stage of chosen) {
    if (!stage.browser || browser) await timed(stage.name, stage.run);
    else {
      total.skipped++;
      console.log(`${stage.name}: SKIPPED, there is no browser to show VS Code in`);
    }
  }
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed > 0 ? 1 : 0);
