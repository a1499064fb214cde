/** Runs a folder's *.test.ts with mocha in this process; writes their report to CELLSCOPE_TEST_REPORT, or just prints. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { runMocha } from './mocha.ts';
import { root } from './paths.ts';

const folder = path.join(root, process.argv[2]!);
const failures = await runMocha({
  files: readdirSync(folder)
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => path.join(folder, file)),
  timeout: 120_000,
  only: process.env.CELLSCOPE_TEST_ONLY,
  report: process.env.CELLSCOPE_TEST_REPORT,
});
process.exit(failures > 0 ? 1 : 0);
