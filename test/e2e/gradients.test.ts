import assert from 'node:assert/strict';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import type { GradientsResult } from '../../src/cli/gradients.ts';
import { cellscope } from '../harness/command-line.ts';
import { root } from '../harness/paths.ts';
import { until } from '../harness/workbench.ts';
import { mode, runFolders, useSession } from './session.ts';

const panel = '[data-testid="gradients"]';

describe(`the gradient panel (${mode})`, () => {
  const session = useSession({ settings: { 'cellscope.training.openWhenStarted': 'none' } });
  const refused: string[] = [];
  let frame: Frame;

  const cells = (row: number): Promise<string[]> =>
    frame.locator(`${panel} .side tbody tr`).nth(row).locator('th, td').allInnerTexts();
  const tab = async (name: string): Promise<void> => {
    await frame.locator(`#tab-${name}`).click();
    await frame.locator(`${panel}[data-tab="${name}"]`).waitFor();
  };

  before(() => {
    session.browser.page.on('console', (message) => {
      if (/Content Security Policy|not understood/i.test(message.text())) refused.push(message.text());
    });
  });

  it('shows the horizons and relative gradients that `gradients` prints for the same held-out files', async () => {
    const { workbench, folder } = session;
    await workbench.command('Cellscope: Train on Workspace');
    await workbench.toasts(/trained on .* characters/).waitFor({ timeout: 90_000 });
    await workbench.command('Cellscope: Open Gradient Panel');
    frame = await workbench.webview(panel, 60_000);
    await frame.locator(`${panel} .side tbody tr`).first().waitFor({ timeout: 60_000 });

    const where = frame.locator(`${panel} .where`);
    const files = (await where.getAttribute('title'))!.split('\n').map((file) => path.join(folder, file));
    const lags = /K = (\d+)/.exec((await where.textContent())!)![1]!;
    const [run] = runFolders(session);
    const printed = cellscope<GradientsResult>(root, 'gradients', run!, ...files, '--lags', lags);
    const [layer] = printed.layers;
    for (const [row, state] of [layer!.c!, layer!.h].entries()) {
      const [, horizon, , at10] = await cells(row);
      assert.equal(horizon, state.horizon === null ? `> ${lags}` : String(state.horizon));
      const value = state.relative[10]!;
      assert.ok(Math.abs(Number(at10!.replace('−', '-')) - value) <= 0.06 * value, `${at10}, printed ${value}`);
    }
    await workbench.shot(`gradients-${mode}`);
  });

  it('lag by lag with the keyboard', async () => {
    await frame.locator(`${panel} .plot`).focus();
    for (const key of ['Home', 'ArrowRight', 'ArrowRight']) await session.workbench.page.keyboard.press(key);
    await until('the values of lag 2', async () =>
      /^k = 2 .*%/.test((await frame.locator(`${panel} .reading`).first().textContent())!),
    );
  });

  for (const [name, proof] of [
    ['jacobians', /k = 8/],
    ['contribution', /k < 5/],
    ['memory', /cell \d+/],
    ['saturation', /· f/],
    ['health', /Healthy|Exploding|Vanishing|updates/],
  ] as const)
    it(`answers in the tab ${name}`, async () => {
      await tab(name);
      await until(
        `numbers in ${name}`,
        async () => proof.test((await frame.locator(`${panel} .side`).textContent())!),
        60_000,
      );
    });

  it('goes back from a character, and from another one', async () => {
    await tab('reach');
    await frame.locator(`${panel} .side tbody tr`).first().waitFor();
    const reading = frame.locator(`${panel} .card.main .reading`);
    const before = await reading.textContent();
    await frame.locator(`${panel} .reach-text`).focus();
    await session.workbench.page.keyboard.press('ArrowLeft');
    await until('another character', async () => (await reading.textContent()) !== before);
    assert.ok((await frame.locator(`${panel} .reach-text span[style]`).count()) > 3);
  });

  it('lays the same network of another kind over it', async () => {
    const { workbench } = session;
    await tab('lags');
    await workbench.clearToasts();
    await frame.getByText('Train the Same as…').click();
    await workbench.pick('tanh RNN');
    await workbench.toasts(/trained on .* characters/).waitFor({ timeout: 90_000 });
    await until('three curves in the table', async () => (await cells(2))[0]?.includes('tanh RNN'), 60_000);
    assert.equal(await frame.locator(`${panel} .chips .chip`).count(), 2);
    assert.match((await frame.locator(`${panel} .where`).textContent())!, /same places for every run/);
    await workbench.shot(`gradients-two-${mode}`);
  });

  it('comes back with its runs and tab after a reload of the window', async () => {
    const { workbench } = session;
    await tab('memory');
    await until('the state kept', () => new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 400)));
    const loaded = workbench.page.waitForEvent('load');
    await workbench.command('Developer: Reload Window');
    await loaded;
    frame = await workbench.webview(`${panel}[data-tab="memory"]`, 60_000);
    await until('both runs', async () => (await frame.locator(`${panel} .chips .chip`).count()) === 2);
  });

  it('breaks none of its security policy', () => {
    assert.deepEqual(refused, []);
  });
});
