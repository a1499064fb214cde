/** VS Code's own extension host killed while the extension trains in it: the run is whole, and a resume ends it. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Random } from '../../../src/core/random.ts';
import { ensureBrowser } from '../../harness/install.ts';
import { cache, root } from '../../harness/paths.ts';
import { openSession, type Session } from '../../harness/session.ts';
import { until } from '../../harness/workbench.ts';
import type { AbuseCase } from '../case.ts';
import { assertReadable, resume, wait } from '../runs.ts';

/** Some seconds of training. */
const settings = {
  'cellscope.training.hiddenSize': 24,
  'cellscope.training.characters': 3_000_000,
  'cellscope.training.patience': 0,
  'cellscope.training.threads': 1,
  'cellscope.training.confirm': 'never',
  'cellscope.training.openWhenStarted': 'none',
  'cellscope.files.minimumCount': 1,
  'cellscope.cells.findAfterTraining': false,
};
/** Within so many milliseconds after the run's first file is there. */
const span = 2500;

export const killedExtensionHost: AbuseCase = {
  name: 'killed-extension-host',
  what: "VS Code's own extension host killed (SIGKILL) while the extension trains in it",
  unit: 'kills',
  full: 5,
  quick: 0,
  inVSCode: true,
  skip: () => {
    if (process.platform !== 'linux') return 'finding the extension host needs /proc';
    if (!existsSync(path.join(cache, 'vscode-host/installed')))
      return 'run npm test once: it installs the headless VS Code';
    return ensureBrowser() ? null : 'there is no browser to show VS Code in';
  },
  async run({ count, distribution, seed, progress }) {
    const random = new Random(seed);
    let unfinished = 0;
    for (let k = 0; k < count; k++) {
      progress(`${k} of ${count}`);
      const session = await openSession({ folder: path.join(root, 'test/fixtures/workspace'), settings });
      try {
        const runs = path.join(session.server.folder, 'user/User/globalStorage/cellscope.cellscope/runs');
        await session.workbench.command('Cellscope: Train on Workspace');
        const name = await until('a run', async () => existsSync(runs) && readdirSync(runs)[0]);
        const folder = path.join(runs, name);
        await until('its first file', async () => existsSync(path.join(folder, 'run.json')));
        await wait(random.next() * span);
        const hosts = extensionHostsOf(session);
        assert.ok(hosts.length > 0, 'no extension host was found');
        for (const host of hosts) process.kill(host, 'SIGKILL');
        // Until the server has noticed: a process that is dead and still listed counts as alive.
        await until('the end of the extension host', async () => !hosts.some((host) => existsSync(`/proc/${host}`)));
        await assertReadable(folder);
        const { state } = JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8')) as { state: string };
        if (state === 'running') unfinished++;
        const outcome = await resume(distribution, folder).catch((error: Error & { code?: string }) => error);
        if (outcome instanceof Error) assert.equal(outcome.code, 'no-generation', outcome.message);
        else assert.equal(outcome.state, 'finished');
      } finally {
        await session.close();
      }
    }
    assert.ok(unfinished > 0, 'no kill came before the end of a training');
    return `${unfinished} in the middle of a training; each run was whole and was resumed to its end`;
  },
};

/** Process ids of a server's extension hosts. */
function extensionHostsOf({ server }: Session): number[] {
  const parentOf = (process: number): number =>
    Number(/^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${process}/status`, 'utf8'))?.[1] ?? 0);
  return readdirSync('/proc')
    .map(Number)
    .filter((process) => {
      try {
        if (!readFileSync(`/proc/${process}/cmdline`, 'utf8').includes('--type=extensionHost')) return false;
        for (let at = process; at > 1; at = parentOf(at)) if (at === server.process.pid) return true;
      } catch {
        // It has ended meanwhile.
      }
      return false;
    });
}
