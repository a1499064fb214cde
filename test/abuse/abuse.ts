/**
 * `npm run abuse [-- NAME …] [--quick] [--count N] [--seed N] [--list]`: mistreats the product with real processes, files
 * and disks, and prints one table of what it stood. Ends with 1 where it did not. In full it takes long; what
 * `--quick` does is part of `npm test`.
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildAll } from '../../scripts/build.ts';
import { temporaryFolder } from '../harness/paths.ts';
import { buildDistribution } from './distribution.ts';
import { cases } from './registry.ts';
import { type CaseResult, runCase } from './run-case.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    count: { type: 'string' },
    seed: { type: 'string' },
  },
});

if (values.list) {
  for (const { name, what, full, quick, unit } of cases)
    console.log(`${name}: ${what} (${full} ${unit}, quick ${quick})`);
  process.exit(0);
}
const unknown = positionals.find((name) => !cases.some((each) => each.name === name));
if (unknown !== undefined) {
  console.error(`There is no case ${unknown}. Cases: ${cases.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const chosen = cases.filter(
  ({ name, quick }) => (positionals.length === 0 && (!values.quick || quick > 0)) || positionals.includes(name),
);

const distribution = temporaryFolder('abuse-distribution');
const rows: string[] = ['| what is done | how often | result |', '|---|---:|---|'];
const start = performance.now();
let failed = 0;
let done = 0;
/** The table so far. */
const print = (): void => {
  const minutes = ((performance.now() - start) / 60_000).toFixed(0);
  console.log(`\n${rows.join('\n')}\n\n${done - failed} of ${chosen.length} stood, in ${minutes} minutes`);
};
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    print();
    rmSync(distribution, { recursive: true, force: true });
    process.exit(130);
  });
try {
  if (chosen.some(({ inVSCode }) => inVSCode)) await buildAll({ minify: true });
  await buildDistribution(distribution);
  for (const each of chosen) {
    const count = values.count === undefined ? (values.quick ? each.quick || 1 : each.full) : Number(values.count);
    const result: CaseResult = await runCase(each, {
      count,
      distribution,
      ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
      progress: (text) => process.stderr.isTTY && process.stderr.write(`\r\u001b[2K${each.name}: ${text}`),
    });
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
    console.error(`${each.name}: ${result.state} (${result.seconds.toFixed(0)} s)\n  ${result.words}`);
    done++;
    if (result.state === 'failed') failed++;
    const words = { stood: result.words, failed: 'FAILED', skipped: `SKIPPED: ${result.words}` }[result.state];
    rows.push(`| ${each.what} | ${count.toLocaleString('en-US')} ${each.unit} | ${words} |`);
  }
} finally {
  rmSync(distribution, { recursive: true, force: true });
}
print();
process.exit(failed > 0 ? 1 : 0);
