/** The same thing over and over in one process: nothing that it holds may grow. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import path from 'node:path';
import { type AbuseCase, megabytes } from '../case.ts';
import type { CyclesOrder, Holdings } from '../child/cycles.ts';

/**
 * Growth of memory that counts as none, bytes a cycle: a worker that were kept would cost some megabytes. Node's own workers,
 * started and ended with nothing to do, take 3 to 12 KB each in their first hundreds, and less and less.
 */
const noGrowth = 8_000;
/** Samples, of ten cycles each, below which all is warming up: code is compiled, the allocator takes what it will keep. */
const fewest = 100;

export const manyCycles: AbuseCase = {
  name: 'many-cycles',
  what: 'open, train, inspect and close a tiny model in one process',
  unit: 'cycles',
  full: 2000,
  quick: 20,
  async run({ count, distribution, scratch, progress }) {
    const order: CyclesOrder = { count, distribution, scratch };
    const child = fork(path.join(import.meta.dirname, '../child/cycles.ts'), [JSON.stringify(order)], {
      execArgv: ['--disable-warning=ExperimentalWarning', '--expose-gc'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const seen: Holdings[] = [];
    child.on('message', (message: Holdings) => {
      seen.push(message);
      progress(`${message.cycle} of ${count}, ${megabytes(message.rss)}`);
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(code, 0);
    const [first, last] = [seen[0]!, seen.at(-1)!];
    for (const what of ['files', 'threads', 'resources'] as const)
      assert.ok(last[what] <= first[what] + 1, `${what}: ${first[what]} before, ${last[what]} after`);
    const counts = `${last.files} open files, ${last.threads} threads and ${last.resources} handles after, ${first.files}, ${first.threads} and ${first.resources} before`;
    if (seen.length < fewest) return counts;
    const settled = seen.slice(Math.floor(seen.length / 2));
    const rss = slope(settled, 'rss');
    const heap = slope(settled, 'heap');
    assert.ok(
      rss < noGrowth && heap < noGrowth / 8,
      `memory grows: ${rss.toFixed(0)} bytes a cycle, ${heap.toFixed(0)} of them heap`,
    );
    return `${megabytes(last.rss)} at the end, ${(rss / 1024).toFixed(1)} KB a cycle more, heap ${(heap / 1024).toFixed(1)} KB; ${counts}`;
  },
};

/** Least squares over the cycles, bytes a cycle. */
function slope(points: readonly Holdings[], what: 'rss' | 'heap'): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = points.map(({ cycle }) => cycle);
  const y = points.map((point) => point[what]);
  const [mx, my] = [mean(x), mean(y)];
  const covariance = x.reduce((sum, value, k) => sum + (value - mx) * (y[k]! - my), 0);
  return covariance / x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
}
