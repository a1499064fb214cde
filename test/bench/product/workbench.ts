/** In the workbench, as a person would: from the click to the first coloured characters, and scrolling a long heatmap. */
import { measureScrolling, type Scrolling } from '../../harness/frames.ts';
import { openSession } from '../../harness/session.ts';
import type { Workbench } from '../../harness/workbench.ts';

export interface WorkbenchMeasurements {
  /** Seconds from choosing *Train on Workspace* to values in the heatmap. */
  firstColours: number;
  scrolling: Scrolling;
  /** Milliseconds from a key to the last change of colours in the visible lines of the coloured editor. */
  typing: number[];
}

const keys = 60;

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
    const scrolling = await measureScrolling(workbench.page, frame, '.scroller', 150);
    return { firstColours, scrolling, typing: await measureTyping(workbench) };
  } finally {
    await session.close();
  }
}

/** Types into the middle of the 100 KB file in a coloured editor and watches the painted decorations. */
async function measureTyping(workbench: Workbench): Promise<number[]> {
  const { page } = workbench;
  await workbench.command('View: Focus First Editor Group');
  await workbench.openFile('long-100.ts');
  await workbench.command('Cellscope: Colour Editor by Cell');
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
  for (let k = 0; k < keys; k++) {
    await page.keyboard.press('x');
    await page.waitForTimeout(250);
  }
  const times = await page.evaluate<{ key: number; last: number }[]>('window.cellscopeTyping');
  return times.filter(({ last }) => Number.isFinite(last)).map(({ key, last }) => last - key);
}
