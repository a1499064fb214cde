/** In a window without a folder, on a machine that has never run Cellscope: from the command to the first coloured text. */
import path from 'node:path';
import { root } from '../../harness/paths.ts';
import { openSession } from '../../harness/session.ts';

/** Rounds, each of a fresh installation of either. */
const rounds = 5;
const longest = 60_000;

/** Seconds from choosing a command to what it opens, painted, once a round. */
export interface SampleMeasurements {
  /** *Explore the Sample Run*, to values in the heatmap. */
  sample: number[];
  /** The same with an extension whose page is one line of text: the workbench's own share. */
  floor: number[];
}

export async function measureSample(): Promise<SampleMeasurements> {
  const measured: SampleMeasurements = { sample: [], floor: [] };
  for (let round = 0; round < rounds; round++) {
    measured.floor.push(await measure('Cellscope Bench: Open a Page', '[data-testid="floor"]'));
    measured.sample.push(
      await measure('Cellscope: Explore the Sample Run', '[data-testid="heatmap"][data-settled="true"]'),
    );
  }
  return measured;
}

async function measure(command: string, shown: string): Promise<number> {
  const session = await openSession({
    folder: path.join(root, 'media/sample-workspace'),
    empty: true,
    theme: 'dark',
    extensions: [path.join(root, 'test/bench/product/floor')],
  });
  try {
    const { workbench, browser } = session;
    const row = await workbench.palette(command);
    const chosen = Promise.withResolvers<number>();
    const painted = Promise.withResolvers<number>();
    const late = setTimeout(() => painted.reject(new Error(`${command} showed nothing within a minute.`)), longest);
    await browser.context.exposeBinding('cellscopeChosen', (_, at: number) => chosen.resolve(at));
    await browser.context.exposeBinding('cellscopePainted', (_, at: number) => painted.resolve(at));
    // Both moments by the browser's own clock: the way to this process takes its time, too.
    await workbench.page.evaluate(
      `addEventListener('mouseup', ({ timeStamp }) => cellscopeChosen(performance.timeOrigin + timeStamp), true)`,
    );
    await browser.context.addInitScript(`if (window.top !== window) {
      const timer = setInterval(() => {
        if (!document.querySelector('${shown}')) return;
        clearInterval(timer);
        // After the frame that has it.
        requestAnimationFrame(() => setTimeout(() => cellscopePainted(performance.timeOrigin + performance.now())));
      }, 5);
    }`);
    await row.click();
    const [from, to] = await Promise.all([chosen.promise, painted.promise]);
    clearTimeout(late);
    return (to - from) / 1000;
  } finally {
    await session.close();
  }
}
