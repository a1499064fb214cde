import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { mode, useSession } from './session.ts';

// The translations come out of the package: once is enough.
if (mode === 'packaged')
  describe('in German', () => {
    const session = useSession({
      language: 'de',
      settings: { 'workbench.editorAssociations': { '*.safetensors': 'cellscope.safetensors' } },
    });

    it('welcomes in the view, finds its commands by their German names and answers', async () => {
      const { workbench } = session;
      await workbench.activityBarItem('Cellscope').click();
      await workbench.page.locator('.welcome-view-content').getByText('Beispiellauf erkunden').waitFor();
      await workbench.command('Cellscope: Länger trainieren…');
      await workbench.toasts('Zuerst auf einem Arbeitsbereich trainieren.').waitFor();
      await workbench.clearToasts();
    });

    it('shows the sample run: panel, tree and hover', async () => {
      const { workbench } = session;
      await workbench.command('Cellscope: Beispiellauf erkunden');
      const heatmap = await workbench.webview('[data-testid="heatmap"][data-settled="true"]', 60_000);
      assert.equal(await heatmap.evaluate('document.documentElement.lang'), 'de');
      await workbench.page.locator('.tab', { hasText: 'Cellscope-Heatmap' }).waitFor();
      await workbench.treeRows(/Sample: small utilities.*benannte Zellen/).waitFor();
      await workbench.page.locator('.tab', { hasText: 'matrix.py' }).click();
      const hover = await workbench.hover({ line: 1, column: 5 }, /danach:/);
      assert.match(hover, /Überraschung [\d.]+ Bit[\s\S]*Schicht \d+ · Zelle \d+[\s\S]*hier am lautesten \(z\)/);
      assert.doesNotMatch(hover, /surprisal|layer|next:|loudest/);
      await workbench.shot('german-hover');
    });

    it('names concepts', async () => {
      const { workbench } = session;
      await workbench.command('Cellscope: Zellen-Panel öffnen');
      const cells = await workbench.webview('[data-testid="cells"]');
      await cells.getByText('in einem String', { exact: true }).first().waitFor();
      await workbench.shot('german-cells');
    });

    it('says what a worker refuses', async () => {
      const { workbench } = session;
      writeFileSync(path.join(session.folder, 'short.safetensors'), new Uint8Array(4));
      await workbench.page.keyboard.press('Control+P');
      await workbench.page.keyboard.type('short.safetensors');
      await workbench.quickRows('short.safetensors').first().click();
      const page = await workbench.webview('[data-testid="safetensors"]');
      await page.getByText(/Keine Safetensors-Datei: 4 Bytes.*Neu kopieren/).waitFor();
    });
  });
