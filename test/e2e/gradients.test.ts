import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import type { GradientsResult } from '../../src/cli/gradients.ts';
import { cellscope } from '../harness/command-line.ts';
import { root } from '../harness/paths.ts';
import { until } from '../harness/workbench.ts';
import { Heatmap } from './heatmap.ts';
import { describeInDevelopment, mode, runFolders, useSession } from './session.ts';

const panel = '[data-testid="gradients"]';

describeInDevelopment('the gradient panel', () => {
  const session = useSession({ settings: { 'cellscope.training.openWhenStarted': 'none' } });
  let frame: Frame;

  const cells = (row: number): Promise<string[]> =>
    frame.locator(`${panel} .side tbody tr`).nth(row).locator('th, td').allInnerTexts();
  const tab = async (name: string): Promise<void> => {
    await frame.locator(`#tab-${name}`).click();
    await frame.locator(`${panel}[data-tab="${name}"]`).waitFor();
  };

  const ask = async (entry: string): Promise<void> => {
    await frame.locator(`${panel} .export`).click();
    await frame.locator('.menu-item').getByText(entry, { exact: true }).click();
    await session.workbench.page.locator('.quick-input-widget input[type="text"]').waitFor({ state: 'visible' });
  };
  const saved = async (entry: string, name: string): Promise<Buffer> => {
    const { page } = session.workbench;
    const file = path.join(session.folder, name);
    await ask(entry);
    const input = page.locator('.quick-input-widget input[type="text"]');
    const proposed = new RegExp(`/lag-profile-LSTM-[\\w-]+\\${path.extname(name)}$`);
    await until(`${proposed}`, async () => proposed.test(await input.inputValue()));
    await input.fill(file);
    await page.keyboard.press('Enter');
    await until(`${name} to be written`, async () => existsSync(file));
    await session.workbench.toasts('Written').waitFor();
    await session.workbench.clearToasts();
    return readFileSync(file);
  };

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

  it('exports its numbers through the save dialog, as it shows them', async () => {
    const [head, ...rows] = (await saved('Numbers (CSV)', 'profile.csv')).toString().trimEnd().split('\r\n');
    assert.match(head!, /^lag,LSTM 1×24 · c,LSTM 1×24 · c lower quartile,/);
    assert.equal(rows[0]!.split(',')[1], '1');
    const at10 = Number(rows[10]!.split(',')[1]);
    const shown = Number((await cells(0))[3]!.replace('−', '-'));
    assert.ok(Math.abs(shown - at10) <= 0.06 * at10, `${shown}, written ${at10}`);
  });

  it('exports its picture, a PNG', async () => {
    const png = await saved('Picture (PNG)', 'profile.png');
    assert.deepEqual([...png.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    assert.ok(png.readUInt32BE(16) > 300 && png.readUInt32BE(20) > 200, 'width and height');
  });

  it('writes nothing and says nothing where the save dialog is left', async () => {
    const { page } = session.workbench;
    const before = readdirSync(session.folder);
    await ask('Numbers (CSV)');
    await session.workbench.leaveQuickInput();
    assert.deepEqual(readdirSync(session.folder), before);
    assert.equal(await page.locator('.notification-toast').count(), 0);
  });

  for (const [name, proof] of [
    ['jacobians', /k = 8/],
    ['contribution', /k < 5/],
    ['memory', /cell \d+/],
    ['saturation', /· f/],
    ['health', /Healthy|Exploding|Vanishing|updates/],
    ['lab', /106\.72/],
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

  it('asks about the logit of a character of one’s own choice', async () => {
    const reading = frame.locator(`${panel} .card.main .reading`);
    const chosen = frame.locator(`${panel} .choice vscode-dropdown[aria-label="Start from"]`);
    await chosen.click();
    await chosen.locator('vscode-option', { hasText: 'logit of (' }).first().click();
    await until('the logit', async () => /the logit of “\(”/.test((await reading.textContent())!));
    await until('both signs', () =>
      frame.evaluate<boolean>(`(() => {
        const styles = [...document.querySelectorAll('.reach-text span[style]')].map((span) => span.getAttribute('style')).join();
        return styles.includes('--cs-positive') && styles.includes('--cs-negative');
      })()`),
    );
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

  it('draws a reach over the heatmap’s text, for another character, for a logit, in the scratch text; Escape leaves', async () => {
    const { workbench } = session;
    const { keyboard } = workbench.page;
    await workbench.openFile('queue.ts');
    await workbench.command('Cellscope: Open Activation Heatmap');
    const heatmap = await Heatmap.find(workbench);
    const root = heatmap.frame.locator('[data-testid="heatmap"]');
    const reachOf = (place: string) => heatmap.frame.locator(`[data-testid="heatmap"][data-reach="${place}"]`);
    const pane = heatmap.frame.locator('[data-testid="reach"]');
    await heatmap.frame.locator('.scroller').focus();
    for (const key of ['Control+Home', 'ArrowDown', 'ArrowDown', 'End', 'ArrowLeft', 'r']) await keyboard.press(key);
    const column = [...(await heatmap.lineText(3))].length;
    await reachOf(`3:${column}`).waitFor({ timeout: 20_000 });
    const last = (await heatmap.lineText(3)).at(-1)!;
    assert.match((await pane.textContent())!, new RegExp(`the loss of “\\${last}” goes back to, line 3`));
    // The nearest character is among the largest contributors, and the colours are the reach's.
    assert.ok((await pane.locator('tbody tr').count()) > 3);
    await workbench.shot(`reach-${mode}`);
    await keyboard.press('ArrowLeft');
    await reachOf(`3:${column - 1}`).waitFor();
    const seeds = pane.locator('vscode-dropdown[aria-label="Start from"]');
    await seeds.click();
    await seeds.locator('vscode-option', { hasText: 'logit of (' }).first().click();
    await until('the logit', async () => /the logit of “\(”/.test((await pane.textContent())!));
    await until('signed gradients', async () => /−/.test((await pane.locator('tbody').textContent())!));
    await pane.locator('.contributor').first().click();
    await keyboard.press('Escape');
    await pane.waitFor({ state: 'hidden' });
    assert.equal(await root.getAttribute('data-reach'), null);

    await heatmap.frame.locator('vscode-button[aria-label="More actions"]').click();
    await heatmap.frame.locator('.menu-item').getByText('Scratch Text', { exact: true }).click();
    await heatmap.frame.locator('.scratch-input').fill('const a = (b + c);');
    await until('the scratch text', async () => (await heatmap.lineText(1)) === 'const a = (b + c);');
    await heatmap.frame.locator('.scroller').focus();
    for (const key of ['End', 'ArrowLeft', 'r']) await keyboard.press(key);
    await reachOf('1:18').waitFor({ timeout: 20_000 });
    await keyboard.press('Escape');
    await heatmap.frame.locator('.scratch vscode-button').click();
    await workbench.command('Cellscope: Open Gradient Panel');
    frame = await workbench.webview(panel, 60_000);
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
});
