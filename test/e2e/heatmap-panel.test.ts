/** The heatmap's own controls in a real workbench: checkpoints, quantities, cells, keys, edits, badges, long lines, scratch text. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { activations, characterIndex } from '../harness/command-line.ts';
import { root } from '../harness/paths.ts';
import { until } from '../harness/workbench.ts';
import { Heatmap } from './heatmap.ts';
import { describeInDevelopment, mode, runFolders, useSession } from './session.ts';

/** A line of twice the characters that a strip holds. */
const longLine = `let n = ${Array.from({ length: 400 }, (_, i) => i % 10).join('+')};\nlast();\n`;

const near = (value: number | undefined, other: number): boolean =>
  value !== undefined && Math.abs(value - other) <= 1e-5 * Math.max(1, Math.abs(other));

describeInDevelopment("the heatmap's controls", () => {
  const session = useSession({ settings: { 'files.autoSave': 'off' } });
  let heatmap: Heatmap;
  /** What the heatmap shows: a run (its best checkpoint), or one checkpoint's file. */
  let model: string;

  const inRoot = (selector: string) => heatmap.frame.locator(`[data-testid="heatmap"] ${selector}`);
  const write = (name: string, text: string) => writeFileSync(path.join(session.folder, name), text);

  /** Opens a file beside the heatmap and waits until the heatmap shows it, coloured. */
  async function show(name: string, firstLine: string): Promise<void> {
    const { workbench } = session;
    await workbench.page.locator('.editor-group-container').first().locator('.editor-container').click();
    await workbench.openFile(name);
    await until(`${name} in the heatmap`, async () => (await heatmap.lineText(1)) === firstLine);
    await heatmap.frame.locator('[data-testid="heatmap"][data-settled="true"]').waitFor();
  }

  /** The value that the command line prints for a place of a text, of the model in a file or run. */
  function printed(text: string, line: number, column: number, quantity?: string) {
    return async () => {
      const shown = await heatmap.shown();
      const file = path.join(session.server.folder, 'tmp', 'compared.txt');
      writeFileSync(file, text);
      const { layer, cell } = shown;
      const values = activations(root, model, file, { layer, cell, quantity: quantity ?? shown.quantity });
      return values[characterIndex(text, line, column)]!;
    };
  }

  /** Waits until the readout of a place says what the command line prints. */
  async function agrees(text: string, line: number, column: number): Promise<number> {
    const expected = await printed(text, line, column)();
    const { quantity } = await heatmap.shown();
    let last: number | undefined;
    await until(`${expected} at ${line}:${column}`, async () => {
      last = (await heatmap.point(line, column)).values[quantity];
      return near(last, expected);
    }).catch((error) => assert.fail(`${quantity} at ${line}:${column}: ${last}, printed ${expected} (${error})`));
    return expected;
  }

  before(async () => {
    const { workbench } = session;
    await workbench.openFile('scanner.ts');
    await workbench.command('Cellscope: Train on Workspace');
    await workbench.toasts(/trained on .* characters/).waitFor({ timeout: 90_000 });
    // Not part of the training.
    write('outside.ts', 'const outside = true;\n');
    write('long.ts', longLine);
    write('empty.ts', '');
    write('foreign.txt', '漢字\n漢字\n');
    await workbench.clearToasts();
    await workbench.command('Cellscope: Open Activation Heatmap');
    heatmap = await Heatmap.find(workbench);
    model = runFolders(session)[0]!;
  });

  it('the slider shows the cell at each checkpoint, as `activations` prints it', async () => {
    const [run] = runFolders(session);
    const text = readFileSync(path.join(session.folder, 'src/scanner.ts'), 'utf8');
    const manifest = JSON.parse(readFileSync(path.join(run!, 'run.json'), 'utf8'));
    const numbers: number[] = manifest.generations.map((entry: { number: number }) => entry.number);
    assert.ok(numbers.length >= 3, `${readdirSync(path.join(run!, 'checkpoints'))}`);
    const slider = inRoot('input[type="range"]');
    await slider.focus();
    const seen: number[] = [];
    for (const [key, at] of [
      ['Home', 0],
      ['ArrowRight', 1],
      ['End', numbers.length - 1],
    ] as const) {
      await slider.press(key);
      await until('the checkpoint in words', async () =>
        (await slider.getAttribute('aria-valuetext'))!.startsWith(`Checkpoint ${at + 1} of ${numbers.length}`),
      );
      model = path.join(run!, 'checkpoints', String(numbers[at]), 'model.safetensors');
      seen.push(await agrees(text, 18, 10));
    }
    assert.equal(new Set(seen).size, 3, `${seen}`);
  });

  it('every quantity can be chosen and is what the readout and `activations` say', async () => {
    const text = readFileSync(path.join(session.folder, 'src/scanner.ts'), 'utf8');
    for (const label of ['forget', 'input', 'output', 'new g', 'h', 'c', 'tanh c']) {
      const dropdown = inRoot('.quantity vscode-dropdown');
      await dropdown.click();
      await dropdown.locator('vscode-option').getByText(label, { exact: true }).click();
      const quantity = { forget: 'f', input: 'i', output: 'o', 'new g': 'g', 'tanh c': 'tanhc' }[label] ?? label;
      await until(quantity, async () => (await heatmap.shown()).quantity === quantity);
      await agrees(text, 21, 12);
    }
  });

  it('cells are filtered, flipped through by keys, and stepped through', async () => {
    const text = readFileSync(path.join(session.folder, 'src/scanner.ts'), 'utf8');
    const filter = inRoot('.filter');
    if (!(await filter.isVisible())) await inRoot('vscode-button[aria-label="Cells"]').click();
    await filter.fill('0 · 1');
    const rows = inRoot('.cell-row:visible .name');
    await until('filtered cells', async () => (await rows.allInnerTexts()).every((name) => name.startsWith('0 · 1')));
    assert.equal((await rows.allInnerTexts()).length, 11);
    await filter.press('Enter');
    await until('cell 1', async () => (await heatmap.shown()).cell === 1);
    await filter.press('ArrowDown');
    await session.workbench.page.keyboard.press('ArrowDown');
    await until('cell 10', async () => (await heatmap.shown()).cell === 10);
    await session.workbench.page.keyboard.press('ArrowDown');
    await until('cell 11', async () => (await heatmap.shown()).cell === 11);
    await agrees(text, 18, 10);
    await filter.fill('');
    await filter.press('Escape');
    await until('the list to close', async () => !(await filter.isVisible()));
    await inRoot('vscode-button[aria-label="Next cell"]').click();
    await until('cell 12', async () => (await heatmap.shown()).cell === 12);
    await inRoot('vscode-button[aria-label="Previous cell"]').click();
    await inRoot('.scroller').focus();
    await session.workbench.page.keyboard.press('Control+ArrowUp');
    await until('cell 10', async () => (await heatmap.shown()).cell === 10);
    await agrees(text, 18, 10);
  });

  it('the keyboard moves the cursor, and the readout follows', async () => {
    const text = readFileSync(path.join(session.folder, 'src/scanner.ts'), 'utf8');
    const lines = text.split('\n');
    const { keyboard, mouse } = session.workbench.page;
    await mouse.move(5, 400);
    await inRoot('.scroller').focus();
    const at = async (line: number, column: number, character: string): Promise<void> => {
      const reading = await until(`the readout at ${line}:${column}`, async () => {
        const now = await heatmap.reading();
        return now?.line === line && now.column === column && now;
      }).catch(async (error) => assert.fail(`${error}: ${JSON.stringify(await heatmap.reading())}`));
      assert.equal(reading.character, character);
    };
    await keyboard.press('Control+Home');
    await at(1, 1, '/');
    await keyboard.press('ArrowRight');
    await keyboard.press('ArrowRight');
    await at(1, 3, '*');
    await keyboard.press('ArrowLeft');
    await at(1, 2, '*');
    await keyboard.press('End');
    await at(1, lines[0]!.length + 1, '\n');
    await keyboard.press('ArrowRight');
    await at(2, 1, 'e');
    await keyboard.press('ArrowDown');
    await at(3, 1, ' ');
    await keyboard.press('End');
    await keyboard.press('Home');
    await at(3, 1, ' ');
    await keyboard.press('ArrowUp');
    await keyboard.press('PageDown');
    const reading = await until('a page further', async () => {
      const now = await heatmap.reading();
      return now && now.line > 10 && now;
    });
    assert.equal(reading.column, 1);
    await keyboard.press('PageUp');
    await at(2, 1, 'e');
    await keyboard.press('Control+End');
    await until('the end of the text', async () => /End of the text/.test((await inRoot('.here').textContent())!));
    await keyboard.press('ArrowLeft');
    await at(lines.length - 1, 2, '\n');
  });

  it('text is selected and copied as it stands in the file', async () => {
    await show('windows.ts', '// Greetings 👋 with Windows line ends.');
    const copied = await heatmap.frame.evaluate<string>(`(() => {
      const line = (n) => document.querySelector('[data-line="' + n + '"]:not([data-testid])');
      const selection = getSelection();
      selection.setBaseAndExtent(line(1).firstChild, 3, line(3).firstChild, 6);
      const data = new DataTransfer();
      document.activeElement.dispatchEvent(new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true }));
      return data.getData('text/plain') || selection.toString();
    })()`);
    const [first, second] = readFileSync(path.join(session.folder, 'src/windows.ts'), 'utf8').split('\r\n');
    assert.equal(copied, `${first!.slice(3)}\n${second}\nexport`);
  });

  it('what is typed into the editor is recoloured, in a file with CRLF and emoji too', async () => {
    const { workbench } = session;
    const before = readFileSync(path.join(session.folder, 'src/windows.ts'), 'utf8');
    await show('windows.ts', '// Greetings 👋 with Windows line ends.');
    await workbench.goTo({ line: 2, column: 1 });
    await workbench.page.keyboard.type('const fox = "');
    await workbench.page.keyboard.insertText('🦊');
    await workbench.page.keyboard.type(' here');
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.keyboard.type('let added = 1;');
    const page = await until('the edited text', async () => {
      const text = await heatmap.lineText(3);
      return text.endsWith('let added = 1;') && [await heatmap.lineText(2), text];
    });
    const lines = before.split('\r\n');
    const edited = [lines[0], ...page, ...lines.slice(2)].join('\r\n');
    for (const [line, column] of [
      [1, 5],
      [2, 14],
      [2, 17],
      [3, 4],
      [4, 8],
      [6, 17],
      [8, 10],
    ] as const)
      await agrees(edited, line, column);
    for (let i = 4; i <= 9; i++) assert.equal(await heatmap.lineText(i), lines[i - 2]);
    await until('the changed badge', async () => /changed since/.test((await inRoot('.badge').textContent())!));
    await workbench.command('File: Revert File');
    await until('the text of before', async () => (await heatmap.lineText(2)) === lines[1]);
    await agrees(before, 5, 17);
  });

  it('says whether a file was trained on or held out', async () => {
    const [run] = runFolders(session);
    const manifest = JSON.parse(readFileSync(path.join(run!, 'run.json'), 'utf8'));
    const words = { train: 'trained on', validation: 'held out (validation)', test: 'held out' } as const;
    const files: { path: string; side: keyof typeof words }[] = manifest.corpus.files;
    const sides = new Set<string>();
    for (const { path: file, side } of files) {
      if (sides.has(side)) continue;
      sides.add(side);
      const name = path.basename(file);
      const text = readFileSync(path.join(session.folder, file), 'utf8');
      await show(name, text.split(/\r?\n/)[0]!);
      await until(
        `${file}: ${side}`,
        async () => (await inRoot('.badge').textContent()) === `${name} · ${words[side]}`,
      );
    }
    assert.deepEqual([...sides].sort(), ['test', 'train', 'validation']);
    await show('outside.ts', 'const outside = true;');
    await until(
      'an unknown file',
      async () => (await inRoot('.badge').textContent()) === 'outside.ts · not part of the run',
    );
  });

  it('a line longer than a strip has its gates under its characters, and all of it its colours', async () => {
    const text = longLine;
    await show('long.ts', text.split('\n')[0]!);
    await session.workbench.goTo({ line: 1, column: 551 });
    const { quantity } = await heatmap.shown();
    const expected = await printed(text, 1, 551)();
    await until('the readout far out in the line', async () => {
      const reading = await heatmap.reading();
      return reading?.column === 551 && near(reading.values[quantity], expected);
    });
    const strip = await heatmap.frame.evaluate<{ value: string; left: number; right: number; hair: number }>(`(() => {
      const picture = document.querySelector('.strip-picture');
      const line = picture.querySelector('.strip-line').getBBox();
      const hair = Number(picture.querySelector('.strip-hair').getAttribute('x1'));
      const value = document.querySelector('.strip-value').textContent;
      return { value, left: line.x, right: line.x + line.width, hair };
    })()`);
    const { caret, width } = await heatmap.frame.evaluate<{ caret: number; width: number }>(`(() => {
      const { style } = document.querySelector('.caret');
      const width = Number.parseFloat(style.width);
      return { caret: new DOMMatrix(style.transform).e + width / 2, width };
    })()`);
    assert.ok(Math.abs(strip.hair - caret) < 1, `hair at ${strip.hair}, character at ${caret}`);
    assert.ok(Math.abs(strip.left - 350 * width) < 2, `begins at ${strip.left / width}`);
    // 400 characters, the last of which may be the newline, half as wide.
    assert.ok(
      Math.abs(strip.right - strip.left - 400 * width) < width,
      `${(strip.right - strip.left) / width} characters`,
    );
    const shown = Number(strip.value.replace('−', '-'));
    assert.ok(Math.abs(shown - expected) <= 0.0051, `${shown}, printed ${expected}`);
  });

  it('follows the active editor, and stays on its text while it is locked', async () => {
    const { workbench } = session;
    await show('queue.ts', '/** A queue of numbered tasks: first in, first out, with a limit. */');
    await inRoot('vscode-button[aria-label^="Following"]').click();
    await inRoot('vscode-button[aria-label^="Staying"]').waitFor();
    await workbench.page.locator('.tab[data-resource-name="long.ts"]').first().click();
    await workbench.goTo({ line: 2, column: 3 });
    await workbench.page.waitForTimeout(500);
    assert.match(await heatmap.lineText(1), /A queue of numbered tasks/);
    await inRoot('vscode-button[aria-label^="Staying"]').click();
    await until('the active editor again', async () => (await heatmap.lineText(1)).startsWith('let n = 0+1'));
    await workbench.page.locator('.tab[data-resource-name="scanner.ts"]').first().click();
    await until('the next editor', async () => (await heatmap.lineText(1)).startsWith('/** Cuts a line'));
    await workbench.goTo({ line: 9, column: 7 });
    await until('the readout at the editor’s cursor', async () => {
      const reading = await heatmap.reading();
      return reading?.line === 9 && reading.column === 7;
    });
  });

  it('reveals the character under its cursor in the editor', async () => {
    const { workbench } = session;
    await show('scanner.ts', '/** Cuts a line of text into tokens: names, numbers and strings in double quotes. */');
    await heatmap.point(12, 11);
    await workbench.page.mouse.down();
    await workbench.page.mouse.up();
    await workbench.page.keyboard.press('Enter');
    await workbench.page.getByText('Ln 12, Col 11').waitFor();
  });

  it('says why there is nothing to colour', async () => {
    await show('foreign.txt', '漢字');
    await until('the remark on unknown characters', async () =>
      /4 characters \(67 % of the text\) unknown to this model/.test((await inRoot('.notice.remark').textContent())!),
    );
    const { layer, cell } = await heatmap.shown();
    const values = activations(root, model, path.join(session.folder, 'foreign.txt'), { layer, cell, quantity: 'h' });
    assert.equal(values.length, 6);
    assert.ok(near((await heatmap.point(2, 2)).values.h, values[4]!));
    await session.workbench.openFile('empty.ts');
    await inRoot('.empty h1').getByText('This file is empty').waitFor();
    await session.workbench.shot(`heatmap-empty-file-${mode}`);
  });

  it('colours scratch text as it is typed and pasted, also after a reload of the window', async () => {
    const { workbench } = session;
    await inRoot('.empty').getByText('Open Scratch Box').click();
    const input = inRoot('.scratch-input');
    await input.pressSequentially('if (x) {', { delay: 5 });
    await until('what was typed', async () => (await heatmap.lineText(1)) === 'if (x) {');
    await agrees('if (x) {', 1, 6);
    const text = 'if (x) {\n  say("<b>pasted</b>");\n}\n';
    await input.fill(text);
    await until('what was pasted', async () => (await heatmap.lineText(2)) === '  say("<b>pasted</b>");');
    await agrees(text, 2, 12);
    assert.match((await inRoot('.badge').textContent())!, /not part of the training/);
    const before = await heatmap.shown();
    const loaded = workbench.page.waitForEvent('load');
    await workbench.command('Developer: Reload Window');
    await loaded;
    heatmap = await Heatmap.find(workbench);
    await until('the scratch text', async () => (await heatmap.lineText(2)) === '  say("<b>pasted</b>");');
    assert.equal(await inRoot('.scratch-input').inputValue(), text);
    assert.deepEqual(await heatmap.shown(), before);
    await agrees(text, 2, 12);
    await workbench.shot(`heatmap-scratch-${mode}`);
    await inRoot('.scratch vscode-button[aria-label^="Close"]').click();
    await until('no scratch text', async () => !(await inRoot('.scratch').isVisible()));
  });
});
