/** In a window without a folder, on a machine that has never run Cellscope: from the command to the first coloured text. */
import path from 'node:path';
import { root } from '../../harness/paths.ts';
import { openSession } from '../../harness/session.ts';

/** Rounds, each a fresh installation. */
const rounds = 3;

/** Seconds from choosing *Explore the Sample Run* to values in the heatmap, once a round. */
export async function measureSample(): Promise<number[]> {
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const session = await openSession({
      folder: path.join(root, 'media/sample-workspace'),
      empty: true,
      theme: 'dark',
    });
    try {
      const { workbench } = session;
      const row = await workbench.palette('Cellscope: Explore the Sample Run');
      const start = performance.now();
      await row.click();
      await workbench.webview('[data-testid="heatmap"][data-settled="true"]', 120_000);
      seconds.push((performance.now() - start) / 1000);
    } finally {
      await session.close();
    }
  }
  return seconds;
}
