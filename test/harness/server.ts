/** A real VS Code server on 127.0.0.1, with its own throw-away settings, extensions and data. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { vscodeServer } from './install.ts';
import { temporaryFolder } from './paths.ts';

const main = path.join(vscodeServer, 'out/server-main.js');

/** Nothing that phones home, updates or pops up; hovers come at once. */
const quietSettings = {
  'chat.disableAIFeatures': true,
  'editor.hover.delay': 100,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'npm.fetchOnlinePackageInfo': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.autoDetectColorScheme': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

export interface ServerOptions {
  settings?: Record<string, unknown>;
  env?: Record<string, string>;
  /** Packaged extensions to install first, as people do. */
  vsix?: readonly string[];
  /** Workspace trust is on and not given: restricted mode. Else it is off. */
  untrusted?: boolean;
  /** 0: any free port. */
  port?: number;
  /** Where settings, extensions and data live, and stay; default: a temporary folder that goes with the server. */
  home?: string;
  /** Needed then in the address (`tkn`); without one any local process may connect: for tests. */
  token?: string;
}

export interface Server {
  readonly port: number;
  readonly folder: string;
  readonly process: ChildProcess;
  /** Everything the server printed. */
  output(): string;
  stop(): Promise<void>;
}

function folders(folder: string): string[] {
  return [
    '--accept-server-license-terms',
    ...['--server-data-dir', path.join(folder, 'data')],
    ...['--user-data-dir', path.join(folder, 'user')],
    ...['--extensions-dir', path.join(folder, 'extensions')],
  ];
}

function installVsix(folder: string, vsix: string, env: NodeJS.ProcessEnv): void {
  const result = spawnSync(process.execPath, [main, ...folders(folder), '--install-extension', vsix], {
    env,
    encoding: 'utf8',
  });
  if (result.status !== 0 || !/successfully installed/.test(result.stdout))
    throw new Error(`VS Code did not install ${vsix}:\n${result.stdout}${result.stderr}`);
}

/** The port of a server that has printed it. Rejects with the server's words where it ends or is silent for a minute. */
function listening(child: ChildProcess, output: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`VS Code's server did not start in 60 s:\n${output()}`)), 60_000);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    child.stdout!.on('data', () => {
      const match = /Extension host agent listening on (\d+)/.exec(output());
      if (match) settle(() => resolve(Number(match[1])));
    });
    child.on('error', (error) => settle(() => reject(error)));
    child.on('exit', (code) => settle(() => reject(new Error(`VS Code's server ended with ${code}:\n${output()}`))));
  });
}

/** Starts a server in its own process group and waits until it listens. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const folder = options.home ?? temporaryFolder('vscode');
  for (const name of ['user/User', 'extensions', 'tmp']) mkdirSync(path.join(folder, name), { recursive: true });
  const trust = options.untrusted
    ? { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' }
    : { 'security.workspace.trust.enabled': false };
  const settings = { ...quietSettings, ...trust, ...options.settings };
  const settingsFile = path.join(folder, 'user/User/settings.json');
  if (!existsSync(settingsFile)) writeFileSync(settingsFile, JSON.stringify(settings, null, 2));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: folder,
    TMPDIR: path.join(folder, 'tmp'),
    XDG_RUNTIME_DIR: path.join(folder, 'tmp'),
    EXTENSIONS_GALLERY: '{}',
    ...options.env,
  };
  for (const vsix of options.vsix ?? []) installVsix(folder, vsix, env);
  const child = spawn(
    process.execPath,
    [
      main,
      ...folders(folder),
      ...['--host', '127.0.0.1', '--port', String(options.port ?? 0)],
      ...(options.token ? ['--connection-token', options.token] : ['--without-connection-token']),
      ...['--without-browser-env-var', '--force-disable-user-env', '--telemetry-level', 'off'],
      ...(options.untrusted ? [] : ['--disable-workspace-trust']),
      ...['--log', 'info'],
    ],
    { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  const log = path.join(folder, 'server.log');
  writeFileSync(log, '');
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk;
      appendFileSync(log, chunk);
    });
  const output = () => printed;

  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(-child.pid!, name);
    } catch {
      // The group has ended already.
    }
  };
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.on('exit', resolve));
      signal('SIGTERM');
      const timer = setTimeout(() => signal('SIGKILL'), 5_000);
      await gone;
      clearTimeout(timer);
    }
    signal('SIGKILL'); // the group's stragglers: extension hosts that outlive the server
    if (!options.home) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    return { port: await listening(child, output), folder, process: child, output, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
