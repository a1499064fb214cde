/**
 * What @vscode/test-electron believes to be desktop VS Code: takes the arguments it passes and runs the same suite in the
 * node extension host of a headless VS Code, with a browser as its window. Exit code: the suite's; 70 where something was asked of
 * another machine; 71 where the extension host or the workbench dies.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, injectDevelopment, launchBrowser, workbenchUrl } from './browser.ts';
import { ensureBrowser, ensureVscodeServer } from './install.ts';
import { temporaryFolder } from './paths.ts';
import { type Server, startServer } from './server.ts';

const limit = 10 * 60_000;
const extensions: string[] = [];
const folders: string[] = [];
let tests: string | undefined;
for (const argument of process.argv.slice(2)) {
  const [, name, value = ''] = /^--([\w-]+)(?:=(.*))?$/s.exec(argument) ?? [];
  if (name === undefined) folders.push(path.resolve(argument));
  else if (name === 'extensionDevelopmentPath') extensions.push(path.resolve(value));
  else if (name === 'extensionTestsPath') tests = path.resolve(value);
  // The others (sandbox, updates, profile folders) concern a desktop window.
}
if (!tests || !existsSync(tests)) {
  console.error(`--extensionTestsPath names no file: ${tests}`);
  process.exit(64);
}

const temporary = temporaryFolder('host-tests');
const log = path.join(temporary, 'tests.log');
writeFileSync(log, '');
let shown = 0;
const drain = () => {
  const bytes = readFileSync(log);
  process.stdout.write(bytes.subarray(shown));
  shown = bytes.length;
};
const timer = setInterval(drain, 200);

let server: Server | undefined;
let browser: Browser | undefined;

/** Resolves with the code that the extension host's test run ends with; rejects where something under it ends first. */
function outcome(server: Server, { page }: Browser): Promise<number> {
  return new Promise((resolve, reject) => {
    const give = (message: string) => reject(new Error(message));
    page.exposeFunction('codeAutomationExit', resolve).catch(reject);
    page.on('crash', () => give('The workbench page crashed.'));
    server.process.on('exit', (code) => give(`VS Code's server ended with ${code}.`));
    // An extension host that dies says nothing to the page: the server's log does.
    setInterval(() => {
      const died = /Extension Host Process exited with code: (?!0\b)[^\n]*/.exec(server.output());
      if (died) give(died[0]);
    }, 250).unref();
    setTimeout(() => give(`The tests took longer than ${limit / 60_000} minutes.`), limit).unref();
  });
}

async function run(): Promise<number> {
  ensureVscodeServer();
  const executable = ensureBrowser();
  if (!executable) return 69;
  const messages: string[] = [];
  try {
    server = await startServer({ env: { CELLSCOPE_TEST_LOG: log } });
    browser = await launchBrowser(executable);
    const ended = outcome(server, browser);
    await browser.page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
      if (type === 'error')
        messages.push(args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' '));
    });
    await injectDevelopment(browser.context, server.port, { extensions, ...(tests ? { tests } : {}) });
    await browser.page.goto(workbenchUrl(server.port, folders[0] ?? temporary));
    const code = await ended;
    if (code !== 0) for (const message of messages) console.error(message.slice(0, 2000));
    if (browser.blocked.length === 0) return code;
    console.error('Requests to other machines, blocked:', browser.blocked);
    return code || 70;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error(server?.output().split('\n').slice(-30).join('\n'));
    return 71;
  }
}

async function end(code: number): Promise<never> {
  clearInterval(timer);
  drain();
  await browser?.close().catch(() => {});
  await server?.stop().catch(() => {});
  rmSync(temporary, { recursive: true, force: true });
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(130));
await end(await run());
