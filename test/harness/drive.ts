/**
 * Opens the extension in a headless workbench, does a list of things in order and takes pictures: the quickest way to look at
 * the real thing.
 *
 *   node test/harness/drive.ts --folder media/sample-workspace --theme light \
 *     --open main.ts --do 'Cellscope: Train on Workspace' --wait 10 --shot training --hover 3:7 --shot hover
 *
 * --folder F     workspace (copied)                --theme light|dark|hc-dark|hc-light
 * --vsix F       the packaged extension instead of development mode
 * --language de  display language (extensions speak it, VS Code itself stays English)
 * --setting k=v  one user setting, v as JSON       --size 1400x900
 * --build        builds first                      --env K=V  for the extension host
 * In order: --do COMMAND (palette name) · --open FILE · --goto L:C · --hover L:C · --press KEYS · --type TEXT · --pick TEXT (a
 * quick pick's row) · --click TEXT (a button's or link's text in the workbench) · --in 'TESTID SELECTOR' (click in a webview) ·
 * --wait SECONDS · --see TEXT (waits up to 2 minutes) · --settheme T · --shot NAME (shots/NAME.png or a path) · --text
 * (prints every webview's text) · --toasts (prints notifications) · --log (prints the extension's output channels)
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.ts';
import { openSession, type Session, type SessionOptions, type Theme } from './session.ts';
import type { Place } from './workbench.ts';

const switches = new Set(['build', 'text', 'toasts', 'log']);
const args = process.argv.slice(2);
const steps: [string, string][] = [];
while (args.length > 0) {
  const name = args.shift()!.replace(/^--/, '');
  steps.push([name, switches.has(name) ? '' : (args.shift() ?? '')]);
}
const last = (name: string) => steps.findLast(([key]) => key === name)?.[1];
const pairs = (name: string) =>
  Object.fromEntries(
    steps.filter(([key]) => key === name).map(([, v]) => [v.slice(0, v.indexOf('=')), v.slice(v.indexOf('=') + 1)]),
  );

if (steps.some(([name]) => name === 'build')) {
  const { status } = spawnSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

const [width, height] = (last('size') ?? '1400x900').split('x').map(Number);
const sample = path.join(root, 'media/sample-workspace');
const options: SessionOptions = {
  folder: last('folder') ?? (existsSync(sample) ? sample : path.join(root, 'src/core')),
  theme: (last('theme') ?? 'dark') as Theme,
  env: pairs('env'),
  settings: Object.fromEntries(Object.entries(pairs('setting')).map(([key, value]) => [key, JSON.parse(value)])),
  size: { width: width!, height: height! },
};
const language = last('language');
if (language) options.language = language;
const vsix = last('vsix');
if (vsix) options.packaged = path.resolve(vsix);

const place = (text: string): Place => {
  const [line, column] = text.split(':').map(Number);
  return { line: line!, column: column ?? 1 };
};

function printLogs(session: Session): void {
  const folder = path.join(session.server.folder, 'data/data/logs');
  const base = existsSync(folder) ? folder : session.server.folder;
  for (const file of readdirSync(base, { recursive: true, encoding: 'utf8' }))
    if (/(cellscope|remoteexthost)[^/]*\.log$/i.test(file) || /Cellscope.*\.log$/.test(file))
      console.log(`--- ${file}\n${readFileSync(path.join(base, file), 'utf8')}`);
}

const actions: Record<string, (session: Session, value: string) => Promise<unknown>> = {
  do: ({ workbench }, value) => workbench.command(value.replace(/^command:/, '')),
  open: ({ workbench }, value) => workbench.openFile(value),
  goto: ({ workbench }, value) => workbench.goTo(place(value)),
  hover: async ({ workbench }, value) => console.log(await workbench.hover(place(value), '')),
  press: ({ workbench }, value) => workbench.page.keyboard.press(value),
  type: ({ workbench }, value) => workbench.page.keyboard.type(value),
  pick: ({ workbench }, value) => workbench.quickRows(value).first().click(),
  click: ({ workbench }, value) => workbench.page.getByText(value).first().click(),
  in: async ({ workbench }, value) => {
    const [id, ...selector] = value.split(' ');
    const frame = await workbench.webview(`[data-testid="${id}"]`);
    await frame.locator(selector.join(' ')).first().click();
  },
  wait: (_, value) => new Promise((resolve) => setTimeout(resolve, Number(value) * 1000)),
  see: ({ workbench }, value) => workbench.page.getByText(value).first().waitFor({ timeout: 120_000 }),
  settheme: (session, value) => session.setTheme(value as Theme),
  shot: async ({ workbench }, value) => console.log(await workbench.shot(value)),
  text: async ({ workbench }) => {
    for (const frame of workbench.page.frames())
      if (frame.parentFrame()?.parentFrame()) console.log((await frame.locator('body').allInnerTexts()).join());
  },
  toasts: async ({ workbench }) => console.log(await workbench.toasts().allInnerTexts()),
  log: async (session) => printLogs(session),
};

const session = await openSession(options);
session.browser.page.on('console', (message) => {
  if (message.type() === 'error') console.log('[console]', message.text().slice(0, 500));
});
try {
  for (const [name, value] of steps) {
    const action = actions[name];
    if (!action) continue;
    try {
      await action(session, value);
    } catch (error) {
      console.error(`--${name} ${value}:`, error);
      console.error(await session.workbench.shot('FAILED-drive'));
      process.exitCode = 1;
      break;
    }
  }
  if (session.browser.blocked.length > 0) console.log('Requests that were blocked:', session.browser.blocked);
} finally {
  await session.close();
}
