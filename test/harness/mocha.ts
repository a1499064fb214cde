/** Runs mocha test files and writes a report: in the extension host and, for the end-to-end tests, in plain node. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import Mocha from 'mocha';
import type { Report } from './report.ts';

export interface MochaRun {
  files: readonly string[];
  timeout: number;
  /** Only tests whose full name contains this. */
  only?: string | undefined;
  /** Where the report goes; nowhere: the lines are enough. */
  report: string | undefined;
  /** Where lines for people go; default: standard output. */
  log?: string | undefined;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error);
  return error.stack ?? error.message;
}

/** The lines below say it all. */
class Silent extends Mocha.reporters.Base {
  override epilogue(): void {}
}

/** Loads and runs the files; resolves with the number of failures, a file that does not load being one. */
export async function runMocha({ files, timeout, only, report: target, log }: MochaRun): Promise<number> {
  const report = { passed: 0, failed: 0, skipped: 0, failures: [], retried: [] } satisfies Report as Required<Report>;
  const line = (text: string) => (log ? appendFileSync(log, `${text}\n`) : console.log(text));
  const fail = (name: string, error: unknown) => {
    report.failed++;
    report.failures.push({ name, reason: reasonOf(error) });
    line(`    FAILED ${name}\n${reasonOf(error).replace(/^/gm, '      ')}`);
  };
  // A real workbench on a busy machine misses a beat now and then: such a test may pass at a second try, which the report shows.
  const mocha = new Mocha({ ui: 'bdd', timeout, retries: 1, reporter: Silent, ...(only ? { fgrep: only } : {}) });
  for (const file of files) mocha.addFile(file);
  try {
    await mocha.loadFilesAsync();
    await new Promise<void>((resolve) => {
      mocha
        .run(() => resolve())
        .on('suite', (suite) => {
          if (suite.title && suite.tests.length > 0) line(`  ${suite.fullTitle()}`);
        })
        .on('pass', (test) => {
          report.passed++;
          line(`    ok ${test.title} (${test.duration} ms)`);
        })
        .on('retry', (test, error) => {
          report.retried.push({ name: test.fullTitle(), reason: reasonOf(error) });
          line(`    again ${test.title}\n${reasonOf(error).replace(/^/gm, '      ')}`);
        })
        .on('pending', (test) => {
          report.skipped++;
          line(`    skipped ${test.title}`);
        })
        .on('fail', (test, error) => fail(test.fullTitle(), error));
    });
  } catch (error) {
    fail('loading the test files', error);
  }
  if (target) writeFileSync(target, JSON.stringify(report));
  return report.failed;
}
