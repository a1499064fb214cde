/**
 * Takes pictures of every panel in every theme: `node test/webview-gallery/shots.ts <folder> [name part] [--language de]
 * [--width 560]`. `--width` takes all of them at that width. Texts that are cut are named.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { cutTexts } from './cut-texts.ts';
import { serveGallery } from './serve.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { language: { type: 'string', default: 'en' }, width: { type: 'string' } },
});
const [folder = 'shots', only = ''] = positionals;
/** The button of a page that begins its computation, in every language. */
const primary = '.page vscode-button[appearance="primary"]';
const shots: {
  name: string;
  page: string;
  width?: number;
  height?: number;
  zoom?: number;
  click?: string;
  next?: string;
}[] = [
  ...['dark', 'light', 'hc-dark', 'hc-light'].flatMap((theme) => [
    { name: `heatmap-${theme}`, page: `heatmap?theme=${theme}&line=21&column=34` },
    { name: `training-${theme}`, page: `training?theme=${theme}` },
    { name: `gradients-${theme}`, page: `gradients?theme=${theme}` },
  ]),
  { name: 'heatmap-difficult', page: 'heatmap?theme=dark&text=difficult&line=0&column=14' },
  { name: 'heatmap-zoom', page: 'heatmap?theme=light&line=21', zoom: 2 },
  { name: 'heatmap-menu', page: 'heatmap?theme=dark&line=21', click: '.toolbar [aria-haspopup=menu]' },
  { name: 'heatmap-narrow', page: 'heatmap?theme=dark&line=21', width: 512, height: 800 },
  ...['empty', 'nomodel', 'nofile', 'emptyfile', 'problem'].map((state) => ({
    name: `heatmap-${state}`,
    page: `heatmap?theme=dark&state=${state}`,
    height: 560,
  })),
  ...['empty', 'paused', 'finished', 'failed', 'interrupted'].map((state) => ({
    name: `training-${state}`,
    page: `training?theme=dark&state=${state}`,
  })),
  ...['empty', 'busy', 'failed', 'cancelled'].map((state) => ({
    name: `gradients-${state}`,
    page: `gradients?theme=dark&state=${state}`,
  })),
  ...['jacobians', 'reach', 'contribution', 'memory', 'saturation', 'health', 'history', 'lab'].flatMap((tab) =>
    ['dark', 'light', 'hc-dark'].map((theme) => ({
      name: `gradients-${tab}-${theme}`,
      page: `gradients?theme=${theme}`,
      click: `#tab-${tab}`,
    })),
  ),
  { name: 'gradients-one', page: 'gradients?theme=dark&runs=lstm' },
  { name: 'gradients-deep', page: 'gradients?theme=light&runs=deep,new' },
  { name: 'gradients-narrow', page: 'gradients?theme=dark', width: 560, height: 900 },
  ...['dark', 'light', 'hc-dark', 'hc-light'].flatMap((theme) => [
    { name: `cells-concepts-${theme}`, page: `cells?theme=${theme}` },
    { name: `cells-cell-${theme}`, page: `cells?theme=${theme}&cell=14&concept=comment`, height: 1500 },
    {
      name: `cells-birth-${theme}`,
      page: `cells?theme=${theme}`,
      click: '#tab-birth',
      next: primary,
    },
    { name: `cells-compare-${theme}`, page: `cells?theme=${theme}&other=gru`, click: '#tab-compare' },
    {
      name: `cells-baseline-${theme}`,
      page: `cells?theme=${theme}`,
      click: '#tab-baseline',
      next: primary,
      height: 1500,
    },
  ]),
  ...['empty', 'none', 'busy', 'failed', 'old'].map((state) => ({
    name: `cells-${state}`,
    page: `cells?theme=dark&state=${state}`,
  })),
  { name: 'cells-narrow', page: 'cells?theme=dark', width: 560, height: 900 },
  { name: 'cells-cell-narrow', page: 'cells?theme=light&cell=14&concept=comment', width: 560, height: 1400 },
  ...['dark', 'light', 'hc-dark', 'hc-light'].map((theme) => ({
    name: `safetensors-${theme}`,
    page: `safetensors?theme=${theme}`,
  })),
  ...['foreign', 'refused', 'busy'].map((state) => ({
    name: `safetensors-${state}`,
    page: `safetensors?theme=dark&state=${state}`,
  })),
  { name: 'training-zoom', page: 'training?theme=dark', zoom: 2 },
];

await mkdir(folder, { recursive: true });
const { url, server } = await serveGallery();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const shot of shots.filter(({ name }) => name.includes(only))) {
  const zoom = shot.zoom ?? 1;
  const context = await browser.newContext({
    viewport: {
      width: Math.round(Number(options.width ?? shot.width ?? 1360) / zoom),
      height: Math.round((shot.height ?? 900) / zoom),
    },
    deviceScaleFactor: zoom,
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() !== 'log') console.log(`${shot.name}: ${message.type()} ${message.text()}`);
  });
  page.on('pageerror', (error) => console.log(`${shot.name}: ${error.stack}`));
  await page.goto(`${url}/${shot.page}&language=${options.language}`);
  await page.waitForTimeout(900);
  if (shot.click) {
    await page.locator(shot.click).click();
    await page.waitForTimeout(700);
  }
  if (shot.next) {
    await page.locator(shot.next).first().click();
    await page.waitForTimeout(700);
  }
  for (const cut of await page.evaluate<string[]>(cutTexts)) console.log(`${shot.name}: ${cut}`);
  await page.screenshot({ path: path.join(folder, `${shot.name}.png`) });
  await context.close();
}
await browser.close();
server.close();
