/** A workbench on the benchmark's workspace with a heatmap of a run that was just begun and stopped. */
import path from 'node:path';
import { root } from '../../harness/paths.ts';
import { openSession } from '../../harness/session.ts';
import type { Workbench } from '../../harness/workbench.ts';

/** A heatmap with values for every line in view. */
export const settledHeatmap = '[data-testid="heatmap"][data-settled="true"]';

/**
 * Trains on `folder` until colours show, stops, and hands over the workbench.
 * @param measure also gets the seconds from choosing *Train on Workspace* to values in the heatmap
 */
export async function inTrainedWorkbench<T>(
  folder: string,
  measure: (workbench: Workbench, firstColours: number) => Promise<T>,
): Promise<T> {
  // Quick open finds the long files too, which .gitignore keeps out of the training.
  const settings = {
    'cellscope.training.confirm': 'never',
    'cellscope.cells.findAfterTraining': false, // a minute of work on one core, which would be measured along
    'search.useIgnoreFiles': false,
  };
  const session = await openSession({
    folder,
    theme: 'dark',
    settings,
    extensions: [path.join(root, 'test/bench/product/echo')],
  });
  try {
    const { workbench } = session;
    await workbench.openFile('long-100.ts');
    const row = await workbench.palette('Cellscope: Train on Workspace');
    const start = performance.now();
    await row.click();
    await workbench.webview(settledHeatmap, 120_000);
    const firstColours = (performance.now() - start) / 1000;
    await workbench.command('Cellscope: Stop Training');
    await workbench.command('View: Focus First Editor Group'); // the heatmap's group stays as it is
    return await measure(workbench, firstColours);
  } finally {
    await session.close();
  }
}
