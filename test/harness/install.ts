/**
 * Brings what the tests inside a real VS Code need and a clone does not have: a headless VS Code server (from npm, pinned by
 * its own lock file) and a browser to show its workbench. Both are looked for first, so that a second run needs no network.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { cache, root } from './paths.ts';

const manifest = path.join(root, 'test/harness/vscode-host');
const host = path.join(cache, 'vscode-host');

/** The server's own folder (`out/server-main.js` is its entry). */
export const vscodeServer = path.join(host, 'node_modules/code-server/lib/vscode');

/** Hash of everything that decides what is installed: a changed lock file, stub or step here installs again. */
function wanted(): string {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  hash.update(readFileSync(import.meta.filename));
  const files = readdirSync(manifest, { recursive: true, encoding: 'utf8' }).sort();
  for (const file of files) {
    const full = path.join(manifest, file);
    if (statSync(full).isFile()) hash.update(file).update(readFileSync(full));
  }
  return hash.digest('hex');
}

/** Installs the headless VS Code into `.cache/vscode-host` unless it is there. Throws with npm's own words where npm fails. */
export function ensureVscodeServer(): void {
  const stamp = path.join(host, 'installed');
  const version = wanted();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version) return;
  console.log('Installing a headless VS Code into .cache/vscode-host (once, about half a minute) …');
  const fresh = `${host}-${process.pid}`;
  mkdirSync(cache, { recursive: true });
  try {
    cpSync(manifest, fresh, { recursive: true });
    const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--install-links=true', '--loglevel=error'], {
      cwd: fresh,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    if (npm.status !== 0)
      throw new Error(
        `npm ci of the headless VS Code failed; it needs the npm registry once.\n${npm.stdout ?? ''}${npm.stderr ?? npm.error}`,
      );
    const server = path.join(fresh, 'node_modules/code-server/lib/vscode');
    // The server and its browser client look for their packages here; npm installed them flat, three folders up.
    rmSync(path.join(server, 'node_modules'), { recursive: true, force: true });
    symlinkSync('../../..', path.join(server, 'node_modules'), 'junction');
    rmSync(path.join(server, 'extensions/copilot'), { recursive: true, force: true });
    silenceTypeScript(path.join(server, 'extensions/typescript-language-features'));
    writeFileSync(path.join(fresh, 'installed'), version);
    rmSync(host, { recursive: true, force: true });
    renameSync(fresh, host);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** The TypeScript extension asks, in a notification, for a tsserver that the package leaves out: an empty one takes its place. */
function silenceTypeScript(folder: string): void {
  const { name, publisher, version, engines } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  const empty = { name, publisher, version, engines, main: './empty.js', extensionKind: ['workspace'] };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(empty));
  writeFileSync(path.join(folder, 'empty.js'), 'exports.activate = () => {};');
}

const browserNames = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'google-chrome-beta',
  'microsoft-edge',
  'chrome',
];
const browserPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** First of `names` on the PATH, or null. */
export function onPath(names: readonly string[]): string | null {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  for (const name of names)
    for (const folder of folders)
      for (const ending of process.platform === 'win32' ? ['.exe', '.cmd'] : ['']) {
        const file = path.join(folder, name + ending);
        if (executable(file)) return file;
      }
  return null;
}

function installedBrowser(): string | null {
  const chosen = process.env.CHROME_PATH;
  if (chosen) {
    if (executable(chosen)) return chosen;
    throw new Error(`CHROME_PATH names ${chosen}, which is not an executable file. Correct or unset it.`);
  }
  return onPath(browserNames) ?? browserPaths.find(executable) ?? null;
}

/**
 * The path of a Chrome or Chromium: `$CHROME_PATH`, any that is installed, else Debian's package where this is Debian (or its
 * kin) and we are root. Null, after one message, where there is none.
 */
export function ensureBrowser(): string | null {
  const found = installedBrowser();
  if (found) return found;
  if (existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    console.log('Installing chromium with apt-get (once) …');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args: string[]) => spawnSync('apt-get', ['-qq', ...args], { env, encoding: 'utf8' });
    const install = () => apt('install', '-y', '--no-install-recommends', 'chromium');
    let result = install();
    if (result.status !== 0) {
      apt('update');
      result = install();
    }
    const installed = installedBrowser();
    if (installed) return installed;
    if (result.stderr) console.error(result.stderr);
  }
  console.error(
    'No Chrome or Chromium found: install one (Debian: apt-get install chromium) or name it in CHROME_PATH. ' +
      'The tests inside VS Code are skipped.',
  );
  return null;
}
