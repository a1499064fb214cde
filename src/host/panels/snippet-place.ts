/** Opens the file that a snippet is of, at its place. */
import * as vscode from 'vscode';
import { sampleUri } from '../sample/sample-texts.ts';
import { offsetOfSnippet } from './snippet-offset.ts';

export interface SnippetPlace {
  /** As a run names its files. */
  path: string;
  text: string;
  index: number;
  start: number;
}

export async function openSnippet({ path, text, index, start }: SnippetPlace): Promise<void> {
  const uri = (await fileOf(path)) ?? (await sampleOf(path, text));
  if (!uri) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t("{0} is not in this window's folders. Open the folder that the run was trained on.", path),
    );
    return;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const whole = document.getText().replaceAll('\r\n', '\n');
  const offset = offsetOfSnippet(whole, text, start, index);
  const before = whole.slice(0, offset ?? 0);
  const position = new vscode.Position(before.split('\n').length - 1, before.length - before.lastIndexOf('\n') - 1);
  // Where files are shown already, never over the panel.
  const { visibleTextEditors } = vscode.window;
  const visible = visibleTextEditors.find((editor) => editor.document === document) ?? visibleTextEditors[0];
  await vscode.window.showTextDocument(document, {
    viewColumn: visible?.viewColumn ?? vscode.ViewColumn.Beside,
    selection: new vscode.Range(position, position),
  });
  if (offset === null)
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} has changed since the run read it: this text is gone.', path),
    );
}

/** The sample run's file of that path, where it holds this text: its texts are in no folder. */
async function sampleOf(path: string, text: string): Promise<vscode.Uri | null> {
  const uri = sampleUri(path);
  try {
    return (await vscode.workspace.openTextDocument(uri)).getText().includes(text) ? uri : null;
  } catch {
    return null;
  }
}

/** Paths are relative to the workspace folder, with its name in front where there are several. */
async function fileOf(path: string): Promise<vscode.Uri | null> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  for (const { uri, name } of folders) {
    const inside = folders.length > 1 && path.startsWith(`${name}/`) ? path.slice(name.length + 1) : path;
    const file = vscode.Uri.joinPath(uri, ...inside.split('/'));
    // A name from a run's file must not lead out of the folder.
    if (!file.path.startsWith(`${uri.path.replace(/\/$/, '')}/`)) continue;
    const found = await vscode.workspace.fs.stat(file).then(
      ({ type }) => (type & vscode.FileType.File) !== 0,
      () => false,
    );
    if (found) return file;
  }
  return null;
}
