/** The heatmap's exports through VS Code's own save dialog, opened afterwards by a browser that may reach nothing. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { activations } from '../harness/command-line.ts';
import { root } from '../harness/paths.ts';
import { until } from '../harness/workbench.ts';
import { Heatmap } from './heatmap.ts';
import { describeInDevelopment, mode, runFolders, useSession } from './session.ts';

/** What a file could do to a page that shows it, and what is awkward in CSV. */
const hostile = [
  '<script>document.title = "run"</script>',
  '<img src="https://example.org/x.png" onerror="document.title = \'run\'"> &amp; "quoted", \\ back',
  '</pre></body><style>body { display: none }</style>',
  'const fox = "🦊";\tif (a < b && c > d) {}',
  '',
].join('\r\n');

describeInDevelopment('exports of the heatmap', () => {
  const session = useSession();
  let heatmap: Heatmap;

  /** Chooses an entry of the panel's menu and saves under the name given. */
  async function exportAs(label: string, name: string): Promise<string> {
    const { page } = session.workbench;
    const file = path.join(session.folder, name);
    await heatmap.frame.locator('vscode-button[aria-label="More actions"]').click();
    await heatmap.frame.locator('.menu-item').getByText(label, { exact: true }).click();
    const input = page.locator('.quick-input-widget input[type="text"]');
    await input.waitFor({ state: 'visible' });
    const { layer, cell, quantity } = await heatmap.shown();
    const overlays = (await heatmap.overlays()).map((overlay) => `-with-${overlay.name.replaceAll('.', '-')}`).join('');
    const proposed = new RegExp(`/hostile-${layer}-${cell}-${quantity}${overlays}\\${path.extname(name)}$`);
    await until(`${proposed}`, async () => proposed.test(await input.inputValue()));
    await input.fill(file);
    await page.keyboard.press('Enter');
    await until(`${name} to be written`, async () => existsSync(file));
    await session.workbench.toasts('Written').waitFor();
    await session.workbench.clearToasts();
    return readFileSync(file, 'utf8');
  }

  before(async () => {
    const { workbench } = session;
    writeFileSync(path.join(session.folder, 'hostile.txt'), hostile);
    await workbench.openFile('hostile.txt');
    await workbench.command('Cellscope: Train on Workspace');
    await workbench.toasts(/trained on .* characters/).waitFor({ timeout: 90_000 });
    await workbench.clearToasts();
    await workbench.command('Cellscope: Open Activation Heatmap');
    heatmap = await Heatmap.find(workbench);
    await until('the hostile file', async () => (await heatmap.lineText(1)) === hostile.split('\r\n')[0]);
    await heatmap.frame.locator('[data-testid="heatmap"][data-settled="true"]').waitFor();
  });

  it('a web page: the text as it stands, coloured, without script, needing nothing', async () => {
    const html = await exportAs('Export Heatmap as HTML…', 'heatmap.html');
    assert.doesNotMatch(html, /<script|<img|<link|javascript:/i);
    const page = await session.browser.context.newPage();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    const url = pathToFileURL(path.join(session.folder, 'heatmap.html')).href;
    await page.goto(url);
    const seen = await page.evaluate<{ title: string; text: string; colours: string[]; shown: boolean }>(`(() => {
      for (const number of document.querySelectorAll('.l')) number.remove();
      const coloured = [...document.querySelectorAll('pre span:not(.e)')];
      return {
        title: document.title,
        text: document.querySelector('pre').textContent,
        colours: [...new Set(coloured.map((span) => getComputedStyle(span).backgroundColor))],
        shown: document.body.checkVisibility(),
      };
    })()`);
    await page.setViewportSize({ width: 1000, height: 400 });
    await page.screenshot({ path: path.join(root, 'shots', `export-html-${mode}.png`) });
    await page.close();
    assert.deepEqual(requests, [url]);
    assert.ok(seen.title.startsWith('hostile.txt'), seen.title);
    assert.equal(seen.text.trimEnd(), hostile.replace(/\r\n/g, '\n').trimEnd());
    assert.ok(seen.shown);
    assert.ok(seen.colours.length > 8, `${seen.colours}`);
  });

  it('values: one row a character, as `activations` prints them', async () => {
    const { layer, cell, quantity } = await heatmap.shown();
    const csv = await exportAs('Export Activations as CSV…', 'values.csv');
    const [run] = runFolders(session);
    const slider = heatmap.frame.locator('[data-testid="heatmap"] input[type="range"]');
    const [, at] = /^Checkpoint (\d+) of/.exec((await slider.getAttribute('aria-valuetext'))!)!;
    const { number } = JSON.parse(readFileSync(path.join(run!, 'run.json'), 'utf8')).generations[Number(at) - 1];
    const model = path.join(run!, 'checkpoints', String(number), 'model.safetensors');
    const file = path.join(session.folder, 'hostile.txt');
    const expected = activations(root, model, file, { layer, cell, quantity });
    const [head, ...rows] = csv.trimEnd().split('\r\n');
    assert.equal(head, 'line,column,character,value');
    assert.equal(rows.length, expected.length);
    const lines = hostile.split('\r\n');
    const places = lines.flatMap((line, l) => {
      let column = 1;
      const own = [...line, ...(l < lines.length - 1 ? ['\n'] : [])].map((character) => {
        const place = { line: l + 1, column, character };
        column += character.length;
        return place;
      });
      return own;
    });
    rows.forEach((row, i) => {
      const [, line, column, character, value] = /^(\d+),(\d+),"((?:[^"]|"")*)",(.*)$/.exec(row)!;
      const { [i]: place } = places;
      const written = character === '""' ? '"' : (JSON.parse(`"${character}"`) as string);
      assert.deepEqual({ line: Number(line), column: Number(column), character: written }, place, row);
      const other = expected[i]!;
      assert.ok(Math.abs(Number(value) - other) <= 1e-6 * Math.max(1, Math.abs(other)), `${row}, printed ${other}`);
    });
  });

  it('three cells over each other: each with its bar, its value in the readout, its column in the file', async () => {
    const { keyboard } = session.workbench.page;
    const inRoot = (selector: string) => heatmap.frame.locator(`[data-testid="heatmap"] ${selector}`);
    const file = path.join(session.folder, 'hostile.txt');
    const settled = () => heatmap.frame.locator('[data-testid="heatmap"][data-settled="true"]').waitFor();
    // Upper edge, middle and lower edge of a character of the first line, as they are painted.
    const painted = () =>
      heatmap.frame.evaluate<string[]>(`(() => {
        const canvas = document.querySelector('.tile:not([hidden])');
        const line = document.querySelector('.line').getBoundingClientRect();
        const tile = canvas.getBoundingClientRect();
        const ratio = canvas.width / tile.width;
        const row = (y) => {
          const { data } = canvas.getContext('2d').getImageData(0, Math.round((line.top - tile.top + y) * ratio), 200, 1);
          return [...data].join();
        };
        return [row(1), row(line.height / 2), row(line.height - 2)];
      })()`);
    await inRoot('.scroller').focus();
    const plain = await painted();
    assert.ok(plain[0] === plain[1] && plain[1] === plain[2], 'one colour from edge to edge');

    const first = await heatmap.shown();
    await keyboard.press('o');
    await keyboard.press('Control+ArrowDown');
    await until('another cell in the background', async () => (await heatmap.shown()).cell !== first.cell);
    const filter = inRoot('.filter');
    if (!(await filter.isVisible())) await inRoot('vscode-button[aria-label="Cells"]').click();
    const third = first.cell === 0 ? 5 : first.cell - 1;
    await filter.fill(`0 · ${third}`);
    await inRoot('.cell-row:visible')
      .first()
      .click({ modifiers: ['Control'] });
    await filter.fill('');
    await filter.press('Escape');
    const shown = await heatmap.shown();
    const names = [`0.${first.cell}.${first.quantity}`, `0.${third}.${first.quantity}`];
    await until(
      'both in the readout',
      async () => `${(await heatmap.overlays()).map(({ name }) => name)}` === `${names}`,
    );
    await settled();
    const [over, middle, under] = await painted();
    assert.ok(over !== middle && under !== middle, 'a bar at either edge');
    await inRoot('.scroller').focus();
    await keyboard.press('o');
    await until('a word that there is no room', async () =>
      /Three cells/.test((await inRoot('.legend').textContent())!),
    );

    // Without the pointer: the readout of the keyboard's character is complete after the cells have changed.
    await session.workbench.page.mouse.move(5, 400);
    await keyboard.press('Control+Home');
    for (let i = 0; i < 9; i++) await keyboard.press('ArrowRight');
    const reading = await until('the readout', async () => {
      const now = await heatmap.reading();
      return now?.line === 1 && now.column === 10 && now;
    });
    const [run] = runFolders(session);
    const slider = inRoot('input[type="range"]');
    const [, at] = /^Checkpoint (\d+) of/.exec((await slider.getAttribute('aria-valuetext'))!)!;
    const { number } = JSON.parse(readFileSync(path.join(run!, 'run.json'), 'utf8')).generations[Number(at) - 1];
    const model = path.join(run!, 'checkpoints', String(number), 'model.safetensors');
    const cells = [shown, first, { ...first, cell: third }];
    const expected = cells.map((cell) => activations(root, model, file, cell));
    const near = (value: number | undefined, other: number) =>
      assert.ok(
        Math.abs((value ?? Number.NaN) - other) <= 1e-5 * Math.max(1, Math.abs(other)),
        `${value}, printed ${other}`,
      );
    near(reading.values[shown.quantity], expected[0]![9]!);
    (await heatmap.overlays()).forEach(({ value }, k) => {
      near(value, expected[k + 1]![9]!);
    });
    await session.workbench.shot(`heatmap-three-cells-${mode}`);

    const csv = await exportAs('Export Visible Activations as CSV…', 'three.csv');
    const [head, ...rows] = csv.trimEnd().split('\r\n');
    assert.equal(head, `line,column,character,value,${names.map((name) => `value_${name.replaceAll('.', '_')}`)}`);
    assert.equal(rows.length, expected[0]!.length);
    rows.forEach((row, i) => {
      const values = row.split(',').slice(-3).map(Number);
      values.forEach((value, k) => {
        near(value, expected[k]![i]!);
      });
    });

    const loaded = session.workbench.page.waitForEvent('load');
    await session.workbench.command('Developer: Reload Window');
    await loaded;
    heatmap = await Heatmap.find(session.workbench);
    await until(
      'them after a reload',
      async () => `${(await heatmap.overlays()).map(({ name }) => name)}` === `${names}`,
    );
    assert.deepEqual(await heatmap.shown(), shown);
    for (const left of [1, 0]) {
      await inRoot('.legend vscode-button').first().click();
      await until(`${left} left`, async () => (await heatmap.overlays()).length === left);
    }
    assert.equal(await inRoot('.legend').isVisible(), false);
    assert.deepEqual(await heatmap.shown(), shown);
  });
});
