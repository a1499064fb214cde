/**
 * Measures scrolling of a 500 KB heatmap: script time and interval per frame, 95th percentiles.
 * `node test/webview-gallery/scroll.ts [pixels per frame] [text]`
 */
import { chromium } from 'playwright-core';
import { measureScrolling, quantile } from '../harness/frames.ts';
import { ensureBrowser } from '../harness/install.ts';
import { serveGallery } from './serve.ts';

const step = Number(process.argv[2] ?? 150);
const text = process.argv[3] ?? 'large';
const executablePath = ensureBrowser();
if (!executablePath) throw new Error('There is no browser to scroll in.');
const { url, server } = await serveGallery();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1360, height: 900 } });
await page.goto(`${url}/heatmap?text=${text}`);
await page.waitForSelector('[data-testid="heatmap"][data-settled="true"]');
await page.waitForTimeout(800);
const { intervals, script } = await measureScrolling(page, page.mainFrame(), '.scroller', step);
const ms = (value: number): string => `${value.toFixed(2)} ms`;
const told = (values: number[]): string =>
  `median ${ms(quantile(values, 0.5))}, p95 ${ms(quantile(values, 0.95))}, max ${ms(Math.max(...values))}`;
console.log(`step ${step} px, ${text}: ${script.length} frames`);
console.log(`script per frame: ${told(script)}`);
console.log(`frame interval: ${told(intervals)}`);
await browser.close();
server.close();
