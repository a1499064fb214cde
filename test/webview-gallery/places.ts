/** Everything the webviews can show, with what leads there: for tests that look at all of it. */
import type { Page } from 'playwright-core';

export const panels = ['heatmap', 'training', 'gradients', 'cells', 'safetensors'] as const;

export interface Place {
  /** A panel and its query: `cells?state=busy`. */
  readonly page: string;
  /** What a person opens there. */
  readonly opened?: string;
  /** How. */
  open?(page: Page): Promise<void>;
}

const tab = (page: string, name: string): Place => ({
  page,
  opened: `tab ${name}`,
  open: (shown) => shown.locator(`#tab-${name}`).click(),
});
const heatmap = (opened: string, open: (page: Page) => Promise<void>): Place => ({
  page: 'heatmap?line=21&column=34',
  opened,
  open,
});
const typed =
  (...keys: string[]) =>
  async (page: Page): Promise<void> => {
    await page.locator('.scroller').focus();
    for (const key of keys) await page.keyboard.press(key);
  };

/** With everything that a panel is for. */
const full: readonly Place[] = [
  { page: 'heatmap?line=21&column=34' },
  heatmap('menu', (page) => page.locator('.toolbar [aria-haspopup=menu]').click()),
  heatmap('reach', typed('r')),
  heatmap('overlays', typed('o', 'Control+ArrowDown', 'o', 'Control+ArrowDown')),
  heatmap('scratch', async (page) => {
    await page.locator('.toolbar [aria-haspopup=menu]').click();
    await page.getByRole('menuitemcheckbox', { name: 'Scratch Text' }).click();
    await page.locator('.scratch-input').fill('if (x) {\n  return "y";\n}\n');
  }),
  { page: 'training?' },
  { page: 'gradients?' },
  ...['jacobians', 'reach', 'contribution', 'memory', 'saturation', 'health', 'history', 'lab'].map((name) =>
    tab('gradients?', name),
  ),
  { page: 'cells?' },
  { page: 'cells?cell=14&concept=comment' },
  ...['birth', 'compare', 'baseline'].map((name) => tab('cells?', name)),
  { page: 'safetensors?' },
];

/** Empty, busy, failed …. */
const states: readonly Place[] = [
  ...['empty', 'nomodel', 'nofile', 'emptyfile', 'problem'].map((state) => ({ page: `heatmap?state=${state}` })),
  ...['empty', 'paused', 'finished', 'failed', 'interrupted'].map((state) => ({ page: `training?state=${state}` })),
  ...['empty', 'busy', 'failed', 'cancelled'].map((state) => ({ page: `gradients?state=${state}` })),
  ...['empty', 'none', 'busy', 'failed', 'old'].map((state) => ({ page: `cells?state=${state}` })),
  ...['foreign', 'refused', 'busy'].map((state) => ({ page: `safetensors?state=${state}` })),
];

/** All places of a panel. */
export function placesOf(panel: (typeof panels)[number]): readonly Place[] {
  return [...full, ...states].filter(({ page }) => page.startsWith(`${panel}?`));
}

export function nameOf({ page, opened }: Place): string {
  return opened ? `${page} (${opened})` : page;
}
