/** Nothing is opened on the network, and nothing needs it. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../harness/paths.ts';
import type { AbuseCase } from '../case.ts';
import { startHost } from '../hosts.ts';
import { beginRun } from '../runs.ts';
import { internetSockets } from '../sockets.ts';

/** A process without any network but, where asked for, its own loopback. */
const cutOff = (loopback: boolean): string[] => [
  '-n',
  'sh',
  '-c',
  `${loopback ? 'ip link set lo up && ' : ''}exec "$@"`,
  'sh',
];
const canCutOff = (): string | null =>
  process.platform === 'linux' && spawnSync('unshare', ['-n', 'true']).status === 0
    ? null
    : 'cutting a process off the network needs Linux, root and unshare';

export const noSockets: AbuseCase = {
  name: 'no-sockets',
  what: 'sockets of the process listed while it trains',
  unit: 'trainings',
  full: 10,
  quick: 1,
  skip: () => (existsSync('/proc/self/net/tcp') ? null : 'listing sockets needs Linux'),
  async run({ count, scratch, distribution }) {
    // The list must be able to find one.
    const server = createServer().listen(0, '127.0.0.1');
    await promisify((done: (error?: Error) => void) => server.once('listening', done))();
    assert.equal(internetSockets(process.pid).length > 0, true, 'an open socket was not found');
    server.close();
    const { begun } = await beginRun(distribution, scratch);
    let looks = 0;
    for (let k = 0; k < count; k++) {
      const folder = path.join(scratch, `run${k}`);
      cpSync(begun, folder, { recursive: true });
      const host = startHost({ distribution, folder, action: 'resume' });
      const seen = new Set<string>();
      const timer = setInterval(() => {
        for (const socket of internetSockets(host.process.pid!)) seen.add(socket);
        looks++;
      }, 10);
      const word = await host.ended;
      clearInterval(timer);
      assert.deepEqual([...seen], []);
      assert.ok(word?.kind === 'outcome' && word.state === 'finished', JSON.stringify(word));
    }
    return `none in ${looks} looks`;
  },
};

export const cutOffCommandLine: AbuseCase = {
  name: 'cut-off-command-line',
  what: 'the command line trains, evaluates, samples and reads activations with the network cut off',
  unit: 'times',
  full: 1,
  quick: 1,
  skip: canCutOff,
  async run({ scratch, distribution }) {
    const run = path.join(scratch, 'run');
    const cellscope = (...args: string[]): string =>
      execFileSync('unshare', [...cutOff(false), process.execPath, path.join(distribution, 'cli.cjs'), ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    const sources = path.join(root, 'test/fixtures/workspace');
    cellscope(
      'train',
      sources,
      '--out',
      run,
      '--chars',
      '20000',
      '--hidden',
      '16',
      '--sequence',
      '32',
      '--batch',
      '4',
      '--json',
    );
    cellscope('eval', run, sources, '--json');
    cellscope('sample', run, '--length', '50');
    cellscope('activations', run, path.join(sources, 'src/queue.ts'), '--cells', '1', '--json');
    return 'all done';
  },
};

export const cutOffHost: AbuseCase = {
  name: 'cut-off-host',
  what: 'the tests inside the extension host (train, inspect, gradients, cells, exports) with the network cut off',
  unit: 'times',
  full: 1,
  quick: 0,
  inVSCode: true,
  skip: () =>
    existsSync(path.join(root, '.cache/vscode-host/installed'))
      ? canCutOff()
      : 'run npm test once: it installs the headless VS Code',
  async run() {
    const command = [process.execPath, '--disable-warning=ExperimentalWarning', 'test/harness/run-host.ts'];
    const { status, stdout, stderr } = spawnSync('unshare', [...cutOff(true), ...command], {
      cwd: root,
      encoding: 'utf8',
      timeout: 900_000,
      env: { ...process.env, NO_COLOR: '1', CELLSCOPE_TEST_ONLY: 'in the extension host' },
      maxBuffer: 64 * 2 ** 20,
    });
    const passed = stdout.match(/^ {4}ok /gm)?.length ?? 0;
    assert.equal(status, 0, `${stdout}\n${stderr}`.slice(-5000));
    assert.ok(passed > 0, 'no test ran');
    return `${passed} tests passed`;
  },
};
