import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { type Theme, themes } from '../harness/session.ts';
import { until } from '../harness/workbench.ts';
import { Heatmap } from './heatmap.ts';
import { describeInDevelopment, mode, useSession } from './session.ts';

const colours = (frame: Frame): Promise<string> =>
  frame.evaluate<string>(
    `(({ color, backgroundColor }) => color + backgroundColor + getComputedStyle(document.documentElement).getPropertyValue('--vscode-cellscope-heatmap-positive'))(getComputedStyle(document.body))`,
  );

describeInDevelopment('the views', () => {
  const session = useSession();

  before(async () => {
    const { workbench } = session;
    await workbench.openFile('scanner.ts');
    await workbench.activityBarItem('Cellscope').click();
    await workbench.command('Cellscope: Train on Workspace');
    await workbench.toasts(/trained on .* characters/).waitFor({ timeout: 90_000 });
    await workbench.clearToasts();
  });

  it('training panel and heatmap follow the four kinds of theme', async () => {
    const { workbench } = session;
    const seen = { heatmap: new Set<string>(), training: new Set<string>() };
    for (const theme of Object.keys(themes) as Theme[]) {
      await session.setTheme(theme);
      await workbench.command('Cellscope: Open Training Panel');
      const training = await workbench.webview('[data-testid="training"]');
      await training.getByText(/bits/).first().waitFor();
      seen.training.add(await colours(training));
      await workbench.shot(`training-${theme}-${mode}`);
      await workbench.command('Cellscope: Open Activation Heatmap');
      const heatmap = await Heatmap.find(workbench);
      await heatmap.point(18, 10);
      seen.heatmap.add(await colours(heatmap.frame));
      await workbench.shot(`heatmap-${theme}-${mode}`);
    }
    assert.equal(seen.heatmap.size, 4, [...seen.heatmap].join('\n'));
    assert.equal(seen.training.size, 4, [...seen.training].join('\n'));
  });

  it('the editor is coloured by the cell, also where somebody types', async () => {
    const { workbench } = session;
    await session.setTheme('dark');
    await workbench.command('View: Close All Editors');
    await workbench.openFile('scanner.ts');
    await workbench.command('Cellscope: Colour Editor by Cell');
    const coloured = () => workbench.page.locator('.view-overlays .cdr[class*="ced-"]').count();
    const before = await until('coloured characters', async () => (await coloured()) > 0 && coloured());
    await workbench.shot(`editor-coloured-${mode}`);
    await workbench.goTo({ line: 1, column: 1 });
    await workbench.page.keyboard.type('const added = "by hand";\n');
    assert.ok(before > 5, `${before} coloured ranges`);
    await until('colours on the typed line', async () => {
      const top = (await workbench.positionOf({ line: 1, column: 3 })).y;
      const boxes = await workbench.page.locator('.view-overlays .cdr[class*="ced-"]').all();
      for (const box of boxes) {
        const place = await box.boundingBox();
        if (place && place.y <= top && top <= place.y + place.height) return true;
      }
      return false;
    });
    await workbench.shot(`editor-coloured-typed-${mode}`);
    for (const theme of ['light', 'hc-dark'] as const) {
      await session.setTheme(theme);
      await workbench.shot(`editor-coloured-${theme}-${mode}`);
    }
    await session.setTheme('dark');
    await workbench.command('Cellscope: Colour Editor by Cell');
    await until('no coloured characters', async () => (await coloured()) === 0);
  });

  it('the hover inspector is readable in light and dark', async () => {
    const { workbench } = session;
    for (const theme of ['light', 'dark', 'hc-dark'] as const) {
      await session.setTheme(theme);
      await workbench.hover({ line: 9, column: 12 }, /surprisal/);
      await workbench.shot(`hover-${theme}-${mode}`);
      await workbench.page.keyboard.press('Escape');
    }
  });

  it('come back after a reload of the window', async () => {
    const { workbench } = session;
    await workbench.command('Cellscope: Open Activation Heatmap');
    const before = await (await Heatmap.find(workbench)).shown();
    const loaded = workbench.page.waitForEvent('load');
    await workbench.command('Developer: Reload Window');
    await loaded;
    const heatmap = await Heatmap.find(workbench);
    assert.deepEqual(await heatmap.shown(), before);
    assert.notEqual(await heatmap.lineText(2), '');
  });
});
