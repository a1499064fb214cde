import * as vscode from 'vscode';
import type { EntryType, FileSystem, FolderEntry } from '../../core/corpus/file-system.ts';

/** A folder behind vscode.workspace.fs: local, remote or virtual. */
export class FolderFiles implements FileSystem {
  private readonly folder: vscode.Uri;

  constructor(folder: vscode.Uri) {
    this.folder = folder;
  }

  async size(path: string): Promise<number> {
    return (await inWords(vscode.workspace.fs.stat(this.uri(path)))).size;
  }

  async list(path: string): Promise<FolderEntry[]> {
    const entries = await inWords(vscode.workspace.fs.readDirectory(this.uri(path)));
    return entries.map(([name, type]) => ({
      name,
      type: entryType(type),
      symbolicLink: (type & vscode.FileType.SymbolicLink) !== 0,
    }));
  }

  async read(path: string): Promise<Uint8Array> {
    return inWords(vscode.workspace.fs.readFile(this.uri(path)));
  }

  private uri(path: string): vscode.Uri {
    return path === '' ? this.folder : vscode.Uri.joinPath(this.folder, ...path.split('/'));
  }
}

function entryType(type: vscode.FileType): EntryType {
  if (type & vscode.FileType.Directory) return 'folder';
  return type & vscode.FileType.File ? 'file' : 'other';
}

/** Replaces the file system's messages, which repeat the path and its codes, by words. */
async function inWords<T>(action: Thenable<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    const words = error instanceof vscode.FileSystemError ? wordsOf(error.code) : null;
    if (words === null) throw error;
    throw new Error(words, { cause: error });
  }
}

function wordsOf(code: string): string | null {
  switch (code) {
    case 'FileNotFound':
      return vscode.l10n.t('vanished');
    case 'NoPermissions':
      return vscode.l10n.t('no permission');
    case 'FileIsADirectory':
      return vscode.l10n.t('a folder now');
    case 'FileNotADirectory':
      return vscode.l10n.t('no folder any more');
    case 'Unavailable':
      return vscode.l10n.t('not available at the moment');
    default:
      return null;
  }
}
