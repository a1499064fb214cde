/** In the workbench: scrolling the heatmap of a 500 KB file, and the same text in the same place as one plain element. */
import { readFileSync } from 'node:fs';
import type { Frame } from 'playwright-core';
import { measureScrolling, type Scrolling } from '../../harness/frames.ts';
import type { Workbench } from '../../harness/workbench.ts';
import { inTrainedWorkbench, settledHeatmap } from './trained.ts';
import { longFile } from './workspace.ts';

/** Round by round. */
export interface ScrollingMeasurements {
  scrolling: Scrolling[];
  /** The same with the same text in the same place as one plain element: what this browser needs on this machine. */
  plainScrolling: Scrolling[];
}

/** Pixels a frame, and frames a round: 1,200 lines, twice. */
const step = 150;
const frames = 150;

/** @param rounds each goes on where the one before ended, where no values are yet; after five the text is at its end */
export async function measureHeatmapScrolling(
  workbench: Workbench,
  folder: string,
  rounds: number,
): Promise<ScrollingMeasurements> {
  const { page } = workbench;
  const text = readFileSync(longFile(folder, 500), 'utf8');
  await workbench.openFile('long-500.ts');
  await page.waitForTimeout(15_000); // the whole file is read meanwhile
  const frame = await workbench.webview(settledHeatmap, 120_000);
  // One after the other, not in turns: plain elements of 13,000 lines that are laid out and thrown away make the browser
  // collect its memory, and it does so in the next round that allocates, which would be ours.
  const scrolling = await inRounds('.scroller');
  await showPlain(frame, text);
  const plainScrolling = await inRounds('#plain');
  await frame.evaluate(`document.querySelector('#plain').remove()`);
  return { scrolling, plainScrolling };

  async function inRounds(selector: string): Promise<Scrolling[]> {
    const measured: Scrolling[] = [];
    for (let round = 0; round < rounds; round++)
      measured.push(await measureScrolling(page, frame, selector, step, frames));
    return measured;
  }
}

/** The same in a workbench of its own. */
export async function measureScrollingOnly(folder: string, rounds: number): Promise<ScrollingMeasurements> {
  return inTrainedWorkbench(folder, (workbench) => measureHeatmapScrolling(workbench, folder, rounds));
}

/** Lays a text over the heatmap as one plain element. As text: this side of the wire knows no DOM. */
async function showPlain(frame: Frame, text: string): Promise<void> {
  await frame.evaluate(`(() => {
    const plain = document.createElement('pre');
    plain.id = 'plain';
    const { color, font } = getComputedStyle(document.querySelector('[data-line]'));
    Object.assign(plain.style, { position: 'fixed', inset: '0', margin: '0', overflow: 'auto', zIndex: 9, background: 'Canvas', color, font });
    plain.textContent = ${JSON.stringify(text)};
    document.body.append(plain);
  })()`);
  await frame.page().waitForTimeout(3000); // laid out
}
