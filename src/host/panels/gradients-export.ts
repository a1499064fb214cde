/** Asks where a picture or a table of a panel goes, and writes it. */
import * as vscode from 'vscode';

const kinds = {
  csv: { title: 'Export as CSV', filter: 'Comma-separated values' },
  png: { title: 'Export as PNG', filter: 'Picture' },
} as const;

export async function saveExport(name: string, extension: keyof typeof kinds, bytes: Uint8Array): Promise<void> {
  const { title, filter } = kinds[extension];
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const file = `${name}.${extension}`;
  const target = await vscode.window.showSaveDialog({
    title,
    defaultUri: folder ? vscode.Uri.joinPath(folder.uri, file) : vscode.Uri.file(`/${file}`),
    filters: { [filter]: [extension] },
  });
  if (!target) return;
  await vscode.workspace.fs.writeFile(target, bytes);
  const open = 'Open';
  const chosen = await vscode.window.showInformationMessage(
    `Written: ${vscode.workspace.asRelativePath(target)}`,
    open,
  );
  if (chosen === open) await vscode.commands.executeCommand('vscode.open', target);
}
