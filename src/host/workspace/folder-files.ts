import * as vscode from 'vscode';
import type { EntryType, FileSystem, FolderEntry } from '../../core/corpus/file-system.ts';

/** A folder behind vscode.workspace.fs: local, remote or virtual. */
export class FolderFiles implements FileSystem {
  private readonly folder: vscode.Uri;

  constructor(folder: vscode.Uri) {
    this.folder = folder;
  }

  async size(path: string): Promise<number> {
    return (await vscode.workspace.fs.stat(this.uri(path))).size;
  }

  async list(path: string): Promise<FolderEntry[]> {
    const entries = await vscode.workspace.fs.readDirectory(this.uri(path));
    return entries.map(([name, type]) => ({
      name,
      type: entryType(type),
      symbolicLink: (type & vscode.FileType.SymbolicLink) !== 0,
    }));
  }

  async read(path: string): Promise<Uint8Array> {
    return vscode.workspace.fs.readFile(this.uri(path));
  }

  private uri(path: string): vscode.Uri {
    return path === '' ? this.folder : vscode.Uri.joinPath(this.folder, ...path.split('/'));
  }
}

function entryType(type: vscode.FileType): EntryType {
  if (type & vscode.FileType.Directory) return 'folder';
  return type & vscode.FileType.File ? 'file' : 'other';
}
