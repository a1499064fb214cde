/** Exported runs, safetensors files and the tools for assistants in VS Code's web-worker extension host. */
import { beforeAll, describe, expect, it } from 'vitest';
import * as vscode from 'vscode';
import type { RunEntry } from '../../src/host/contracts.ts';
import type { CellscopeApi } from '../../src/host/extension.ts';

const activate = async (): Promise<CellscopeApi> =>
  vscode.extensions.getExtension<CellscopeApi>('cellscope.cellscope')!.activate();

const inWorkspace = (name: string): vscode.Uri => vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, name);

const modelOf = ({ folder, manifest }: RunEntry): vscode.Uri =>
  vscode.Uri.joinPath(folder, 'checkpoints', String(manifest.current), 'model.safetensors');

describe('files in the web-worker extension host', () => {
  let run: RunEntry;
  beforeAll(async () => {
    const budget = { kind: 'chars', amount: 3000 };
    const options = { hiddenSize: 8, sequence: 32, batch: 4, threads: 1, seed: 6, budget };
    const id = await vscode.commands.executeCommand<string>('cellscope.trainOnWorkspace', { options, confirm: false });
    const { store } = await activate();
    await store.refresh();
    run = store.find(id)!;
  });

  it('an exported run comes back', async () => {
    const { store } = await activate();
    const target = inWorkspace('run.cellscope-run');
    const written = await vscode.commands.executeCommand<vscode.Uri>('cellscope.exportRun', run, {
      target,
      text: true,
    });
    expect(written.toString()).toBe(target.toString());
    const id = await vscode.commands.executeCommand<string>('cellscope.importRun', target);
    const copy = store.find(id)!;
    expect(copy.manifest.name).toBe(`${run.manifest.name} (copy)`);
    expect(await vscode.workspace.fs.readFile(modelOf(copy))).toEqual(await vscode.workspace.fs.readFile(modelOf(run)));
    await vscode.commands.executeCommand('cellscope.openRun', copy);
    expect((await activate()).inspection.model?.key).toBe(`run:${id}:current`);
    await store.delete(id);
  });

  it('a damaged one is refused, and nothing of it stays', async () => {
    const { store } = await activate();
    const bytes = await vscode.workspace.fs.readFile(inWorkspace('run.cellscope-run'));
    const cut = inWorkspace('cut.cellscope-run');
    await vscode.workspace.fs.writeFile(cut, bytes.subarray(0, bytes.length - 2000));
    const before = store.entries.length;
    expect(await vscode.commands.executeCommand('cellscope.importRun', cut)).toBe(null);
    await store.refresh();
    expect([store.entries.length, store.unreadable.length]).toEqual([before, 0]);
  });

  it('a safetensors file opens in its editor', async () => {
    const file = inWorkspace('model.safetensors');
    await vscode.workspace.fs.copy(modelOf(run), file, { overwrite: true });
    await vscode.commands.executeCommand('cellscope.showTensors', file);
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab!;
    expect(tab.input).toBeInstanceOf(vscode.TabInputCustom);
    expect((tab.input as vscode.TabInputCustom).viewType).toBe('cellscope.safetensors');
    await vscode.window.tabGroups.close(tab);
  });

  it('an assistant reads activations', async () => {
    const input = { run: run.id, file: 'src/queue.ts', startLine: 1, endLine: 2, cell: 3 };
    const { content } = await vscode.lm.invokeTool('cellscope_activations', { input, toolInvocationToken: undefined });
    const { lines } = JSON.parse((content[0] as vscode.LanguageModelTextPart).value);
    expect(lines).toHaveLength(2);
    expect(lines[0].values).toHaveLength([...lines[0].text].length + 1);
  });
});
