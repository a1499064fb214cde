import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../harness/paths.ts';
import { until } from '../harness/workbench.ts';
import { Heatmap } from './heatmap.ts';
import { describeInDevelopment, runFolders, useSession } from './session.ts';

describeInDevelopment('a workspace of several folders', () => {
  const session = useSession({ folder: path.join(root, 'media/sample-workspace'), roots: ['web', 'native'] });

  /** Folders that the files of a run's corpus lie in. */
  const foldersOf = (run: string): string[] => {
    const { corpus } = JSON.parse(readFileSync(path.join(run, 'run.json'), 'utf8'));
    return [...new Set<string>(corpus.files.map(({ path: file }: { path: string }) => file.split('/')[0]))].sort();
  };

  it('is trained on as a whole, and a file of it is known again', async () => {
    const { workbench } = session;
    await workbench.openFile('hashmap.c');
    await workbench.command('Cellscope: Train on Workspace');
    await workbench.toasts(/trained on .* characters/).waitFor({ timeout: 90_000 });
    assert.deepEqual(foldersOf(runFolders(session)[0]!), ['native', 'web']);
    const heatmap = await Heatmap.find(workbench);
    await heatmap.frame
      .getByText(/^hashmap\.c · (trained on|held out)$/)
      .first()
      .waitFor();
  });

  it('Train on This Folder in the explorer’s menu takes the folder alone', async () => {
    const { workbench } = session;
    await workbench.clearToasts();
    await workbench.page.keyboard.press('Control+Shift+E');
    const folder = workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: /^web$/ });
    // A menu that is just opening does not hear the click; where it has closed meanwhile, it is opened again.
    const entry = workbench.page.locator('.context-view').getByText('Train on This Folder');
    await until('the menu to be taken', async () => {
      if (!(await entry.isVisible())) await folder.click({ button: 'right', timeout: 3000 });
      await entry.click({ timeout: 3000 });
      await entry.waitFor({ state: 'hidden', timeout: 2000 });
      return true;
    });
    await workbench.toasts(/trained on .* characters/).waitFor({ timeout: 90_000 });
    assert.deepEqual(foldersOf(runFolders(session)[1]!), ['web']);
  });
});
