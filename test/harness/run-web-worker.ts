/** Runs core's unit tests and test/web, with the extension's browser entry, inside VS Code's web-worker extension host; writes their report to CELLSCOPE_TEST_REPORT. */
import { copyFileSync, cpSync, existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { injectDevelopment, launchBrowser, workbenchUrl } from './browser.ts';
import { bundleWebWorkerTests, webExtension } from './bundle.ts';
import { ensureBrowser, ensureVscodeServer } from './install.ts';
import { root, temporaryFolder } from './paths.ts';
import { startServer } from './server.ts';
import { until } from './workbench.ts';

ensureVscodeServer();
const executable = ensureBrowser();
if (!executable) process.exit(69);
const extension = await bundleWebWorkerTests();
const temporary = temporaryFolder('web-worker');
const folder = path.join(temporary, 'workspace');
cpSync(path.join(root, 'test/fixtures/workspace'), folder, { recursive: true });
const server = await startServer();
const browser = await launchBrowser(executable);
try {
  await injectDevelopment(browser.context, server.port, { extensions: [webExtension(), extension] });
  const messages: string[] = [];
  browser.page.on('console', (message) => {
    if (message.type() === 'error') messages.push(message.text());
  });
  await browser.page.goto(workbenchUrl(server.port, folder));
  const report = path.join(folder, 'report.json');
  await until("a report from the web-worker extension host's tests", async () => existsSync(report), 8 * 60_000).catch(
    (error) => {
      throw new Error(`${error.message}\n${messages.join('\n')}`);
    },
  );
  copyFileSync(report, process.env.CELLSCOPE_TEST_REPORT!);
} finally {
  await browser.close();
  await server.stop();
  rmSync(temporary, { recursive: true, force: true });
}
