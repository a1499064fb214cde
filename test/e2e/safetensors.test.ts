import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeSafetensors } from '../../src/core/formats/safetensors.ts';
import type { Tensor } from '../../src/core/model/tensors.ts';
import { until } from '../harness/workbench.ts';
import { mode, useSession } from './session.ts';

const vocabulary = [...'\n abcdefghij'];

/** A GRU of 4 cells as PyTorch names it; `scale` in every value of its output layer. */
function model(scale: number, metadata: Record<string, string>): Uint8Array {
  const tensor = (...shape: number[]): Tensor => ({
    shape,
    data: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(scale),
  });
  const [V, H] = [vocabulary.length, 4];
  const tensors = new Map([
    ['net.weight_ih_l0', tensor(3 * H, V)],
    ['net.weight_hh_l0', tensor(3 * H, H)],
    ['fc.weight', tensor(V, H)],
  ]);
  return writeSafetensors(tensors, new Map(Object.entries(metadata)));
}

// The editor's page comes out of the package: once is enough.
if (mode === 'packaged')
  describe('safetensors files', () => {
    const session = useSession({
      settings: { 'workbench.editorAssociations': { '*.safetensors': 'cellscope.safetensors' } },
    });
    const write = (content: Uint8Array): void => writeFileSync(path.join(session.folder, 'gru.safetensors'), content);
    const page = () => session.workbench.webview('[data-testid="safetensors"]');
    const text = async (selector: string): Promise<string> =>
      (await (await page()).locator(selector).first().textContent()) ?? '';
    const row = async (name: string): Promise<string[]> => {
      const frame = await page();
      const cells = frame.locator('tbody tr', { has: frame.getByText(name, { exact: true }) }).locator('th, td');
      return (await cells.allInnerTexts()).map((text) => text.trim());
    };

    it('show their tensors with statistics, their network and their metadata as text', async () => {
      write(model(0.5, { vocab: JSON.stringify(vocabulary), note: '<img src=x onerror="document.body.remove()">' }));
      const { workbench } = session;
      // A window that has just opened may not know of an extension's editors yet, and shows a binary file instead.
      await until('the editor of the package', async () => {
        await workbench.command('View: Close All Editors');
        await workbench.page.keyboard.press('Control+P');
        await workbench.page.keyboard.type('gru.safetensors');
        await workbench.quickRows('gru.safetensors').first().click();
        return workbench.webview('[data-testid="safetensors"]', 8000);
      });
      // √(12 · 4) · 0.5
      await until('the statistics', async () => (await row('fc.weight'))[4] === '3.464');
      assert.deepEqual((await row('fc.weight')).slice(0, 9), [
        'fc.weight',
        'F32',
        '[12, 4]',
        '48',
        '3.464',
        '0.500',
        '0.000',
        '0.500',
        '0.500',
      ]);
      const frame = await page();
      assert.match(await text('header'), /GRU 1×4\s*3 tensors · 240 values/);
      assert.deepEqual(await frame.locator('.vocabulary li').allInnerTexts(), ['↵', '␣', ...'abcdefghij']);
      assert.match(await text('.metadata'), /<img src=x onerror=/);
      assert.equal(await frame.locator('img').count(), 0);
      assert.equal(await frame.getByRole('table', { name: 'Tensors' }).getByRole('rowheader').count(), 3);
      await session.workbench.shot(`safetensors-${mode}`);
    });

    it('are sorted by keyboard', async () => {
      const frame = await page();
      const names = () => frame.locator('tbody th').allInnerTexts();
      await frame.getByRole('button', { name: 'Mean' }).focus();
      await session.workbench.page.keyboard.press('Shift+Tab');
      await session.workbench.page.keyboard.press('Enter');
      assert.deepEqual(await names(), ['net.weight_ih_l0', 'net.weight_hh_l0', 'fc.weight']);
      assert.equal(await frame.getByRole('columnheader', { name: 'Norm' }).getAttribute('aria-sort'), 'descending');
    });

    it('are read again when they change, and refused when they are no safetensors files', async () => {
      write(model(2, {}));
      await until('the new values', async () => (await row('fc.weight'))[5] === '2.000');
      const frame = await page();
      assert.match(await text('.remark'), /does not say which characters its 12 inputs stand for/);
      write(new Uint8Array(100).fill(255));
      await frame.getByRole('heading', { name: 'gru.safetensors cannot be shown' }).waitFor();
      assert.match(await text('.empty'), /Not a safetensors file.*choose another file/s);
      write(model(1, { vocab: JSON.stringify(vocabulary) }));
      await until('the file again', async () => (await row('fc.weight'))[5] === '1.000');
    });

    it('open in the Inspector', async () => {
      await (await page()).getByRole('button', { name: 'Open in the Inspector' }).click();
      const heatmap = await session.workbench.webview('[data-testid="heatmap"]');
      await heatmap.getByText('gru.safetensors').first().waitFor({ state: 'attached' });
    });
  });
