/** Entry point of the extension in a node extension host (desktop, remote, server). */
import path from 'node:path';
import * as vscode from 'vscode';
import { hasEnded } from '../worker/node-lock.ts';
import { startNodeWorker } from '../worker/ports.node.ts';
import { tellWords } from '../worker/words.ts';
import { type CellscopeApi, activate as compose, deactivate } from './extension.ts';
import { diskFiles } from './runs/disk-files.ts';

export { deactivate };

export function activate(context: vscode.ExtensionContext): Promise<CellscopeApi> {
  const dist = path.join(context.extensionPath, 'dist');
  return compose(context, {
    kind: 'node',
    ownFiles: diskFiles,
    startWorker: async (name, background) => {
      const worker = startNodeWorker(path.join(dist, `${name}.cjs`), background);
      tellWords(worker.port, vscode.l10n.bundle);
      return worker;
    },
    hasEnded,
  });
}
