/**
 * VS Code's own extension host killed while the extension trains in it. One window with the packaged extension, as people
 * have it, in which a run is killed a few times in a row, resumed each time by the extension's command, and ended.
 *
 * What becomes of the window is VS Code's rule (found in the workbench's code and logs; nothing of the extension's own
 * outlives its host): the host of an ordinary window is started again by itself after a first and a second crash; after
 * the third and each further one within five minutes a notification offers "Restart Remote Extension Host", which is
 * pressed here. In a window in extension development mode VS Code never starts the host again: commands are "not found"
 * until the window is reloaded. So the extension is not in development mode here.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { parseManifest } from '../../../src/core/formats/manifest-file.ts';
import { lockFile } from '../../../src/core/formats/run-lock.ts';
import { Random } from '../../../src/core/random.ts';
import { ensureBrowser } from '../../harness/install.ts';
import { cache, root } from '../../harness/paths.ts';
import { openSession, type Session } from '../../harness/session.ts';
import { until } from '../../harness/workbench.ts';
import { type AbuseCase, milliseconds } from '../case.ts';
import { assertReadable, resume, wait, weightsOf } from '../runs.ts';

/** Some ten seconds of training. */
const settings = {
  'cellscope.training.hiddenSize': 24,
  'cellscope.training.characters': 8_000_000,
  'cellscope.training.patience': 0,
  'cellscope.training.threads': 1,
  'cellscope.training.confirm': 'never',
  'cellscope.training.openWhenStarted': 'none',
  'cellscope.files.minimumCount': 1,
  'cellscope.cells.findAfterTraining': false,
};
/** Milliseconds after its begin within which a training is killed, and after the begin of a save where it is killed in one. */
const span = 2500;
const saveSpan = 25;
/** A run is killed so often before it may end. */
const killsOfARun = 10;

export const killedExtensionHost: AbuseCase = {
  name: 'killed-extension-host',
  what: "VS Code's own extension host killed (SIGKILL) at random instants of a training and of a save, in one window",
  unit: 'kills',
  full: 50,
  quick: 0,
  inVSCode: true,
  skip: () => {
    if (process.platform !== 'linux') return 'finding the extension host needs /proc';
    if (!existsSync(path.join(cache, 'vscode-host/installed')))
      return 'run npm test once: it installs the headless VS Code';
    return ensureBrowser() ? null : 'there is no browser to show VS Code in';
  },
  async run({ count, scratch, distribution, seed, progress }) {
    const random = new Random(seed);
    await promisify(execFile)(process.execPath, ['scripts/package.ts', '--built', '--to', scratch], { cwd: root });
    const packaged = path.join(scratch, readdirSync(scratch).find((name) => name.endsWith('.vsix'))!);
    const session = await openSession({ folder: path.join(root, 'test/fixtures/workspace'), settings, packaged });
    try {
      const window = new KilledWindow(session);
      const seen = { early: 0, training: 0, saving: 0, ended: 0 };
      let slowest = 0;
      for (let k = 0, n = 0; k < count; n++) {
        const folder = await window.train();
        const twin = path.join(scratch, `twin${n}`);
        for (let kills = 0; kills < killsOfARun && k < count; kills++) {
          progress(`${k} of ${count}`);
          if (kills > 0) await window.resume(folder);
          await (k % 2 === 0 ? wait(random.next() * span) : inNextSave(folder, random));
          await window.kill();
          k++;
          await assertReadable(folder);
          const state = stateOf(folder);
          seen[state]++;
          slowest = Math.max(slowest, await window.restart());
          if (state === 'early') await assertNothingToResume(distribution, folder);
          if (state === 'early' || state === 'ended') break;
          // What the same run comes to when nobody kills it any more.
          if (!existsSync(twin)) cpSync(folder, twin, { recursive: true });
        }
        if (!existsSync(twin)) continue;
        const undisturbed = resume(distribution, twin);
        if (stateOf(folder) !== 'ended') await window.end(folder);
        assert.equal((await undisturbed).state, 'finished');
        assert.ok(weightsOf(folder).equals(weightsOf(twin)), `run ${n}: other weights than without the kills`);
      }
      const { early, training, saving, ended } = seen;
      assert.ok(training + saving > 0, 'no kill came in the middle of a training');
      return [
        `${training} in a training, ${saving} in a save, ${early} before the first checkpoint, ${ended} after the end`,
        'every run was resumed by command in the same window and came to the same weights',
        `VS Code's host back within ${milliseconds(slowest)}`,
      ].join('; ');
    } finally {
      await session.close();
    }
  },
};

class KilledWindow {
  private readonly session: Session;
  private readonly runs: string;
  private readonly known = new Set<string>();

  constructor(session: Session) {
    this.session = session;
    this.runs = path.join(session.server.folder, 'user/User/globalStorage/cellscope.cellscope/runs');
  }

  /** Starts a run; resolves with its folder when that is one. */
  async train(): Promise<string> {
    await this.session.workbench.command('Cellscope: Train on Workspace');
    const name = await until('a run', async () =>
      existsSync(this.runs) ? readdirSync(this.runs).find((each) => !this.known.has(each)) : null,
    );
    this.known.add(name);
    const folder = path.join(this.runs, name);
    await until('its first file', async () => existsSync(path.join(folder, 'run.json')));
    return folder;
  }

  /** Resumes the one run that has not ended; resolves when it trains. */
  async resume(folder: string): Promise<void> {
    const before = holderOf(folder);
    await this.session.workbench.command('Cellscope: Resume Training');
    await until('the run to go on', async () => ![null, before].includes(holderOf(folder)));
  }

  /** Kills the extension hosts; resolves when the server knows it: a process that is dead and still listed counts as alive. */
  async kill(): Promise<void> {
    const hosts = extensionHostsOf(this.session);
    assert.ok(hosts.length > 0, 'no extension host was found');
    for (const host of hosts) process.kill(host, 'SIGKILL');
    await until('the end of the extension host', async () => !hosts.some((host) => existsSync(`/proc/${host}`)));
  }

  /** Has VS Code start its host again, as it offers; resolves with the milliseconds of that. */
  async restart(): Promise<number> {
    const start = performance.now();
    const { workbench } = this.session;
    const offer = workbench.toasts(/terminated unexpectedly 3 times/).getByText(/^Restart .*Extension Host$/);
    await until("VS Code's own offer or a new extension host", async () => {
      if (await offer.isVisible()) await offer.click({ timeout: 1000 });
      return extensionHostsOf(this.session).length > 0;
    });
    return performance.now() - start;
  }

  /** Resumes the run to its end; resolves when the training has let go of it. */
  async end(folder: string): Promise<void> {
    await this.resume(folder);
    await until('the end of the training', async () => stateOf(folder) === 'ended', 120_000);
    await until('its lock to be released', async () => holderOf(folder) === null);
    await this.session.workbench.clearToasts();
  }
}

/** A run that was killed before its first checkpoint says so; it is removed, so that there is one run to resume. */
async function assertNothingToResume(distribution: string, folder: string): Promise<void> {
  await assert.rejects(resume(distribution, folder), { code: 'no-generation' });
  rmSync(folder, { recursive: true });
}

/** Waits until the next generation is begun, and a little; or for as long as a save may take to come. */
async function inNextSave(folder: string, random: Random): Promise<void> {
  const newest = newestOf(folder);
  const end = performance.now() + 2 * span;
  while (newestOf(folder) === newest && performance.now() < end) await wait(1);
  await wait(random.next() * saveSpan);
}

/** Number of the newest generation that is there, whole or not. */
function newestOf(folder: string): number {
  const checkpoints = path.join(folder, 'checkpoints');
  return existsSync(checkpoints) ? Math.max(0, ...readdirSync(checkpoints).map(Number).filter(Number.isInteger)) : 0;
}

/** Where a kill came: before there was a checkpoint to resume from, in a training, in a save, after the end. */
function stateOf(folder: string): 'early' | 'training' | 'saving' | 'ended' {
  const { state, current } = parseManifest(readFileSync(path.join(folder, 'run.json')));
  assert.match(state, /^(running|finished)$/);
  if (state === 'finished') return 'ended';
  const pointer = path.join(folder, 'checkpoints/current.json');
  if (!existsSync(pointer)) return 'early';
  return newestOf(folder) === current ? 'training' : 'saving';
}

/** Who holds the lock of a run, or held it when it was killed. */
function holderOf(folder: string): string | null {
  try {
    return (JSON.parse(readFileSync(path.join(folder, lockFile), 'utf8')) as { token: string }).token;
  } catch {
    return null;
  }
}

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
