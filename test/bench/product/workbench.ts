/** In the workbench, as a person would: from the click to the first coloured characters, and scrolling a long heatmap. */
import { measureScrolling, type Scrolling } from '../../harness/frames.ts';
import { openSession } from '../../harness/session.ts';

export interface WorkbenchMeasurements {
  /** Seconds from choosing *Train on Workspace* to values in the heatmap. */
  firstColours: number;
  scrolling: Scrolling;
}

export async function measureInWorkbench(folder: string): Promise<WorkbenchMeasurements> {
  // Quick open finds the long files too, which .gitignore keeps out of the training.
  const settings = { 'cellscope.training.confirm': 'never', 'search.useIgnoreFiles': false };
  const session = await openSession({ folder, theme: 'dark', settings });
  try {
    const { workbench } = session;
    await workbench.openFile('long-100.ts');
    const row = await workbench.palette('Cellscope: Train on Workspace');
    const start = performance.now();
    await row.click();
    const frame = await workbench.webview('[data-testid="heatmap"]', 120_000);
    await frame.locator('[data-testid="heatmap"][data-settled="true"]').waitFor({ timeout: 120_000 });
    const firstColours = (performance.now() - start) / 1000;
    await workbench.command('Cellscope: Stop Training');
    await workbench.openFile('long-500.ts');
    await frame.locator('[data-testid="heatmap"][data-settled="true"]').waitFor({ timeout: 120_000 });
    await workbench.page.waitForTimeout(15_000);
    return { firstColours, scrolling: await measureScrolling(workbench.page, frame, '.scroller', 150) };
  } finally {
    await session.close();
  }
}
