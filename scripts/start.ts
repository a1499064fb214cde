/**
 * `npm start [-- <folder>] [-- --train]`: builds the extension and opens a real VS Code with it on a folder (default: a copy
 * of the sample workspace): the desktop `code` where there is one and a screen, else a headless VS Code on 127.0.0.1 whose
 * address is printed, until Ctrl-C. Runs and settings of the headless one live in .cache/start
 * (or $CELLSCOPE_START_HOME) and survive.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { listFiles, PackageManager } from '@vscode/vsce';
import { ensureVscodeServer, onPath } from '../test/harness/install.ts';
import { cache, root, temporaryFolder } from '../test/harness/paths.ts';
import { startServer } from '../test/harness/server.ts';
import { buildAll } from './build.ts';

const help = `npm start [-- [folder] [--train] [--headless] [--port N]]

  folder       what to open; default: a copy of the sample workspace
  --train      trains on it at once and opens the heatmap
  --headless   serves VS Code on 127.0.0.1 even where there is a desktop \`code\`
  --port N     of the headless VS Code; default: 8931, or any that is free`;

const companion = path.join(root, 'scripts/start-extension');

/** The folder to open: the one that was asked for, or a copy of the sample so that the repository stays clean. */
function workspace(asked: string | undefined): string {
  if (asked !== undefined) {
    const folder = path.resolve(process.env.INIT_CWD ?? '.', asked);
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
    console.error(`${folder} is not a folder. Name one that exists, or none for the sample workspace.`);
    process.exit(2);
  }
  const folder = path.join(temporaryFolder('start'), 'sample-workspace');
  cpSync(path.join(root, 'media/sample-workspace'), folder, { recursive: true });
  return folder;
}

/** Desktop VS Code's command, where a window could open. */
function desktop(): string | null {
  const screen = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  return screen ? onPath(['code', 'code-insiders', 'codium']) : null;
}

/** The extension, unpacked as VS Code unpacks a VSIX: the same files that the package holds. */
async function unpack(extensions: string): Promise<void> {
  rmSync(extensions, { recursive: true, force: true });
  const { publisher, name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const folder = path.join(extensions, `${publisher}.${name}-${version}`);
  for (const file of await listFiles({ cwd: root, packageManager: PackageManager.None })) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    cpSync(path.join(root, file), path.join(folder, file));
  }
}

/** `port`, where nobody listens there; else 0: any. */
function freePort(port: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer()
      .once('error', () => resolve(0))
      .once('listening', () => probe.close(() => resolve(port)))
      .listen(port, '127.0.0.1');
  });
}

async function serve(folder: string, train: boolean, port: number): Promise<void> {
  ensureVscodeServer();
  const home = process.env.CELLSCOPE_START_HOME ?? path.join(cache, 'start');
  const extensions = path.join(home, 'extensions');
  await unpack(extensions);
  if (train) cpSync(companion, path.join(extensions, 'cellscope.start-0.0.1'), { recursive: true });
  const token = randomBytes(16).toString('hex');
  const server = await startServer({
    home,
    token,
    port,
    ...(train ? { env: { CELLSCOPE_START: randomUUID() } } : {}),
  });
  const url = `http://127.0.0.1:${server.port}/?${new URLSearchParams({ tkn: token, folder })}`;
  console.log(`\nVS Code with Cellscope on ${folder}:\n\n  ${url}\n`);
  console.log(
    train
      ? 'Training starts when the page opens; the heatmap follows. Ctrl-C ends.'
      : 'F1, then "Cellscope: Train on Workspace". Ctrl-C ends.',
  );
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    server.process.once('exit', () => resolve());
  });
  await ended;
  await server.stop();
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    train: { type: 'boolean', default: false },
    headless: { type: 'boolean', default: false },
    port: { type: 'string', default: '8931' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}
const folder = workspace(positionals[0]);
await buildAll();
const code = values.headless ? null : desktop();
if (code && existsSync(code)) {
  const extensions = values.train ? [root, companion] : [root];
  const args = [...extensions.map((extension) => `--extensionDevelopmentPath=${extension}`), folder];
  const env = { ...process.env, ...(values.train ? { CELLSCOPE_START: randomUUID() } : {}) };
  console.log(`Opening ${folder} in ${code} …`);
  // On Windows `code` is a batch file: it needs a shell, and a shell needs quotes around paths with spaces.
  const windows = process.platform === 'win32';
  const quoted = (word: string): string => (windows ? `"${word}"` : word);
  const { status } = spawnSync(quoted(code), args.map(quoted), { stdio: 'inherit', env, shell: windows });
  process.exitCode = status ?? 1;
} else await serve(folder, values.train, await freePort(Number(values.port)));
