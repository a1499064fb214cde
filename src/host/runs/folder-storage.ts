/** A Storage over VS Code's file system: for the host itself, and for workers that have no files of their own. */
import * as vscode from 'vscode';
import { checkPath, type Storage, StorageError, type StorageFault } from '../../core/formats/storage.ts';

export class FolderStorage implements Storage {
  private readonly root: vscode.Uri;
  /** The root was there: where it is not any more, it was deleted, and is not made again. */
  private wasThere = false;

  constructor(root: vscode.Uri) {
    this.root = root;
  }

  async read(path: string): Promise<Uint8Array> {
    const bytes = await guarded(path, () => vscode.workspace.fs.readFile(this.uri(path)));
    this.wasThere = true;
    return bytes;
  }

  /** VS Code's file system makes all parents of a file, so the root is looked for first. */
  async write(path: string, bytes: Uint8Array): Promise<void> {
    const uri = this.uri(path);
    await guarded(path, async () => {
      if (this.wasThere) await vscode.workspace.fs.stat(this.root);
      await vscode.workspace.fs.writeFile(uri, bytes);
    });
    this.wasThere = true;
  }

  /** Not exclusive: VS Code's file system cannot. */
  async create(path: string, bytes: Uint8Array): Promise<boolean> {
    if ((await this.list('')).includes(path)) return false;
    await this.write(path, bytes);
    return true;
  }

  /** VS Code's file system has no append: the file is read and written whole. */
  async append(path: string, bytes: Uint8Array): Promise<void> {
    let before = new Uint8Array();
    try {
      before = new Uint8Array(await this.read(path));
    } catch (error) {
      if (!(error instanceof StorageError && error.fault === 'not-found')) throw error;
    }
    const all = new Uint8Array(before.length + bytes.length);
    all.set(before);
    all.set(bytes, before.length);
    await this.write(path, all);
  }

  async rename(from: string, to: string): Promise<void> {
    await guarded(from, () => vscode.workspace.fs.rename(this.uri(from), this.uri(to), { overwrite: true }));
  }

  async remove(path: string): Promise<void> {
    try {
      await guarded(path, () => vscode.workspace.fs.delete(this.uri(path), { recursive: true, useTrash: false }));
    } catch (error) {
      if (!(error instanceof StorageError && error.fault === 'not-found')) throw error;
    }
  }

  async list(path: string): Promise<string[]> {
    const uri = path === '' ? this.root : this.uri(path);
    try {
      return (await vscode.workspace.fs.readDirectory(uri)).map(([name]) => name).sort();
    } catch {
      return [];
    }
  }

  /** No path of a worker's leaves the folder. */
  private uri(path: string): vscode.Uri {
    checkPath(path);
    return vscode.Uri.joinPath(this.root, path);
  }
}

const faultOf: Record<string, StorageFault> = {
  FileNotFound: 'not-found',
  NoPermissions: 'denied',
};

async function guarded<T>(path: string, action: () => Thenable<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof StorageError) throw error;
    const code = error instanceof vscode.FileSystemError ? error.code : '';
    const message = error instanceof Error ? error.message : String(error);
    throw new StorageError(faultOf[code] ?? 'other', `${path}: ${message}`);
  }
}
