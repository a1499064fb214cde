import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { nodeStorage } from '../../src/worker/node-storage.ts';
import { until } from '../harness/workbench.ts';
import { writePlantedRun } from '../unit/core/cells/planted-run.ts';
import { Heatmap } from './heatmap.ts';
import { describeInDevelopment, mode, useSession } from './session.ts';

describeInDevelopment('cells that stand for concepts', () => {
  const session = useSession({ size: { width: 1700, height: 1000 } });

  /** A network one cell of which is “inside double quotes”, as if it had been trained here. */
  before(async () => {
    const runs = path.join(session.server.folder, 'user/User/globalStorage/cellscope.cellscope/runs');
    await writePlantedRun(nodeStorage(path.join(runs, 'planted')), { id: 'planted' });
    writeFileSync(path.join(session.folder, 'quoted.ts'), 'abc=deal();\nhead="coal deep" lime=(pine);\n');
  });

  it('are found by the command and shown under the run, named or with what they lack', async () => {
    const { workbench } = session;
    await workbench.openFile('quoted.ts');
    await workbench.activityBarItem('Cellscope').click();
    await workbench.page.getByRole('treeitem', { name: /^Planted/ }).waitFor();
    await workbench.command('Cellscope: Find Cells That Stand for Concepts');
    await workbench.toasts(/1 of 24 cells have a name/).waitFor({ timeout: 90_000 });
    await workbench.shot(`cells-found-${mode}`);
    await workbench.clearToasts();
    const named = workbench.page.getByRole('treeitem', { name: /^inside double quotes: layer 0, cell 0, named/ });
    assert.match((await named.textContent())!, /AP 1\.00 \/ 0\.\d\d · 0·0 · 95 % 1\.00–1\.00 · p 0\.0\d\d · clamp \+/);
    await workbench.page.getByRole('treeitem', { name: /^Best candidates/ }).click();
    const candidates = workbench.page.getByRole('treeitem', { name: /best candidate without a name.* It lacks / });
    await candidates.first().waitFor();
    await workbench.shot(`cells-tree-${mode}`);
    await session.setTheme('light');
    await workbench.shot(`cells-tree-light-${mode}`);
    await session.setTheme('dark');
  });

  it('a named cell opens in the heatmap, whose list names it first', async () => {
    const { workbench } = session;
    await workbench.page.getByRole('treeitem', { name: /^inside double quotes/ }).click();
    const heatmap = await Heatmap.find(workbench);
    const shown = await heatmap.shown();
    assert.deepEqual([shown.layer, shown.cell], [0, 0]);
    await workbench.command('View: Close Editors in Other Groups');
    const row = heatmap.frame.locator('.cell-row[data-index="0"]');
    await until('the name in the list', async () => (await row.locator('.concept').textContent())!.includes('double'));
    assert.match(
      (await row.getAttribute('aria-label'))!,
      /^Layer 0, cell 0\. Named for inside double quotes: AP 1\.00/,
    );
    assert.match((await row.locator('.number').textContent())!, /^1\.00 \/ 0\.\d\d$/);
    await heatmap.frame.getByText('24, 1 named').waitFor();
    const evidence = await heatmap.frame.locator('.cell-evidence').textContent();
    assert.match(evidence!, /^Named for inside double quotes: AP 1\.00 \(base 0\.\d\d\).* · p 0\.0\d\d · clamp \+/);
    await workbench.shot(`cells-list-${mode}`);
    await session.setTheme('light');
    await workbench.shot(`cells-list-light-${mode}`);
    await session.setTheme('dark');
  });

  it('the hover names those that are on', async () => {
    const { workbench } = session;
    await workbench.openFile('quoted.ts');
    const inside = await workbench.hover({ line: 2, column: 10 }, 'surprisal');
    assert.match(inside, /named cells on here: .*inside double quotes 0·0 AP 1\.00/);
    await workbench.shot(`cells-hover-${mode}`);
    const outside = await workbench.hover({ line: 1, column: 6 }, 'surprisal');
    assert.doesNotMatch(outside, /named cells/);
  });
});
