/** Runs the unit tests with vitest; writes their report to CELLSCOPE_TEST_REPORT. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { startVitest, type TestCase } from 'vitest/node';
import { root } from './paths.ts';
import type { Report } from './report.ts';

const report: Report = { passed: 0, failed: 0, skipped: 0, failures: [] };
const reasons = (errors: readonly { message: string; stack?: string; diff?: string }[]) =>
  errors.map(({ message, stack, diff }) => [stack ?? message, diff].filter(Boolean).join('\n')).join('\n');

const vitest = await startVitest(
  'test',
  [],
  {
    root,
    run: true,
    watch: false,
    ...(process.env.CELLSCOPE_TEST_ONLY ? { testNamePattern: process.env.CELLSCOPE_TEST_ONLY } : {}),
  },
  {},
  {},
);
const count = (test: TestCase, file: string) => {
  const { state, errors } = test.result();
  if (state === 'passed') report.passed++;
  else if (state === 'failed') {
    report.failed++;
    report.failures.push({ name: `${file}: ${test.fullName}`, reason: reasons(errors) });
  } else if (!process.env.CELLSCOPE_TEST_ONLY) report.skipped++;
};
for (const module of vitest.state.getTestModules()) {
  const file = path.relative(root, module.moduleId);
  for (const test of module.children.allTests()) count(test, file);
  // Errors outside tests: a file that does not load, a hook that throws.
  const outside = [...module.errors(), ...[...module.children.allSuites()].flatMap((suite) => suite.errors())];
  if (outside.length > 0) {
    report.failed++;
    report.failures.push({ name: file, reason: reasons(outside) });
  }
}
const unhandled = vitest.state.getUnhandledErrors();
if (unhandled.length > 0) {
  report.failed++;
  report.failures.push({ name: 'errors outside every test', reason: unhandled.map(String).join('\n') });
}
await vitest.close();
writeFileSync(process.env.CELLSCOPE_TEST_REPORT!, JSON.stringify(report));
process.exit(report.failed > 0 ? 1 : 0);
