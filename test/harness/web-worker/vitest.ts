/**
 * Stands in for vitest where core's unit tests run inside VS Code's web-worker extension host: vitest's own `expect`, and a
 * runner of as much of `describe` and `it` as those tests use. The tests' files are the same.
 */
import { expect } from 'vitest';
import type { Report } from '../report.ts';

type Body = () => unknown;

interface Test {
  name: string;
  body: Body;
  skipped: boolean;
}

interface Suite {
  name: string;
  parent: Suite | null;
  entries: (Test | Suite)[];
  skipped: boolean;
  hooks: Record<Hook, Body[]>;
}

type Hook = 'beforeAll' | 'afterAll' | 'beforeEach' | 'afterEach';

function newSuite(name: string, parent: Suite | null, skipped: boolean): Suite {
  return { name, parent, entries: [], skipped, hooks: { beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] } };
}

const all = newSuite('', null, false);
let current = all;

/** `%s`, `%d`, `%i`, `%f`, `%j` take the row's values in order; `$name` a property of a row that is an object. */
function title(template: string, row: unknown[]): string {
  let next = 0;
  const one = row[0];
  return template
    .replace(/%([sdifj])/g, (_, kind) => (kind === 'j' ? JSON.stringify(row[next++]) : String(row[next++])))
    .replace(/\$(\w+)/g, (whole, key) =>
      one !== null && typeof one === 'object' && key in one ? String((one as Record<string, unknown>)[key]) : whole,
    );
}

type Declare<B> = (name: string, body: B) => void;
type Rows = <T>(rows: readonly T[]) => (name: string, body: (...row: never[]) => unknown) => void;

function variants<B extends Body>(declare: (name: string, body: B, skipped: boolean) => void) {
  const plain: Declare<B> = (name, body) => declare(name, body, false);
  const skip: Declare<B> = (name, body) => declare(name, body, true);
  const each: Rows = (rows) => (name, body) => {
    for (const row of rows) {
      const values = Array.isArray(row) ? row : [row];
      plain(title(name, values), (() => body(...(values as never[]))) as B);
    }
  };
  return Object.assign(plain, {
    skip,
    each,
    skipIf: (condition: unknown) => (condition ? skip : plain),
    runIf: (condition: unknown) => (condition ? plain : skip),
  });
}

export const describe = variants((name: string, body: () => void, skipped) => {
  const suite = newSuite(name, current, skipped);
  current.entries.push(suite);
  current = suite;
  try {
    body();
  } finally {
    current = suite.parent!;
  }
});
export const it = variants((name: string, body: Body, skipped) => {
  current.entries.push({ name, body, skipped });
});
export const test = it;
export const suite = describe;

const hook = (kind: Hook) => (body: Body) => {
  current.hooks[kind].push(body);
};
export const beforeAll = hook('beforeAll');
export const afterAll = hook('afterAll');
export const beforeEach = hook('beforeEach');
export const afterEach = hook('afterEach');
export { expect };

const pathOf = (suite: Suite | null): Suite[] => (suite === null ? [] : [...pathOf(suite.parent), suite]);

async function runTest(test: Test, suite: Suite): Promise<void> {
  const around = pathOf(suite);
  try {
    for (const outer of around) for (const body of outer.hooks.beforeEach) await body();
    await test.body();
  } finally {
    for (const outer of around.reverse()) for (const body of outer.hooks.afterEach) await body();
  }
}

async function runSuite(suite: Suite, skipped: boolean, report: Report): Promise<void> {
  const fullName = (name: string) => [...pathOf(suite).map((outer) => outer.name), name].filter(Boolean).join(' › ');
  const attempt = async (name: string, body: () => Promise<void>): Promise<boolean> => {
    try {
      await body();
      return true;
    } catch (error) {
      report.failed++;
      const reason = error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
      report.failures.push({ name: fullName(name), reason });
      return false;
    }
  };
  const hooks = (kind: 'beforeAll' | 'afterAll') =>
    attempt(kind, async () => {
      for (const body of suite.hooks[kind]) await body();
    });
  if (!skipped && !(await hooks('beforeAll'))) return;
  for (const entry of suite.entries) {
    const skip = skipped || entry.skipped;
    if ('entries' in entry) await runSuite(entry, skip, report);
    else if (skip) report.skipped++;
    else if (await attempt(entry.name, () => runTest(entry, suite))) report.passed++;
  }
  if (!skipped) await hooks('afterAll');
}

/** Loads every file (each declares its tests), then runs all. A file that does not load is one failure. */
export async function runAll(files: Record<string, () => Promise<unknown>>): Promise<Report> {
  const report: Report = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const [name, load] of Object.entries(files)) {
    try {
      await load();
    } catch (error) {
      report.failed++;
      report.failures.push({ name, reason: error instanceof Error ? `${error.stack}` : String(error) });
    }
  }
  await runSuite(all, false, report);
  return report;
}
