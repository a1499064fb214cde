/** The training panel's own buttons in a real workbench, and what it shows after a reload of the window. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { until } from '../harness/workbench.ts';
import { describeInDevelopment, mode, runFolders, useSession } from './session.ts';

describeInDevelopment('the training panel', () => {
  // Long enough to press every button while it trains.
  const session = useSession({
    settings: {
      'cellscope.training.characters': 400_000_000,
      'cellscope.training.patience': 0,
      'cellscope.training.openWhenStarted': 'training',
    },
  });
  let panel: Frame;

  const inPanel = (selector: string) => panel.locator(`[data-testid="training"] ${selector}`);
  const button = (label: string) => inPanel('vscode-button:visible').getByText(label, { exact: true });
  const text = async (selector: string): Promise<string> => (await inPanel(selector).first().textContent())!;
  const manifest = () => JSON.parse(readFileSync(path.join(runFolders(session)[0]!, 'run.json'), 'utf8'));
  const state = (name: string) =>
    until(`a run that is ${name}`, async () => (await text('.head .badge')) === name).catch(async (error) =>
      assert.fail(`${error}: ${await text('.head')}`),
    );
  /** Characters so far, as the line under the buttons says them. */
  const line = () => text('.progress-line');

  before(async () => {
    const { workbench } = session;
    await workbench.openFile('scanner.ts');
    await workbench.command('Cellscope: Train on Workspace');
    panel = await workbench.webview('[data-testid="training"]', 60_000);
    await state('training');
  });

  it('shows curves, speed and a sample while it trains', async () => {
    await until('the speed', async () => /characters\/s/.test(await line()));
    await until('a held-out loss', async () => /held out \d/.test(await text('.reading')));
    await until('a sample', async () => (await text('.sample-text')).length > 60);
    const norm = Number(/norm (\S+)/.exec(await text('.reading'))![1]);
    assert.ok(norm > 0, `${norm}`);
    await session.workbench.shot(`training-live-${mode}`);
  });

  it('pauses and goes on', async () => {
    await button('Pause').click();
    await state('paused');
    assert.equal(await button('Pause').count(), 0);
    const at = await line();
    await new Promise((resolve) => setTimeout(resolve, 1200));
    assert.equal(await line(), at);
    await button('Resume').click();
    await state('training');
    await until('more characters', async () => /characters\/s/.test(await line()) && (await line()) !== at);
  });

  it('opens each checkpoint in the heatmap', async () => {
    const { workbench } = session;
    await button('Pause').click();
    await state('paused');
    // By key: a notification may lie over it.
    await inPanel('.checkpoints tbody tr:last-child button').press('Enter');
    const heatmap = await workbench.webview('[data-testid="heatmap"]');
    const slider = heatmap.locator('[data-testid="heatmap"] input[type="range"]');
    await until('the first checkpoint', async () =>
      /^Checkpoint 1 of/.test((await slider.getAttribute('aria-valuetext'))!),
    );
    await workbench.command('Cellscope: Open Training Panel');
    panel = await workbench.webview('[data-testid="training"]');
  });

  it('a window that is closed in the midst of a training finds it interrupted, seconds lost at most, and resumes it', async () => {
    const { workbench } = session;
    const points = (): { chars: number; seconds: number }[] =>
      readFileSync(path.join(runFolders(session)[0]!, 'metrics.jsonl'), 'utf8')
        .split('\n')
        .filter((each) => each.endsWith('}'))
        .map((each) => JSON.parse(each));
    await button('Resume').click();
    await state('training');
    const { chars: paused } = points().at(-1)!;
    await until('some seconds of training', async () => points().at(-1)!.chars > paused + 500_000);
    const seen = points().at(-1)!;
    const loaded = workbench.page.waitForEvent('load');
    await workbench.command('Developer: Reload Window');
    await loaded;
    panel = await workbench.webview('[data-testid="training"]', 60_000);
    await state('interrupted');
    const kept = manifest().trainedChars;
    const lost = ((seen.chars - kept) * seen.seconds) / seen.chars;
    assert.ok(kept > paused && lost < 25, `${seen.chars} characters seen, ${kept} kept: ${lost} s lost`);
    assert.ok((await inPanel('.checkpoints tbody tr').count()) > 1);
    assert.match(await text('.reading'), /train \d/);
    await workbench.shot(`training-after-reload-${mode}`);
    await button('Resume').click();
    await state('training');
    await until('more characters', async () => manifest().trainedChars > seen.chars, 60_000);
  });

  it('stops, and trains longer', async () => {
    const { workbench } = session;
    await button('Stop').click();
    await state('finished');
    await until('a finished manifest', async () => manifest().state === 'finished');
    const { trainedChars } = manifest();
    assert.equal(await button('Stop').count(), 0);
    await button('Train Longer…').click();
    const input = workbench.page.locator('.quick-input-widget input[type="text"]');
    await input.waitFor({ state: 'visible' });
    await input.fill('20000');
    await workbench.page.keyboard.press('Enter');
    await until(
      'a longer run',
      async () => manifest().state === 'finished' && manifest().trainedChars > trainedChars,
      60_000,
    );
    await state('finished');
    const more = manifest().trainedChars - trainedChars;
    assert.ok(more >= 20_000 && more < 25_000, `${more} more characters`);
  });

  it('has its curves as a table, too', async () => {
    await button('Table').click();
    const rows = await inPanel('.curves .table tbody tr').allInnerTexts();
    assert.ok(rows.length > 5);
    assert.match(rows.at(-1)!, /\d/);
    const bits = (manifest().ngram!.nats / Math.LN2).toFixed(3);
    assert.ok((await text('.curves .table caption')).includes(`need ${bits} bits a character`), bits);
    assert.ok((await text('.facts')).includes(`n-grams on held-out files: ${bits} bits/char`), bits);
    assert.ok((await inPanel('.plots').getAttribute('aria-label'))!.includes(`need ${bits} bits`), bits);
    await button('Curves').click();
    await inPanel('.plot.loss').waitFor();
  });
});
