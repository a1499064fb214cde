/** Every webview with synthetic data in a plain browser page: what axe-core finds, 200 % zoom, reduced motion, its security policy. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { breakPolicy, collectComplaints } from '../harness/complaints.ts';
import { ensureBrowser } from '../harness/install.ts';
import { until } from '../harness/workbench.ts';
import { serveGallery } from '../webview-gallery/serve.ts';
import { mode } from './session.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const themes = ['dark', 'light', 'hc-dark', 'hc-light'];
const gradientTabs = ['jacobians', 'reach', 'contribution', 'memory', 'saturation', 'health', 'history'];

interface Place {
  page: string;
  /** A tab to open first. */
  tab?: string;
}

const places: Place[] = [
  { page: 'heatmap?line=21&column=34' },
  { page: 'training?' },
  { page: 'gradients?' },
  ...gradientTabs.map((tab) => ({ page: 'gradients?', tab })),
  { page: 'cells?' },
  { page: 'cells?cell=14&concept=comment' },
  ...['birth', 'compare', 'baseline'].map((tab) => ({ page: 'cells?', tab })),
  { page: 'safetensors?' },
];
const states: Place[] = [
  ...['empty', 'nomodel', 'nofile', 'emptyfile', 'problem'].map((state) => ({ page: `heatmap?state=${state}` })),
  ...['empty', 'paused', 'finished', 'failed'].map((state) => ({ page: `training?state=${state}` })),
  ...['empty', 'busy', 'failed'].map((state) => ({ page: `gradients?state=${state}` })),
  ...['empty', 'none', 'busy', 'failed'].map((state) => ({ page: `cells?state=${state}` })),
  ...['foreign', 'refused', 'busy'].map((state) => ({ page: `safetensors?state=${state}` })),
];

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary: string }[];
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate<{ violations: Violation[] }>(
    // Line numbers have the theme's own colour, as in the editor. "Label in name" is an experiment of axe-core's: rows of the
    // cell list say their columns in words, and a picture of a distribution in between.
    `axe.run({ exclude: ['.number'] }, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      rules: { 'label-content-name-mismatch': { enabled: false } },
      resultTypes: ['violations'],
    })`,
  );
  return found.map(
    ({ id, help, nodes }) =>
      `${id}: ${help} (${nodes.length}) ${nodes[0]!.html.slice(0, 200)} ${nodes[0]!.failureSummary}`,
  );
}

/** Elements with an animation that runs; the pages are told that motion is to be reduced. */
function moving(page: Page): Promise<string[]> {
  return page.evaluate(
    `document.getAnimations().filter(({ playState }) => playState === 'running').map(({ effect }) => 'moves: ' + effect.target.outerHTML.slice(0, 200))`,
  );
}

if (mode === 'development')
  describe('accessibility', () => {
    let browser: Browser;
    let gallery: { url: string; server: Server };

    before(async () => {
      gallery = await serveGallery();
      browser = await chromium.launch({ executablePath: ensureBrowser()!, args: ['--no-sandbox', '--disable-gpu'] });
    });
    after(async () => {
      await browser.close();
      gallery.server.close();
    });

    /** Opens a place, lets it draw, and hands it on. The page must have complained of nothing. */
    async function at(
      { page: address, tab }: Place,
      size: { width: number; height: number },
      look: (page: Page) => Promise<void>,
    ): Promise<void> {
      const context = await browser.newContext({ viewport: size, reducedMotion: 'reduce' });
      const complaints = await collectComplaints(context, 'gallery');
      const page = await context.newPage();
      await page.goto(`${gallery.url}/${address}&theme=light`);
      await page.waitForTimeout(300);
      if (tab) {
        await page.locator(`#tab-${tab}`).click();
        await page.waitForTimeout(300);
      }
      const said = [...complaints]; // axe-core adds styles of its own
      await look(page);
      await context.close();
      assert.deepEqual(said, [], address);
    }

    it('a page that broke its security policy would be noticed', async () => {
      const context = await browser.newContext();
      const complaints = await collectComplaints(context, 'gallery');
      const page = await context.newPage();
      for (const name of ['heatmap', 'training', 'gradients', 'cells', 'safetensors']) {
        await page.goto(`${gallery.url}/${name}?`);
        const before = complaints.length;
        await page.evaluate(breakPolicy);
        await until(`a complaint of ${name}`, async () =>
          complaints.slice(before).some((text) => /style-src/.test(text)),
        );
      }
      await context.close();
    });

    const window = { width: 1300, height: 900 };
    const panels = new Set([...places, ...states].map(({ page }) => page.replace(/\?.*/, '')));
    for (const panel of panels)
      it(`axe-core finds nothing in the ${panel} page in any kind of theme, and with reduced motion nothing moves`, async () => {
        const found: string[] = [];
        for (const place of [...places, ...states].filter(({ page }) => page.startsWith(`${panel}?`)))
          await at(place, window, async (page) => {
            // A page of a state differs from the others in its words: one theme is enough.
            for (const theme of states.includes(place) ? ['dark'] : themes) {
              await page.evaluate(`gallery.applyTheme('${theme}')`);
              await page.waitForTimeout(100);
              for (const fault of [...(await violations(page)), ...(await moving(page))])
                found.push(`${place.page} ${place.tab ?? ''} in ${theme}: ${fault}`);
            }
          });
        assert.deepEqual(found, []);
      });

    it('at 200 % zoom nothing is cut off at the side', async () => {
      const wide: string[] = [];
      for (const place of places)
        await at(place, { width: window.width / 2, height: window.height / 2 }, async (page) => {
          const [content, view] = await page.evaluate<[number, number]>(
            '[document.documentElement.scrollWidth, innerWidth]',
          );
          if (content > view) wide.push(`${place.page} ${place.tab ?? ''}: ${content} in ${view}`);
        });
      assert.deepEqual(wide, []);
    });
  });
