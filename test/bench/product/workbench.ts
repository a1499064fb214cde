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
    const settled = '[data-testid="heatmap"][data-settled="true"]';
    await workbench.webview(settled, 120_000);
    const firstColours = (performance.now() - start) / 1000;
    await workbench.command('Cellscope: Stop Training');
    await workbench.command('View: Focus First Editor Group'); // the heatmap's group stays as it is
    await workbench.openFile('long-500.ts');
    await workbench.page.waitForTimeout(15_000); // the whole file is read meanwhile
    const frame = await workbench.webview(settled, 120_000);
    return { firstColours, scrolling: await measureScrolling(workbench.page, frame, '.scroller', 150) };
  } finally {
    await session.close();
  }
}
