/** Files that an assistant names: those of the open workspace, and no others. */
import * as vscode from 'vscode';
import { inertText } from '../../core/formats/inert-text.ts';

/** A path relative to a workspace folder (with the folder's name in front or without), or an absolute one inside of it. */
export async function openWorkspaceFile(file: string): Promise<vscode.TextDocument> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const path = file.replaceAll('\\', '/');
  if (path.split('/').includes('..')) throw outside(file);
  for (const { uri, name } of folders) {
    const candidates = path.startsWith(`${uri.path}/`)
      ? [uri.with({ path })]
      : [path, path.startsWith(`${name}/`) ? path.slice(name.length + 1) : null].flatMap((relative) =>
          relative === null || relative.startsWith('/') ? [] : vscode.Uri.joinPath(uri, relative),
        );
    for (const candidate of candidates)
      if (await isFile(candidate)) return vscode.workspace.openTextDocument(candidate);
  }
  throw outside(file);
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    // A symbolic link may lead out of the workspace.
    return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.File;
  } catch {
    return false;
  }
}

function outside(file: string): Error {
  return new Error(
    `“${inertText(file)}” is no file of the open workspace. Give a path relative to its folder, such as src/main.ts.`,
  );
}
