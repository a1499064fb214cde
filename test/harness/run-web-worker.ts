/**
 * Runs core's unit tests and test/web, with the extension's browser entry, inside VS Code's web-worker extension host, on a
 * workspace in memory; writes their report to CELLSCOPE_TEST_REPORT. Looks at the page where a test asks for it.
 */
import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, injectDevelopment, launchBrowser, workbenchUrl } from './browser.ts';
import { bundleWebWorkerTests, webExtension } from './bundle.ts';
import { ensureBrowser, ensureVscodeServer } from './install.ts';
import type { Report } from './report.ts';
import { startServer } from './server.ts';
import type { SeenHeatmap } from './web-worker/seen.ts';
import { until, Workbench } from './workbench.ts';

ensureVscodeServer();
const executable = ensureBrowser();
if (!executable) process.exit(69);
const extension = await bundleWebWorkerTests();
const report = path.join(extension, 'report.json');

async function seeHeatmap({ page, complaints }: Browser): Promise<SeenHeatmap> {
  const frame = await new Workbench(page).webview('[data-testid="heatmap"][data-settled="true"]');
  const firstLine = frame.locator('[data-line="1"]:not([data-testid])').first();
  return {
    firstLine: (await firstLine.textContent())!,
    colours: await frame.evaluate<number>(`(() => {
      const colours = new Set();
      for (const tile of document.querySelectorAll('canvas.tile')) {
        if (tile.width === 0 || tile.height === 0) continue;
        const { data } = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height);
        for (const pixel of new Uint32Array(data.buffer)) if (pixel >>> 24 > 0) colours.add(pixel);
      }
      return colours.size;
    })()`),
    complaints: [...complaints],
  };
}

/** A test writes `heatmap.wanted` and waits for `heatmap.seen`. */
async function lookWhereWanted(browser: Browser): Promise<void> {
  const seen = path.join(extension, 'heatmap.seen');
  if (!existsSync(path.join(extension, 'heatmap.wanted')) || existsSync(seen)) return;
  const heatmap = await until('a coloured heatmap', async () => {
    const found = await seeHeatmap(browser);
    return found.colours > 0 && found;
  });
  writeFileSync(`${seen}.partial`, JSON.stringify(heatmap));
  renameSync(`${seen}.partial`, seen);
}

const server = await startServer();
const browser = await launchBrowser(executable);
try {
  await injectDevelopment(browser.context, server.port, { extensions: [webExtension(), extension] });
  const messages: string[] = [];
  browser.page.on('console', (message) => {
    if (message.type() === 'error') messages.push(message.text());
  });
  await browser.page.goto(workbenchUrl(server.port, 'cellscope-memory:/workspace'));
  const reported = async (): Promise<boolean> => {
    await lookWhereWanted(browser);
    return existsSync(report);
  };
  await until("a report from the web-worker extension host's tests", reported, 8 * 60_000).catch((error) => {
    throw new Error(`${error.message}\n${messages.join('\n')}`, { cause: error });
  });
  const target = process.env.CELLSCOPE_TEST_REPORT;
  if (target) copyFileSync(report, target);
  else {
    const { passed, failed, skipped, failures }: Report = JSON.parse(readFileSync(report, 'utf8'));
    for (const { name, reason } of failures) console.log(`FAILED ${name}\n${reason}`);
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    if (failed > 0) process.exitCode = 1;
  }
  if (browser.blocked.length > 0) throw new Error(`Requests to other machines, blocked: ${browser.blocked.join(', ')}`);
} finally {
  await browser.close();
  await server.stop();
}
