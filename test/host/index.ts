/** Entry point inside the extension host: runs every *.test file beside it. `CELLSCOPE_TEST_*` come from scripts/test.ts. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { runMocha } from '../harness/mocha.ts';

export async function run(): Promise<void> {
  const files = readdirSync(__dirname).filter((file) => file.endsWith('.test.cjs'));
  const failures = await runMocha({
    files: files.sort().map((file) => path.join(__dirname, file)),
    timeout: 60_000,
    only: process.env.CELLSCOPE_TEST_ONLY,
    report: process.env.CELLSCOPE_TEST_REPORT,
    log: process.env.CELLSCOPE_TEST_LOG,
  });
  if (failures > 0) throw new Error(`${failures} tests failed in the extension host.`);
}
