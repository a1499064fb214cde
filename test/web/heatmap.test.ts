/** The heatmap of a workspace in memory, as a person sees it: whoever runs these tests looks at the page for them. */
import { describe, expect, it } from 'vitest';
import * as vscode from 'vscode';
import type { CellscopeApi } from '../../src/host/extension.ts';
import { memoryScheme } from '../harness/web-worker/memory-files.ts';
import type { SeenHeatmap } from '../harness/web-worker/seen.ts';

const own = (name: string): vscode.Uri =>
  vscode.Uri.joinPath(vscode.extensions.getExtension('cellscope.web-worker-tests')!.extensionUri, name);

/** Asks for a look at the page, and waits for what was seen. */
async function look(): Promise<SeenHeatmap> {
  await vscode.workspace.fs.writeFile(own('heatmap.wanted'), new Uint8Array());
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const bytes = await Promise.resolve(vscode.workspace.fs.readFile(own('heatmap.seen'))).catch(() => null);
    if (bytes) return JSON.parse(new TextDecoder().decode(bytes));
  }
  throw new Error('Nobody looked at the page.');
}

describe('the heatmap in the web-worker extension host', () => {
  it('shows the text of a file in memory, coloured', async () => {
    const folder = vscode.workspace.workspaceFolders![0]!.uri;
    expect(folder.scheme).toBe(memoryScheme);
    const { store } = await vscode.extensions.getExtension<CellscopeApi>('cellscope.cellscope')!.activate();
    const options = {
      hiddenSize: 8,
      sequence: 32,
      batch: 4,
      threads: 0,
      seed: 7,
      budget: { kind: 'chars', amount: 9000 },
    };
    const id = await vscode.commands.executeCommand<string>('cellscope.trainOnWorkspace', { options, confirm: false });
    await store.refresh();
    const run = store.find(id)!;
    expect(run.manifest.corpus.files.map(({ path }) => path)).toContain('src/queue.ts');
    await vscode.window.showTextDocument(vscode.Uri.joinPath(folder, 'src/queue.ts'));
    await vscode.commands.executeCommand('cellscope.openRun', run);
    await vscode.commands.executeCommand('cellscope.openHeatmap');
    const seen = await look();
    const text = new TextDecoder().decode(
      await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, 'src/queue.ts')),
    );
    expect(seen.firstLine).toBe(text.split('\n')[0]);
    expect(seen.colours).toBeGreaterThan(5);
    expect(seen.complaints).toEqual([]);
  });
});
