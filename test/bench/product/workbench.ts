/** In the workbench, as a person would: from the click to the first coloured characters, scrolling a long heatmap, typing. */
import type { Workbench } from '../../harness/workbench.ts';
import { measureHeatmapScrolling, type ScrollingMeasurements } from './scrolling.ts';
import { inTrainedWorkbench } from './trained.ts';

interface Typing {
  /** Milliseconds from a key to the last change of colours in the visible lines of the coloured editor. */
  typing: number[];
  /** The same with an extension that colours the typed line at once and computes nothing: the workbench's own share. */
  echo: number[];
  /** Keys after which no colour changed: they have no such time. */
  uncoloured: { typing: number; echo: number };
}

export interface WorkbenchMeasurements extends Typing, ScrollingMeasurements {
  /** Seconds from choosing *Train on Workspace* to values in the heatmap. */
  firstColours: number;
}

/** Of scrolling; and of typing, each with the peer, then ours. */
const rounds = 3;
const keysOfRound = 25;

export async function measureInWorkbench(folder: string): Promise<WorkbenchMeasurements> {
  return inTrainedWorkbench(folder, async (workbench, firstColours) => ({
    firstColours,
    ...(await measureHeatmapScrolling(workbench, folder, rounds)),
    ...(await measureTyping(workbench)),
  }));
}

/** Types into the middle of the 100 KB file in a coloured editor and watches the painted decorations. */
async function measureTyping(workbench: Workbench): Promise<Typing> {
  const { page } = workbench;
  await workbench.command('View: Focus First Editor Group');
  await workbench.openFile('long-100.ts');
  await workbench.goTo({ line: 1200, column: 1 });
  await page.keyboard.press('End');
  await page.waitForTimeout(5000); // the whole file is read meanwhile
  // As text: this side of the wire knows no DOM. Decorations with a background are drawn as `cdr ced-…` boxes.
  await page.evaluate(`(() => {
    const times = (window.cellscopeTyping = []);
    addEventListener('keydown', (event) => event.key === 'x' && times.push({ key: event.timeStamp, last: NaN }), true);
    const editor = document.querySelector('.editor-group-container.active .monaco-editor');
    const overlays = editor.querySelector('.view-overlays');
    // What is coloured where: painting the same colours again is no change.
    const colours = () =>
      [...overlays.querySelectorAll('[class*="ced-"]')].map((box) => box.className + box.style.cssText + box.parentElement.style.top).sort().join();
    let shown = colours();
    new MutationObserver(() => {
      const now = colours();
      if (now !== shown && times.length > 0) times.at(-1).last = performance.now();
      shown = now;
    }).observe(overlays, { subtree: true, childList: true, attributes: true });
  })()`);
  const type = async (command: string): Promise<{ times: number[]; uncoloured: number }> => {
    await workbench.command(command);
    await page.waitForTimeout(2000); // coloured, and the palette's own changes are over
    await page.evaluate('window.cellscopeTyping.length = 0');
    for (let k = 0; k < keysOfRound; k++) {
      await page.keyboard.press('x');
      await page.waitForTimeout(250);
    }
    const times = await page.evaluate<{ key: number; last: number }[]>('window.cellscopeTyping.slice()');
    await workbench.command(command); // off again
    const coloured = times.filter(({ last }) => Number.isFinite(last));
    return { times: coloured.map(({ key, last }) => last - key), uncoloured: keysOfRound - coloured.length };
  };
  const measured: Typing = { typing: [], echo: [], uncoloured: { typing: 0, echo: 0 } };
  const commands = { echo: 'Cellscope Bench: Echo Edits', typing: 'Cellscope: Colour Editor by Cell' } as const;
  for (let round = 0; round < rounds; round++)
    for (const what of ['echo', 'typing'] as const) {
      const { times, uncoloured } = await type(commands[what]);
      measured[what].push(...times);
      measured.uncoloured[what] += uncoloured;
    }
  return measured;
}
