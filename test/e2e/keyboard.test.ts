/** Every action of the webviews by keys alone, on synthetic data in a plain browser page. */
import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ensureBrowser } from '../harness/install.ts';
import { until } from '../harness/workbench.ts';
import { type Action, keyboardActions } from '../webview-gallery/keyboard-actions.ts';
import { panels } from '../webview-gallery/places.ts';
import { serveGallery } from '../webview-gallery/serve.ts';
import { describeInDevelopment } from './session.ts';

/** More than any page has places for the focus. */
const mostTabs = 120;

describeInDevelopment('the keyboard', () => {
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

  /** Goes to what is to have the focus, with Tab alone. */
  async function tabTo(page: Page, selector: string): Promise<void> {
    const there = (): Promise<boolean> =>
      page.evaluate<boolean>(`document.activeElement?.matches(${JSON.stringify(selector)}) ?? false`);
    for (let tabs = 0; !(await there()); tabs++) {
      assert.ok(tabs < mostTabs, `Tab does not lead to ${selector}`);
      await page.keyboard.press('Tab');
    }
  }

  async function chooseEntry(page: Page, name: string): Promise<void> {
    for (let at = 0; ; at++) {
      const focused = await page.evaluate<string>(
        `document.activeElement.querySelector(':nth-child(2)')?.textContent ?? ''`,
      );
      if (focused.startsWith(name)) break;
      assert.ok(at < 30, `no entry ${name} in the menu, at last “${focused}”`);
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
  }

  async function perform(page: Page, { to, press = ['Enter'], menu, type, posts, holds }: Action): Promise<void> {
    await page
      .locator(to)
      .first()
      .waitFor({ timeout: 5000 })
      .catch(() => undefined);
    await tabTo(page, to);
    const before = await page.evaluate<number>('gallery.posted.length');
    for (const key of press) await page.keyboard.press(key);
    if (menu) await chooseEntry(page, menu);
    if (type) await page.keyboard.type(type);
    if (posts) {
      const [kind, payload = {}] = posts;
      let sent: { type: string; payload: Record<string, unknown> }[] = [];
      await until(
        `${kind} ${JSON.stringify(payload)}`,
        async () => {
          sent = await page.evaluate(
            `gallery.posted.slice(${before}).map(({ type, payload }) => ({ type, payload: payload.bytes ? {} : payload }))`,
          );
          return sent.some(
            (message) =>
              message.type === kind &&
              Object.entries(payload).every(
                ([key, value]) => JSON.stringify(message.payload[key]) === JSON.stringify(value),
              ),
          );
        },
        5000,
      ).catch((error) => assert.fail(`${error}; there came ${JSON.stringify(sent).slice(0, 600)}`));
    }
    if (holds) await until(holds, () => page.evaluate<boolean>(holds), 5000);
  }

  for (const panel of panels)
    it(`does everything in the ${panel} panel`, async () => {
      const context = await browser.newContext({ viewport: { width: 1300, height: 900 } });
      const page = await context.newPage();
      const failures: string[] = [];
      for (const [address, actions] of Object.entries(keyboardActions)) {
        if (!address.startsWith(`${panel}?`)) continue;
        await page.goto(`${gallery.url}/${address}&theme=light`);
        // What the page before keeps as it goes is none of this one's.
        await page.evaluate(`addEventListener('pagehide', () => sessionStorage.clear())`);
        await page.reload();
        // What is copied, after the page had its say.
        await page.evaluate(
          `addEventListener('copy', ({ clipboardData }) => { globalThis.copied = clipboardData.getData('text/plain'); })`,
        );
        await page.waitForTimeout(400);
        for (const action of actions)
          await perform(page, action).catch((error) => failures.push(`${address}: ${action.what}: ${error.message}`));
      }
      await context.close();
      assert.deepEqual(failures, []);
    });
});
