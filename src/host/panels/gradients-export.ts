/** Asks where a picture or a table of a panel goes, and writes it. */
import * as vscode from 'vscode';

export async function saveExport(name: string, extension: 'csv' | 'png', bytes: Uint8Array): Promise<void> {
  const title = extension === 'csv' ? vscode.l10n.t('Export as CSV') : vscode.l10n.t('Export as PNG');
  const filter = extension === 'csv' ? vscode.l10n.t('Comma-separated values') : vscode.l10n.t('Picture');
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const file = `${name}.${extension}`;
  const target = await vscode.window.showSaveDialog({
    title,
    defaultUri: folder ? vscode.Uri.joinPath(folder.uri, file) : vscode.Uri.file(`/${file}`),
    filters: { [filter]: [extension] },
  });
  if (!target) return;
  await vscode.workspace.fs.writeFile(target, bytes);
  const open = vscode.l10n.t('Open');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('Written: {0}', vscode.workspace.asRelativePath(target)),
    open,
  );
  if (chosen === open) await vscode.commands.executeCommand('vscode.open', target);
}
