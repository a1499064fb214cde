/**
 * An extension with a browser entry only: VS Code runs it in its web-worker extension host. It gives the window a workspace in
 * memory; its one act: core's unit tests and test/web.
 */
import * as vscode from 'vscode';
import { files } from './files.ts';
import { MemoryFiles, memoryScheme } from './memory-files.ts';
import { runAll } from './vitest.ts';

/** Does not wait for the tests: the workspace can be read once this has ended. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const { extensionUri } = context;
  const fixture = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, 'fixture.json'));
  const encoded: Record<string, string> = JSON.parse(new TextDecoder().decode(fixture));
  const memory = Object.entries(encoded).map(
    ([path, base64]) => [`/workspace/${path}`, Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0))] as const,
  );
  const provider = new MemoryFiles(Object.fromEntries(memory));
  context.subscriptions.push(
    vscode.workspace.registerFileSystemProvider(memoryScheme, provider, { isCaseSensitive: true }),
  );
  void runAll(files).then(async (report) => {
    // Written beside, then renamed: whoever waits for the file never reads half of it.
    const partial = vscode.Uri.joinPath(extensionUri, 'report.partial');
    await vscode.workspace.fs.writeFile(partial, new TextEncoder().encode(JSON.stringify(report)));
    await vscode.workspace.fs.rename(partial, vscode.Uri.joinPath(extensionUri, 'report.json'));
  });
}
