import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { parseCellsFile } from '../../src/core/formats/cells-file.ts';
import { nodeStorage } from '../../src/worker/node-storage.ts';
import { until } from '../harness/workbench.ts';
import { savePlanted, writePlantedRun } from '../unit/core/cells/planted-run.ts';
import { Heatmap } from './heatmap.ts';
import { describeInDevelopment, mode, useSession } from './session.ts';

const panel = '[data-testid="cells"]';

describeInDevelopment('the cells panel', () => {
  const session = useSession({
    size: { width: 1700, height: 1000 },
    settings: { 'cellscope.training.openWhenStarted': 'none' },
  });
  let frame: Frame;
  let folder: string;

  const tab = async (name: string): Promise<void> => {
    await frame.locator(`#tab-${name}`).click();
    await frame.locator(`${panel}[data-tab="${name}"]`).waitFor();
  };
  const row = (text: string): Locator => frame.locator(`${panel} tbody tr`, { hasText: text }).first();

  /** A network with one planted cell, an untrained checkpoint before it, and its test files in the workspace. */
  before(async () => {
    folder = path.join(session.server.folder, 'user/User/globalStorage/cellscope.cellscope/runs/planted');
    const run = await writePlantedRun(nodeStorage(folder), { id: 'planted', files: 4 });
    await savePlanted(run, 500, true);
    await savePlanted(run, 2000);
    for (const { path: file, text } of (await run.readCorpus()).documents) {
      mkdirSync(path.dirname(path.join(session.folder, file)), { recursive: true });
      writeFileSync(path.join(session.folder, file), text);
    }
  });

  it('finds cells and shows each concept with the figures that are kept with the run', async () => {
    const { workbench } = session;
    await workbench.command('Cellscope: Open Cells Panel');
    frame = await workbench.webview(panel, 60_000);
    await frame.locator(`${panel} .start`).getByText('Find Cells').click();
    await frame.getByText('1 cell has a name; 96% of the 24 have none.').waitFor({ timeout: 90_000 });
    const { report } = parseCellsFile(readFileSync(path.join(folder, 'cells.json')));
    const quoted = report.concepts.find(({ concept }) => concept === 'double-quoted')!;
    const cells = await row('inside double quotes').locator('th, td').allInnerTexts();
    const best = quoted.best[0]!;
    assert.deepEqual(
      [cells[4], cells[2], cells[3], cells[6], cells[7]],
      ['named', best.ap.toFixed(2), quoted.base.toFixed(2), best.f1.toFixed(2), best.shift!.adjusted.toFixed(3)],
    );
    await workbench.shot(`cells-panel-${mode}`);
  });

  it('is filtered, sorted and opened by keyboard', async () => {
    const { keyboard } = session.workbench.page;
    await frame.locator('#tab-concepts').click();
    await frame.locator(`${panel} .filter`).fill('quotes');
    await until('the filter', async () => (await frame.locator(`${panel} .card tbody tr[data-id*="-"]`).count()) < 8);
    await frame.locator(`${panel} .filter`).fill('');
    await frame.getByRole('button', { name: 'concept' }).first().click();
    const sorted = frame.locator(`${panel} th[aria-sort="ascending"]`).first();
    assert.match((await sorted.textContent())!, /concept/);
    await row('inside double quotes').focus();
    await keyboard.press('ArrowUp');
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await frame.locator(`${panel}[data-tab="cell"]`).waitFor();
    await frame.locator(`${panel} .cell-title`, { hasText: /^Cell 0·0 of LSTM 1×24$/ }).waitFor();
  });

  it('the page of a cell says what it does: inside and outside, at the quotes, in snippets, and what its loss costs', async () => {
    const histogram = frame.locator(`${panel} .histogram`);
    await histogram.waitFor({ timeout: 30_000 });
    const words = (await histogram.getAttribute('aria-label'))!;
    const [inside, outside] = [...words.matchAll(/median (?:inside|outside) (\S+\d)/g)].map(([, value]) =>
      Number(value!.replace('−', '-')),
    );
    assert.ok(inside! > 0.7 && outside! < 0, words);
    assert.match((await frame.locator(`${panel} .courses h4`).first().textContent())!, /opens \(\d+ places\)/);
    await until(
      'the clamp',
      async () =>
        /^\+0\.[2-9]/.test(
          (await frame.locator(`${panel} .bars tr`, { hasText: 'quote' }).locator('.number').first().textContent()) ??
            '',
        ),
      30_000,
    );
    await session.workbench.shot(`cells-panel-cell-${mode}`);
  });

  it('a note is kept, and the page comes back after a reload of the window', async () => {
    const { workbench } = session;
    await frame.locator(`${panel} .note-area`).fill('turned over by every quote');
    await until('the note in the run’s folder', async () => {
      try {
        return readFileSync(path.join(folder, 'notes.json'), 'utf8').includes('turned over by every quote');
      } catch {
        return false;
      }
    });
    const loaded = workbench.page.waitForEvent('load');
    await workbench.command('Developer: Reload Window');
    await loaded;
    frame = await workbench.webview(`${panel}[data-tab="cell"]`, 60_000);
    await until(
      'the note',
      async () => (await frame.locator(`${panel} .note-area`).inputValue()) === 'turned over by every quote',
      30_000,
    );
    assert.equal(await frame.locator(`${panel} .cell-title`).textContent(), 'Cell 0·0 of LSTM 1×24');
  });

  it('a snippet opens its place in the file', async () => {
    const { workbench } = session;
    const link = frame.locator(`${panel} .snippets .link`).first();
    await link.waitFor({ timeout: 30_000 });
    const [, file, line] = /Open test\/(\d\.ts):(\d+)/.exec((await link.getAttribute('title'))!)!;
    await link.click();
    await workbench.page.getByRole('tab', { name: new RegExp(`^${file!.replace('.', '\\.')}`) }).waitFor();
    await until('the line', async () =>
      (await workbench.page.locator('.statusbar').textContent())!.includes(`Ln ${line},`),
    );
  });

  it('when it was born: from nothing in the untrained checkpoint to all', async () => {
    await tab('birth');
    await frame.getByText('Measure Every Checkpoint').click();
    const points = frame.locator(`${panel} .side table[aria-label], ${panel} .side .table tbody tr`);
    await until('three checkpoints of the first concept', async () => (await points.count()) >= 3, 60_000);
    await until('the end', async () => await frame.locator(`${panel} .job.busy`).first().isHidden(), 60_000);
    const aps = await frame
      .locator(`${panel} .side .table tbody tr`, { hasText: 'inside double quotes' })
      .allInnerTexts();
    const values = aps.map((text) => Number(text.split('\t')[3]));
    assert.ok(values[0]! < 0.9 && values[1]! > 0.99 && values[2]! > 0.99, aps.join('\n'));
    await session.workbench.shot(`cells-panel-birth-${mode}`);
  });

  it('beside n-grams: bits of both, and where they differ', async () => {
    await tab('baseline');
    await frame.locator(`${panel} .choice`).getByText('Compare').click();
    const verdict = frame.locator(`${panel} .verdict`).first();
    await verdict.waitFor({ timeout: 60_000 });
    assert.match((await verdict.textContent())!, /20-gram beats LSTM 1×24\. .* \d\.\d{3} bits per character/);
    assert.ok((await frame.locator(`${panel} .snippets .link`).count()) > 4);
    await session.workbench.shot(`cells-panel-ngrams-${mode}`);
  });

  it('a cell is shown in the heatmap', async () => {
    await tab('cell');
    await frame.getByText('Show in Heatmap').click();
    const heatmap = await Heatmap.find(session.workbench);
    const { layer, cell } = await heatmap.shown();
    assert.deepEqual([layer, cell], [0, 0]);
  });
});
