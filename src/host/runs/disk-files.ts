/**
 * Reading from the machine's own disk. `vscode.workspace.fs` asks the window about every file, which has other things to do while a
 * panel opens: what is the extension's own need not wait for it. Imported by the node entry point only.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { ReadableFiles } from '../platform.ts';

interface Kind {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** Other schemes than `file` go through VS Code. Rejects as the system does. */
export const diskFiles: ReadableFiles = {
  async stat(uri) {
    if (uri.scheme !== 'file') return vscode.workspace.fs.stat(uri);
    const found = await stat(uri.fsPath);
    return { type: typeOf(found), ctime: found.birthtimeMs, mtime: found.mtimeMs, size: found.size };
  },
  async readFile(uri) {
    if (uri.scheme !== 'file') return vscode.workspace.fs.readFile(uri);
    // Reading a pipe would wait for its other end.
    if (!(await stat(uri.fsPath)).isFile()) throw vscode.FileSystemError.FileNotFound(uri);
    return new Uint8Array(await readFile(uri.fsPath));
  },
  async readDirectory(uri) {
    if (uri.scheme !== 'file') return vscode.workspace.fs.readDirectory(uri);
    return (await readdir(uri.fsPath, { withFileTypes: true })).map((entry) => [entry.name, typeOf(entry)]);
  },
};

function typeOf(kind: Kind): vscode.FileType {
  if (kind.isSymbolicLink()) return vscode.FileType.SymbolicLink;
  if (kind.isDirectory()) return vscode.FileType.Directory;
  return kind.isFile() ? vscode.FileType.File : vscode.FileType.Unknown;
}
