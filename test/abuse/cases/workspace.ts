/** A workspace far larger than anything that is trained on. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type AbuseCase, megabytes, milliseconds } from '../case.ts';
import type { ReadingOrder, ReadingResult } from '../child/reading.ts';
import { makeWorkspace } from '../large-workspace.ts';

/** What a reading may hold: a name and a size of every file, and what is under way. Bytes. */
const perFile = 1500;
const underWay = 200 * 2 ** 20;

export const largeWorkspace: AbuseCase = {
  name: 'large-workspace',
  what: 'a workspace read whole, sampled, and cancelled at random instants',
  unit: 'files',
  full: 200_000,
  quick: 1_500,
  async run({ count, scratch, distribution, seed, progress }) {
    const folder = path.join(scratch, 'workspace');
    mkdirSync(folder);
    const bytes = await makeWorkspace(folder, count, progress);
    progress('reading');
    const order: ReadingOrder = { folder, distribution, seed, cancellations: 10 };
    const child = fork(path.join(import.meta.dirname, '../child/reading.ts'), [JSON.stringify(order)], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    let result: ReadingResult | null = null;
    child.on('message', (message: ReadingResult) => {
      result = message;
    });
    await new Promise((resolve) => child.on('close', resolve));
    assert.ok(result, 'the reading ended without a result');
    const { sample, whole, peak, delay, cancel } = result as ReadingResult;
    assert.ok(whole.files > 0.99 * count, `${whole.files} files were read`);
    assert.ok(sample.bytes <= 20_000_000, `a sample of ${megabytes(sample.bytes)}`);
    assert.ok(peak < underWay + perFile * count, `${megabytes(peak)} for ${count} files`);
    assert.ok(cancel.longest < 2000, `cancelled after ${milliseconds(cancel.longest)}`);
    return [
      `${megabytes(bytes)} on disk, ${megabytes(whole.bytes)} of text read in ${whole.seconds.toFixed(0)} s, a sample in ${sample.seconds.toFixed(0)} s`,
      `memory +${megabytes(peak)} at most`,
      `cancelled within ${milliseconds(cancel.longest)}`,
      `event loop p99 ${milliseconds(delay.p99)}, longest ${milliseconds(delay.max)}`,
    ].join('; ');
  },
};
