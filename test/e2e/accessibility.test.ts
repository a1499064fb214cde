/** Every webview with synthetic data in a plain browser page: what axe-core finds, 200 % zoom, reduced motion, its security policy. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { breakPolicy, collectComplaints } from '../harness/complaints.ts';
import { ensureBrowser } from '../harness/install.ts';
import { until } from '../harness/workbench.ts';
import { nameOf, type Place, panels, placesOf } from '../webview-gallery/places.ts';
import { serveGallery } from '../webview-gallery/serve.ts';
import { mode } from './session.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const themes = ['dark', 'light', 'hc-dark', 'hc-light'];

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary: string }[];
}

/**
 * @param theme only what a theme can break: the contrast of colours. All else does not depend on it, and is found in the first one.
 */
async function violations(page: Page, theme: boolean): Promise<string[]> {
  await page.evaluate(axe);
  // Line numbers have the theme's own colour, as in the editor, and are hidden from screen readers. "Label in name" is an
  // experiment of axe-core's: rows of the cell list say their columns in words, and a picture of a distribution in between.
  const rules = theme
    ? `runOnly: ['color-contrast']`
    : `runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], rules: { 'label-content-name-mismatch': { enabled: false } }`;
  const { violations: found } = await page.evaluate<{ violations: Violation[] }>(
    `axe.run({ exclude: ['.gutter .number'] }, { ${rules}, resultTypes: ['violations'] })`,
  );
  return found.map(
    ({ id, help, nodes }) =>
      `${id}: ${help} (${nodes.length}) ${nodes[0]!.html.slice(0, 200)} ${nodes[0]!.failureSummary}`,
  );
}

/** Elements with an animation that runs, those inside of controls too. */
function moving(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const roots = [document];
    for (const root of roots)
      for (const { shadowRoot } of root.querySelectorAll('*')) if (shadowRoot) roots.push(shadowRoot);
    const running = new Set(roots.flatMap((root) => root.getAnimations()).filter(({ playState }) => playState === 'running'));
    return [...running].map(({ effect }) => 'moves: ' + effect.target.outerHTML.slice(0, 200));
  })()`);
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
      place: Place,
      size: { width: number; height: number },
      look: (page: Page) => Promise<void>,
    ): Promise<void> {
      const context = await browser.newContext({ viewport: size, reducedMotion: 'reduce' });
      const complaints = await collectComplaints(context, 'gallery');
      const page = await context.newPage();
      await page.goto(`${gallery.url}/${place.page}&theme=light`);
      await page.waitForTimeout(300);
      if (place.open) {
        await place.open(page);
        await page.waitForTimeout(300);
      }
      const said = [...complaints]; // axe-core adds styles of its own
      await look(page);
      await context.close();
      assert.deepEqual(said, [], nameOf(place));
    }

    it('a page that broke its security policy would be noticed', async () => {
      const context = await browser.newContext();
      const complaints = await collectComplaints(context, 'gallery');
      const page = await context.newPage();
      for (const name of panels) {
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
    for (const panel of panels)
      it(`axe-core finds nothing in the ${panel} page in any kind of theme, and with reduced motion nothing moves`, async () => {
        const found: string[] = [];
        for (const place of placesOf(panel))
          await at(place, window, async (page) => {
            for (const [i, theme] of themes.entries()) {
              await page.evaluate(`gallery.applyTheme('${theme}')`);
              await page.waitForTimeout(100);
              for (const fault of [...(await violations(page, i > 0)), ...(await moving(page))])
                found.push(`${nameOf(place)} in ${theme}: ${fault}`);
            }
          });
        assert.deepEqual(found, []);
      });

    it('what moves would be noticed: without the wish for less motion, something does', async () => {
      const context = await browser.newContext({ reducedMotion: 'no-preference' });
      const page = await context.newPage();
      await page.goto(`${gallery.url}/safetensors?state=busy`);
      await until('something that moves', async () => (await moving(page)).length > 0);
      await context.close();
    });

    it('at 200 % zoom nothing is cut off at the side', async () => {
      const wide: string[] = [];
      const measure = (place: Place): Promise<void> =>
        at(place, { width: window.width / 2, height: window.height / 2 }, async (page) => {
          const [content, view] = await page.evaluate<[number, number]>(
            '[document.documentElement.scrollWidth, innerWidth]',
          );
          if (content > view) wide.push(`${nameOf(place)}: ${content} in ${view}`);
        });
      // A panel each at a time: most of the time is waiting.
      await Promise.all(
        panels.map(async (panel) => {
          for (const place of placesOf(panel)) await measure(place);
        }),
      );
      assert.deepEqual(wide, []);
    });
  });
