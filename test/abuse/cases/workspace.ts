/** A workspace far larger than anything that is trained on. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { cache, root } from '../../harness/paths.ts';
import { type AbuseCase, megabytes, milliseconds } from '../case.ts';
import type { ReadingOrder, ReadingResult } from '../child/reading.ts';
import type { HostReading } from '../in-host/reading.ts';
import { largeWorkspaceOf } from '../large-workspace.ts';

/** What a reading may hold: a name and a size of every file, and what is under way. Bytes. */
const perFile = 1500;
const underWay = 200 * 2 ** 20;

export const largeWorkspace: AbuseCase = {
  name: 'large-workspace',
  what: 'a workspace read whole, sampled, and cancelled at random instants',
  unit: 'files',
  full: 200_000,
  quick: 1_500,
  async run({ count, distribution, seed, progress }) {
    const { folder, bytes } = await largeWorkspaceOf(distribution, count, progress);
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

export const largeWorkspaceInHost: AbuseCase = {
  name: 'large-workspace-host',
  what: 'the same inside the extension host: trained on by the command, and cancelled at six instants',
  unit: 'files',
  full: 200_000,
  quick: 0,
  inVSCode: true,
  skip: () =>
    existsSync(path.join(cache, 'vscode-host/installed'))
      ? null
      : 'run npm test once: it installs the headless VS Code',
  async run({ count, scratch, distribution, progress }) {
    const { folder } = await largeWorkspaceOf(distribution, count, progress);
    const small = path.join(scratch, 'window');
    mkdirSync(small);
    progress('reading');
    // Below the extension's folder: what lies there gets the extension's own `vscode`, and can press its Cancel.
    const entry = path.join(cache, 'abuse/reading.cjs');
    const results = path.join(scratch, 'reading.json');
    await build({
      absWorkingDir: root,
      entryPoints: ['test/abuse/in-host/reading.ts'],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external: ['vscode'],
      outfile: entry,
      logLevel: 'warning',
    });
    // The window shows another folder: watching this one would be VS Code's work, not ours.
    await runTests({
      vscodeExecutablePath: path.join(root, 'test/harness/code.sh'),
      extensionDevelopmentPath: root,
      extensionTestsPath: entry,
      launchArgs: [small],
      extensionTestsEnv: { CELLSCOPE_ABUSE_FOLDER: folder, CELLSCOPE_ABUSE_OUT: results },
    });
    const { files, seconds, peak, delay, cancel } = JSON.parse(readFileSync(results, 'utf8')) as HostReading;
    const longest = Math.max(...cancel);
    assert.ok(files > 1000, `${files} files`);
    assert.ok(longest < 3000, `cancelled after ${milliseconds(longest)}`);
    assert.ok(peak < 800 * 2 ** 20 + perFile * count, megabytes(peak));
    return `a sample of ${files.toLocaleString('en-US')} files read and split in ${seconds.toFixed(0)} s; memory +${megabytes(peak)} at most with the worker's; cancelled within ${milliseconds(longest)}; event loop p99 ${milliseconds(delay.p99)}, longest ${milliseconds(delay.max)}`;
  },
};
