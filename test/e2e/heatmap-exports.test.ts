/** The heatmap's exports through VS Code's own save dialog, opened afterwards by a browser that may reach nothing. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { activations } from '../harness/command-line.ts';
import { root } from '../harness/paths.ts';
import { until } from '../harness/workbench.ts';
import { Heatmap } from './heatmap.ts';
import { mode, runFolders, useSession } from './session.ts';

/** What a file could do to a page that shows it, and what is awkward in CSV. */
const hostile = [
  '<script>document.title = "run"</script>',
  '<img src="https://example.org/x.png" onerror="document.title = \'run\'"> &amp; "quoted", \\ back',
  '</pre></body><style>body { display: none }</style>',
  'const fox = "🦊";\tif (a < b && c > d) {}',
  '',
].join('\r\n');

describe(`exports of the heatmap (${mode})`, () => {
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
    const proposed = new RegExp(`/hostile-${layer}-${cell}-${quantity}\\${path.extname(name)}$`);
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
});
