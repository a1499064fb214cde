/** A workspace in memory: a file system that no disk and no server stands behind, as web extensions meet them. */
import * as vscode from 'vscode';

export const memoryScheme = 'cellscope-memory';

interface Entry {
  type: vscode.FileType;
  bytes: Uint8Array;
  mtime: number;
}

export class MemoryFiles implements vscode.FileSystemProvider {
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;
  private readonly entries = new Map<string, Entry>();
  private clock = Date.now();

  /** @param files texts and bytes by their paths from the root, such as `/workspace/src/a.ts` */
  constructor(files: Readonly<Record<string, Uint8Array>>) {
    this.createDirectory({ path: '/' });
    for (const [path, bytes] of Object.entries(files)) {
      for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1))
        this.createDirectory({ path: path.slice(0, at) });
      this.put(path, vscode.FileType.File, bytes);
    }
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { type, bytes, mtime } = this.at(uri);
    return { type, ctime: mtime, mtime, size: bytes.length };
  }

  readDirectory(uri: vscode.Uri): [string, vscode.FileType][] {
    if (this.at(uri).type !== vscode.FileType.Directory) throw vscode.FileSystemError.FileNotADirectory(uri);
    const prefix = uri.path.endsWith('/') ? uri.path : `${uri.path}/`;
    return [...this.entries]
      .filter(([path]) => path !== '/' && path.startsWith(prefix) && !path.slice(prefix.length).includes('/'))
      .map(([path, { type }]) => [path.slice(prefix.length), type]);
  }

  readFile(uri: vscode.Uri): Uint8Array {
    const { type, bytes } = this.at(uri);
    if (type !== vscode.FileType.File) throw vscode.FileSystemError.FileIsADirectory(uri);
    return bytes;
  }

  createDirectory({ path }: Pick<vscode.Uri, 'path'>): void {
    if (!this.entries.has(path)) this.put(path, vscode.FileType.Directory, new Uint8Array());
  }

  writeFile(uri: vscode.Uri, bytes: Uint8Array, options: { create: boolean; overwrite: boolean }): void {
    const isThere = this.entries.has(uri.path);
    if (!isThere && !options.create) throw vscode.FileSystemError.FileNotFound(uri);
    if (isThere && options.create && !options.overwrite) throw vscode.FileSystemError.FileExists(uri);
    this.put(uri.path, vscode.FileType.File, bytes.slice());
    this.changed.fire([{ type: isThere ? vscode.FileChangeType.Changed : vscode.FileChangeType.Created, uri }]);
  }

  delete(uri: vscode.Uri): void {
    this.at(uri);
    for (const path of this.entries.keys())
      if (path === uri.path || path.startsWith(`${uri.path}/`)) this.entries.delete(path);
    this.changed.fire([{ type: vscode.FileChangeType.Deleted, uri }]);
  }

  rename(from: vscode.Uri, to: vscode.Uri, options: { overwrite: boolean }): void {
    this.at(from);
    if (this.entries.has(to.path)) {
      if (!options.overwrite) throw vscode.FileSystemError.FileExists(to);
      this.delete(to);
    }
    for (const [path, entry] of [...this.entries]) {
      if (path !== from.path && !path.startsWith(`${from.path}/`)) continue;
      this.entries.delete(path);
      this.entries.set(to.path + path.slice(from.path.length), entry);
    }
    this.changed.fire([
      { type: vscode.FileChangeType.Deleted, uri: from },
      { type: vscode.FileChangeType.Created, uri: to },
    ]);
  }

  private put(path: string, type: vscode.FileType, bytes: Uint8Array): void {
    this.entries.set(path, { type, bytes, mtime: ++this.clock });
  }

  private at(uri: vscode.Uri): Entry {
    const entry = this.entries.get(uri.path);
    if (!entry) throw vscode.FileSystemError.FileNotFound(uri);
    return entry;
  }
}
