import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { activations, characterIndex } from '../harness/command-line.ts';
import { breakPolicy } from '../harness/complaints.ts';
import { root } from '../harness/paths.ts';
import { until } from '../harness/workbench.ts';
import { Heatmap } from './heatmap.ts';
import { mode, runFolders, useSession } from './session.ts';

/** Places with a story: inside a string, after an emoji, on a line end's last character, in an `if (…)`. */
const places = {
  'src/queue.ts': [
    { line: 1, column: 5 },
    { line: 7, column: 18 },
    { line: 16, column: 27 },
  ],
  // CRLF, and characters of two UTF-16 units: the hand at 14, the world at 32, the fox at 17.
  'src/windows.ts': [
    { line: 1, column: 14 },
    { line: 2, column: 32 },
    { line: 2, column: 36 },
    { line: 4, column: 19 },
    { line: 5, column: 17 },
  ],
};

const quantities = ['tanhc', 'c', 'h', 'f', 'i', 'o', 'g'];

/** Steps of the walkthrough, in its order. */
const steps = ['sample', 'train', 'look', 'reach'];

describe(`train on the workspace and look (${mode})`, () => {
  // The package in a workspace that nobody trusts: it declares to work there as anywhere.
  const session = useSession({ untrusted: mode === 'packaged' });

  /** Opens the walkthrough and reads which of its steps are ticked. */
  async function tickedSteps(): Promise<string[]> {
    const { workbench } = session;
    await workbench.command('Cellscope: Getting Started');
    const tick = (step: string): Locator =>
      workbench.page.locator(`[role="checkbox"][data-done-step-id$="#cellscope.${step}"]`).first();
    await tick('reach').waitFor();
    const ticked: string[] = [];
    for (const step of steps) if ((await tick(step).getAttribute('aria-checked')) === 'true') ticked.push(step);
    return ticked;
  }

  /** Every quantity of a cell along a file, as the command line prints it. */
  function printed(folder: string, file: string, layer: number, cell: number): Record<string, number[]> {
    const [run] = runFolders(session);
    const values = (quantity: string) => activations(root, run!, path.join(folder, file), { layer, cell, quantity });
    return Object.fromEntries(quantities.map((quantity) => [quantity, values(quantity)]));
  }

  if (mode === 'packaged')
    it('the workspace is in restricted mode', () =>
      session.workbench.page.locator('.statusbar').getByText('Restricted Mode').waitFor());

  it('the walkthrough has four steps, none of them done', async () => {
    assert.deepEqual(await tickedSteps(), []);
    await session.workbench.command('View: Close All Editors');
  });

  it('trains from the palette and says so', async () => {
    const { workbench } = session;
    await workbench.openFile('queue.ts');
    await workbench.command('Cellscope: Train on Workspace');
    await workbench.toasts(/trained on .* characters/).waitFor({ timeout: 90_000 });
    assert.equal(runFolders(session).length, 1);
  });

  it('lists the run in the Cellscope view', async () => {
    const { workbench } = session;
    await workbench.activityBarItem('Cellscope').click();
    await workbench.treeRows(/lstm 1×24.*bit/).waitFor();
  });

  for (const [file, positions] of Object.entries(places)) {
    it(`shows ${file} in the heatmap, with the numbers that \`activations\` prints`, async () => {
      const { workbench, folder } = session;
      await workbench.openFile(path.basename(file));
      await workbench.command('Cellscope: Open Activation Heatmap');
      const heatmap = await Heatmap.find(workbench);
      const text = readFileSync(path.join(folder, file), 'utf8');
      const lines = text.split(/\r\n|\n/);
      await until(`${file} in the heatmap`, async () => (await heatmap.lineText(1)) === lines[0]);
      for (const line of [2, 4, 5]) assert.equal(await heatmap.lineText(line), lines[line - 1]);

      const { layer, cell } = await heatmap.shown();
      const expected = printed(session.folder, file, layer, cell);
      for (const { line, column } of positions) {
        const reading = await heatmap.point(line, column);
        const index = characterIndex(text, line, column);
        assert.equal(reading.character, [...text.replace(/\r\n/g, '\n')][index]);
        assert.deepEqual(Object.keys(reading.values).sort(), [...quantities].sort());
        for (const [quantity, value] of Object.entries(reading.values)) {
          const other = expected[quantity]![index]!;
          const near = Math.abs(value - other) <= 1e-5 * Math.max(1, Math.abs(other));
          assert.ok(near, `${quantity} at ${file} ${line}:${column}: ${value}, printed ${other}`);
        }
      }
    });
  }

  it('hovers in the editor with the same number', async () => {
    const { workbench, folder } = session;
    const [file, place] = ['src/windows.ts', { line: 2, column: 36 }] as const;
    await workbench.command('View: Close All Editors');
    await workbench.openFile('windows.ts');
    const hover = await workbench.hover(place, /surprisal/);
    const text = readFileSync(path.join(folder, file), 'utf8');
    const [, layer, cell] = /layer (\d+) · cell (\d+):/.exec(hover)!;
    const expected = printed(folder, file, Number(layer), Number(cell));
    const index = characterIndex(text, place.line, place.column);
    const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
    for (const [label, words] of Object.entries({
      'tanh c': signed(expected.tanhc![index]!),
      h: signed(expected.h![index]!),
      c: signed(expected.c![index]!),
      'forget f': expected.f![index]!.toFixed(2),
      'input i': expected.i![index]!.toFixed(2),
      'output o': expected.o![index]!.toFixed(2),
    }))
      assert.ok(hover.includes(`${label} ${words}`), `${label} ${words} in\n${hover}`);
  });

  it('opens every panel, and would notice one that breaks its security policy', async () => {
    const { workbench } = session;
    const { complaints } = session.browser;
    for (const [command, name] of [
      ['Cellscope: Open Activation Heatmap', 'heatmap'],
      ['Cellscope: Open Training Panel', 'training'],
      ['Cellscope: Open Gradient Panel', 'gradients'],
      ['Cellscope: Open Cells Panel', 'cells'],
    ] as const) {
      await workbench.command(command);
      const frame = await workbench.webview(`[data-testid="${name}"]`);
      assert.deepEqual(complaints, []);
      try {
        await frame.evaluate(breakPolicy);
        await until(`a complaint of ${name}`, async () => complaints.some((text) => /^security.*style-src/.test(text)));
      } finally {
        complaints.length = 0;
      }
    }
  });

  it('the walkthrough has ticked each step that was done, and ticks the sample', async () => {
    const { workbench } = session;
    assert.deepEqual(await tickedSteps(), ['train', 'look', 'reach']);
    await workbench.command('Cellscope: Explore the Sample Run');
    await workbench.webview('[data-testid="heatmap"][data-settled="true"]', 60_000);
    await until('the last tick', async () => (await tickedSteps()).length === 4);
    await workbench.shot(`walkthrough-${mode}`);
  });

  it('reaches no other machine', () => {
    assert.deepEqual(session.browser.blocked, []);
  });
});
