/** What a person does in the workbench: palette, files, hovers, notifications, webviews. Everything waits: the workbench lags. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { shots } from './paths.ts';

/** 1-based line; 1-based column in UTF-16 units, as the status bar counts. */
export interface Place {
  line: number;
  column: number;
}

/** Waits until `probe` gives something (not null, undefined or false). Throws with `what` after `timeout` ms. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | null | undefined | false>,
  timeout = 30_000,
): Promise<T> {
  const end = Date.now() + timeout;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== null && value !== undefined && value !== false) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`Not seen within ${timeout / 1000} s: ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(20_000);
  }

  /** Loads the workbench and waits until it shows its activity bar, and the item named `until` in it. */
  async load(url: string, item?: string): Promise<void> {
    await this.page.goto(url);
    await this.page.locator('.monaco-workbench .activitybar').waitFor({ timeout: 60_000 });
    if (item) await this.activityBarItem(item).waitFor({ timeout: 60_000 });
  }

  activityBarItem(name: string): Locator {
    return this.page.locator(`.activitybar .action-label[aria-label^="${name}"]`);
  }

  private get quickInput(): Locator {
    return this.page.locator('.quick-input-widget input[type="text"]');
  }

  /** Rows of an open quick pick or palette. */
  quickRows(text?: string): Locator {
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    return text === undefined ? rows : rows.filter({ hasText: text });
  }

  /** F1 and the command's full name: gives its row. What takes the keyboard meanwhile closes the palette: then it is opened again. */
  async palette(command: string): Promise<Locator> {
    const row = this.quickRows(command).first();
    await until(`the command ${command}`, async () => {
      await this.page.keyboard.press('F1');
      await this.quickInput.waitFor({ state: 'visible', timeout: 3000 });
      await this.quickInput.fill(`>${command}`, { timeout: 3000 });
      await row.waitFor({ timeout: 10_000 });
      return true;
    });
    return row;
  }

  /** Leaves an open quick pick or file dialog. An Escape that comes before it has the keyboard goes elsewhere: then another follows. */
  async leaveQuickInput(): Promise<void> {
    await until('the quick input to close', async () => {
      if (!(await this.quickInput.isVisible())) return true;
      await this.page.keyboard.press('Escape');
      return false;
    });
  }

  /** Runs a command as a person does, by its name in the palette; again where the palette is closed before the click. */
  async command(name: string): Promise<void> {
    const run = async (): Promise<boolean> => {
      await (await this.palette(name)).click({ timeout: 5000 });
      return true;
    };
    await until(`${name} to be run`, run, 60_000);
  }

  /** Narrows an open quick pick to `text` and takes the row that says exactly this. */
  async pick(text: string, timeout = 20_000): Promise<void> {
    await this.quickInput.waitFor({ state: 'visible', timeout });
    await this.quickInput.fill(text, { timeout });
    await this.quickRows()
      .filter({ has: this.page.getByText(text, { exact: true }) })
      .first()
      .click({ timeout });
    await this.quickInput.waitFor({ state: 'hidden', timeout });
  }

  /** Opens a file of the workspace by Ctrl+P. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.quickInput.waitFor({ state: 'visible' });
    await this.quickInput.fill(name);
    const base = path.posix.basename(name);
    await this.quickRows(base).first().click();
    await this.page.locator(`.editor-group-container .tab.active[data-resource-name="${base}"]`).first().waitFor();
    await this.page.locator('.monaco-editor .view-lines').first().waitFor();
  }

  /** Puts the cursor by *Go to Line* and brings the place into view. */
  async goTo({ line, column }: Place): Promise<void> {
    await this.page.keyboard.press('Control+G');
    await this.quickInput.waitFor({ state: 'visible' });
    await this.quickInput.fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await this.quickInput.waitFor({ state: 'hidden' });
  }

  /** Where a character of the active editor is on the screen. Lines without tabs before the place only. */
  async positionOf({ line, column }: Place): Promise<{ x: number; y: number }> {
    return until(`line ${line} with a column ${column} in the editor`, () =>
      this.page.evaluate<{ x: number; y: number } | null>(`(() => {
        const editor =
          document.querySelector('.editor-group-container.active .monaco-editor') ?? document.querySelector('.monaco-editor');
        const number = [...(editor?.querySelectorAll('.line-numbers') ?? [])].find((e) => e.textContent === '${line}');
        if (!number) return null;
        const top = number.getBoundingClientRect().top;
        const view = [...editor.querySelectorAll('.view-line')].find(
          (e) => Math.abs(e.getBoundingClientRect().top - top) < 3,
        );
        if (!view) return null;
        const walker = document.createTreeWalker(view, NodeFilter.SHOW_TEXT);
        let left = ${column - 1};
        for (let node; (node = walker.nextNode()); left -= node.length) {
          if (left >= node.length) continue;
          const range = document.createRange();
          range.setStart(node, left);
          range.setEnd(node, left + 1);
          const box = range.getBoundingClientRect();
          return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
        }
        return null;
      })()`),
    );
  }

  /** Rests the pointer on a character and gives the text of the hover that contains `expected`. */
  async hover(place: Place, expected: string | RegExp): Promise<string> {
    await this.goTo(place);
    const { x, y } = await this.positionOf(place);
    await this.page.mouse.move(x - 2, y);
    await this.page.mouse.move(x, y);
    const hover = this.page.locator('.monaco-hover:not(.hidden) .hover-contents', { hasText: expected }).first();
    await hover.waitFor();
    return (await hover.allInnerTexts()).join('\n');
  }

  /** Notifications on the screen. */
  toasts(text?: string | RegExp): Locator {
    const toasts = this.page.locator('.notification-toast');
    return text === undefined ? toasts : toasts.filter({ hasText: text });
  }

  clearToasts(): Promise<void> {
    return this.command('Notifications: Clear All Notifications');
  }

  /** The document of the webview that holds an element `selector`: the extension's own page, two frames deep. */
  async webview(selector: string, timeout = 30_000): Promise<Frame> {
    return until(
      `a webview with ${selector}`,
      async () => {
        for (const frame of this.page.frames())
          if (frame.name() === 'active-frame' || frame.url().includes('fake.html'))
            if ((await frame.locator(selector).count()) > 0) return frame;
        return null;
      },
      timeout,
    );
  }

  /** Rows of the tree in the side bar. */
  treeRows(text?: string | RegExp): Locator {
    const rows = this.page.locator('.pane-body .monaco-list-row[role="treeitem"]');
    return text === undefined ? rows : rows.filter({ hasText: text });
  }

  /** A picture in shots/ (or at a path that has a folder). Gives its path. */
  async shot(name: string): Promise<string> {
    const file = path.resolve(name.includes('/') ? '' : shots, name.endsWith('.png') ? name : `${name}.png`);
    mkdirSync(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
    return file;
  }
}
