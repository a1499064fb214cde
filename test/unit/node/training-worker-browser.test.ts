import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserResult } from './browser/training-in-browser.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const browser = [process.env.CHROME_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (file) => file !== undefined && existsSync(file),
);
const ready = browser !== undefined && existsSync(path.join(root, 'dist/kernels/simd.wasm'));

let server: Server;
beforeAll(async () => {
  const bundle = async (entry: string): Promise<string> => {
    const options = { bundle: true, write: false, format: 'iife', platform: 'browser', target: 'es2022' } as const;
    return (await build({ ...options, entryPoints: [path.join(root, entry)] })).outputFiles[0]!.text;
  };
  const page = await bundle('test/unit/node/browser/training-in-browser.ts');
  const worker = await bundle('src/worker/training.browser.ts');
  server = createServer(({ url }, response) => {
    if (url === '/')
      response.setHeader('content-type', 'text/html').end('<!doctype html><script src="/page.js"></script>');
    else if (url === '/page.js') response.end(page);
    else if (url === '/dist/training-worker.browser.js') response.end(worker);
    else if (/^\/dist\/kernels\/\w+\.wasm$/.test(url ?? '')) response.end(readFileSync(path.join(root, url!)));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

describe('the training worker in a browser', () => {
  it.skipIf(!ready)('trains on the kernels, is killed, and resumes to the same weights', async () => {
    const context = await chromium.launch({ executablePath: browser!, chromiumSandbox: false });
    try {
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const result = await page.evaluate(() =>
        (globalThis as unknown as { trainInBrowser(): Promise<BrowserResult> }).trainInBrowser(),
      );
      expect(result.engine).toMatch(/^wasm /);
      expect(result.killed).toBe('The worker was ended.');
      expect(result.straight).toMatchObject({ state: 'finished', run: 'straight' });
      expect(result.resumed).toMatchObject({ state: 'finished', heldOut: result.straight.heldOut });
      expect(result.sameWeights).toBe(true);
    } finally {
      await context.close();
    }
  });
});
