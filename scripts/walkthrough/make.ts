/**
 * `npm run make:walkthrough [-- --only sample,look]`: the walkthrough's pictures, made anew: photographs of the real workbench with the
 * sample run, in every kind of theme, into media/walkthrough/.
 */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openSession, type Theme } from '../../test/harness/session.ts';
import { buildAll } from '../build.ts';
import { withPalette } from './palette-png.ts';

const root = path.resolve(import.meta.dirname, '../..');
const out = path.join(root, 'media/walkthrough');
/** The themes by the names that package.json gives their pictures. */
const themes: Record<string, Theme> = { dark: 'dark', light: 'light', hc: 'hc-dark', 'hc-light': 'hc-light' };

const { values: given } = parseArgs({ options: { only: { type: 'string', default: 'sample,train,look,reach' } } });
const wanted = given.only.split(',');
mkdirSync(out, { recursive: true });
await buildAll();
const session = await openSession({
  folder: path.join(root, 'media/sample-workspace'),
  theme: 'dark',
  // As small as the pictures are shown, so that their words can be read there.
  size: { width: 960, height: 640 },
  settings: {
    'cellscope.training.confirm': 'never',
    'cellscope.training.characters': 400_000,
    'cellscope.training.openWhenStarted': 'training',
    'cellscope.cells.findAfterTraining': false,
    'editor.minimap.enabled': false,
    'editor.stickyScroll.enabled': false,
    'window.commandCenter': false,
    'workbench.layoutControl.enabled': false,
    'workbench.statusBar.visible': false,
  },
});
const { workbench } = session;
const { page } = workbench;
const place = { line: 27, column: 24 };

/** One picture a theme; `prepare` is done again in each, as a hover closes. */
async function photograph(name: string, prepare: () => Promise<unknown> = async () => {}): Promise<void> {
  for (const [suffix, theme] of Object.entries(themes)) {
    await session.setTheme(theme);
    await page.mouse.move(480, 636); // away from whatever would show a tooltip
    await prepare();
    await page.waitForTimeout(2500);
    const file = path.join(out, `${name}-${suffix}.png`);
    writeFileSync(file, withPalette(await page.screenshot()));
    console.log(`${path.relative(root, file)}: ${Math.round(statSync(file).size / 1024)} KB`);
  }
}

try {
  await workbench.command('View: Toggle Primary Side Bar Visibility');
  await workbench.command('Cellscope: Explore the Sample Run');
  await workbench.webview('[data-testid="heatmap"][data-settled="true"]', 120_000);
  await workbench.clearToasts();
  await workbench.command('View: Focus First Editor Group');
  await workbench.goTo(place);
  if (wanted.includes('sample')) await photograph('sample');
  await workbench.command('View: Close Editors in Other Groups');
  if (wanted.includes('look')) {
    await workbench.command('Cellscope: Colour Editor by Cell');
    await page.waitForTimeout(3000);
    await photograph('look', () => workbench.hover(place, 'surprisal'));
    await workbench.command('Cellscope: Colour Editor by Cell');
  }
  if (wanted.includes('reach')) {
    await workbench.command('Cellscope: Open Gradient Panel');
    await page.waitForTimeout(60_000); // it measures first, and keeps the keyboard
    await photograph('reach');
  }
  if (wanted.includes('train')) {
    await workbench.command('View: Close All Editors');
    await workbench.command('Cellscope: Train on Workspace');
    await page.locator('.notification-toast', { hasText: 'trained on' }).waitFor({ timeout: 280_000 });
    await workbench.clearToasts();
    await photograph('train');
  }
} finally {
  await session.close();
}
