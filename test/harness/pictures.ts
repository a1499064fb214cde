/**
 * The README's pictures, made anew, into media/docs/: `node test/harness/pictures.ts [--only cells]`. Most are photographs of what the
 * default network shows after it was trained on this repository's sources in the headless workbench; `cells` is the sample run's.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll } from '../../scripts/build.ts';
import { root } from './paths.ts';
import { openSession } from './session.ts';

const { values } = parseArgs({ options: { only: { type: 'string', default: 'trained,cells' } } });
const wanted = values.only.split(',');
const out = path.join(root, 'media/docs');
mkdirSync(out, { recursive: true });
await buildAll();
const session = await openSession({
  folder: path.join(root, 'src'),
  theme: 'dark',
  size: { width: 1440, height: 860 },
  settings: {
    'cellscope.training.characters': 5_000_000,
    'cellscope.training.confirm': 'never',
    'editor.minimap.enabled': false,
    'workbench.layoutControl.enabled': false,
  },
});
const { workbench } = session;
const { page } = workbench;
const picture = async (name: string): Promise<void> => {
  await page.mouse.move(600, 854); // away from whatever would show a tooltip
  await page.waitForTimeout(2500);
  await page.screenshot({ path: path.join(out, `${name}.png`) });
  console.log(`media/docs/${name}.png`);
};

async function trained(): Promise<void> {
  await workbench.openFile('channel.ts');
  await workbench.command('Cellscope: Train on Workspace');
  await page.locator('.notification-toast', { hasText: 'trained on' }).waitFor({ timeout: 600_000 });
  await workbench.command('Notifications: Clear All Notifications');
  await workbench.command('View: Focus First Editor Group');
  await workbench.goTo({ line: 46, column: 30 });
  await picture('heatmap-dark');
  await session.setTheme('hc-dark');
  await picture('heatmap-hc-dark');
  await session.setTheme('light');
  await picture('heatmap-light');
  await workbench.command('Cellscope: Open Training Panel');
  await picture('training-light');
  await workbench.command('View: Focus First Editor Group');
  await workbench.command('View: Close Editors in Other Groups');
  await workbench.command('Cellscope: Colour Editor by Cell');
  await page.waitForTimeout(2000);
  await workbench.hover({ line: 46, column: 24 }, 'surprisal');
  await page.waitForTimeout(1500);
  await page.screenshot({ path: path.join(out, 'hover-light.png') });
  console.log('media/docs/hover-light.png');
  await page.mouse.move(600, 854);
  await workbench.command('Cellscope: Open Gradient Panel');
  await page.waitForTimeout(30_000);
  await session.setTheme('dark');
  await picture('gradients-dark');
}

/** The page of the sample's surest cell. */
async function cells(): Promise<void> {
  await session.setTheme('dark');
  await workbench.command('View: Close All Editors');
  await workbench.command('Cellscope: Explore the Sample Run');
  await workbench.webview('[data-testid="heatmap"][data-settled="true"]', 120_000);
  await workbench.command('View: Close All Editors');
  await workbench.command('Cellscope: Open Cells Panel');
  const frame = await workbench.webview('[data-testid="cells"] tbody tr');
  await frame.locator('[data-testid="cells"] tbody tr', { hasText: 'named' }).first().click();
  await frame.locator('[data-testid="cells"] .histogram').waitFor({ timeout: 120_000 });
  await picture('cells-dark');
}

try {
  await workbench.command('View: Toggle Primary Side Bar Visibility');
  if (wanted.includes('trained')) await trained();
  if (wanted.includes('cells')) await cells();
} finally {
  await session.close();
}
