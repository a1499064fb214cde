/** A read-only file system of one folder whose files may refuse to be read, or grow between listing and reading. */
import * as vscode from 'vscode';

interface HostileFile {
  bytes: Uint8Array;
  /** Reading fails with this. */
  refuse?: Error;
  /** What is read in place of what was measured. */
  grown?: Uint8Array;
}

export class HostileFiles implements vscode.FileSystemProvider {
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;
  /** Files that were read, or refused to be. */
  readonly asked: string[] = [];
  private readonly files = new Map<string, HostileFile>();

  add(name: string, text: string): HostileFile {
    const file: HostileFile = { bytes: new TextEncoder().encode(text) };
    this.files.set(name, file);
    return file;
  }

  stat({ path }: vscode.Uri): vscode.FileStat {
    if (path === '/') return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: this.file(path).bytes.length };
  }

  readDirectory(): [string, vscode.FileType][] {
    return [...this.files.keys()].map((name) => [name, vscode.FileType.File]);
  }

  readFile({ path }: vscode.Uri): Uint8Array {
    this.asked.push(path.slice(1));
    const { bytes, refuse, grown } = this.file(path);
    if (refuse) throw refuse;
    return grown ?? bytes;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  createDirectory(): never {
    throw vscode.FileSystemError.NoPermissions();
  }
  writeFile(): never {
    throw vscode.FileSystemError.NoPermissions();
  }
  delete(): never {
    throw vscode.FileSystemError.NoPermissions();
  }
  rename(): never {
    throw vscode.FileSystemError.NoPermissions();
  }

  private file(path: string): HostileFile {
    const file = this.files.get(path.slice(1));
    if (!file) throw vscode.FileSystemError.FileNotFound(path);
    return file;
  }
}
