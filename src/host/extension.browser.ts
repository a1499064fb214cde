/** Entry point of the extension in VS Code's web-worker extension host: one thread, files through VS Code. */
import * as vscode from 'vscode';
import { serve } from '../worker/channel.ts';
import { filesService } from '../worker/files.ts';
import { startBrowserWorker } from '../worker/ports.browser.ts';
import { tellWords } from '../worker/words.ts';
import { type CellscopeApi, activate as compose, deactivate } from './extension.ts';
import { FolderStorage } from './runs/folder-storage.ts';

export { deactivate };

export function activate(context: vscode.ExtensionContext): Promise<CellscopeApi> {
  const dist = vscode.Uri.joinPath(context.extensionUri, 'dist');
  const asset = (name: string): vscode.Uri => {
    if (!/^[\w.-]+(\/[\w.-]+)?$/.test(name) || name.includes('..'))
      throw new Error(`${name} is no file of the extension.`);
    return vscode.Uri.joinPath(dist, name);
  };
  return compose(context, {
    kind: 'browser',
    ownFiles: vscode.workspace.fs,
    hasEnded: () => false,
    startWorker: async (name) => {
      const storages = new Map<string, FolderStorage>();
      const storage = (folder: string): FolderStorage => {
        const known = storages.get(folder) ?? new FolderStorage(vscode.Uri.parse(folder, true));
        storages.set(folder, known);
        return known;
      };
      const worker = startBrowserWorker(await vscode.workspace.fs.readFile(asset(`${name}.browser.js`)));
      tellWords(worker.port, vscode.l10n.bundle);
      serve(
        worker.port,
        filesService({
          storage,
          readFile: async (path) => vscode.workspace.fs.readFile(vscode.Uri.parse(path, true)),
          readAsset: async (file) => vscode.workspace.fs.readFile(asset(file)),
        }),
      );
      return worker;
    },
  });
}
