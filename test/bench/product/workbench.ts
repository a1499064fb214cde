/** In the workbench, as a person would: from the click to the first coloured characters, and scrolling a long heatmap. */
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { measureScrolling, type Scrolling } from '../../harness/frames.ts';
import { root } from '../../harness/paths.ts';
import { openSession } from '../../harness/session.ts';
import type { Workbench } from '../../harness/workbench.ts';

interface Typing {
  /** Milliseconds from a key to the last change of colours in the visible lines of the coloured editor. */
  typing: number[];
  /** The same with an extension that colours the typed line at once and computes nothing: the workbench's own share. */
  echo: number[];
  /** Keys after which no colour changed: they have no such time. */
  uncoloured: { typing: number; echo: number };
}

export interface WorkbenchMeasurements extends Typing {
  /** Seconds from choosing *Train on Workspace* to values in the heatmap. */
  firstColours: number;
  scrolling: Scrolling;
  /** The same with the same text in the same place as one plain element: what this browser needs on this machine. */
  plainScrolling: Scrolling;
}

/** Each round: the peer, then ours. */
const rounds = 3;
const keysOfRound = 25;

export async function measureInWorkbench(folder: string): Promise<WorkbenchMeasurements> {
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
    const settled = '[data-testid="heatmap"][data-settled="true"]';
    await workbench.webview(settled, 120_000);
    const firstColours = (performance.now() - start) / 1000;
    await workbench.command('Cellscope: Stop Training');
    await workbench.command('View: Focus First Editor Group'); // the heatmap's group stays as it is
    await workbench.openFile('long-500.ts');
    await workbench.page.waitForTimeout(15_000); // the whole file is read meanwhile
    const frame = await workbench.webview(settled, 120_000);
    const scrolling: Scrolling = { intervals: [], script: [] };
    const plainScrolling: Scrolling = { intervals: [], script: [] };
    for (let round = 0; round < rounds; round++) {
      add(scrolling, await measureScrolling(workbench.page, frame, '.scroller', 150, 150));
      await showPlain(frame, true);
      add(plainScrolling, await measureScrolling(workbench.page, frame, '#plain', 150, 150));
      await showPlain(frame, false);
    }
    return { firstColours, scrolling, plainScrolling, ...(await measureTyping(workbench)) };
  } finally {
    await session.close();
  }
}

function add(all: Scrolling, { intervals, script }: Scrolling): void {
  all.intervals.push(...intervals);
  all.script.push(...script);
}

/** Lays the lines of the scrolled document over the heatmap as plain text, or takes them away. */
async function showPlain(frame: Frame, shown: boolean): Promise<void> {
  await frame.evaluate(`(() => {
    document.querySelector('#plain')?.remove();
    if (!${shown}) return;
    const plain = document.createElement('pre');
    plain.id = 'plain';
    const { color, font } = getComputedStyle(document.querySelector('[data-line]'));
    Object.assign(plain.style, { position: 'fixed', inset: '0', margin: '0', overflow: 'auto', zIndex: 9, background: 'Canvas', color, font });
    plain.textContent = 'const peer = (line) => line.text; // as long as a line of code is\\n'.repeat(8000);
    document.body.append(plain);
  })()`);
  await frame.page().waitForTimeout(3000); // laid out, or collected
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
