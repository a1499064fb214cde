/**
 * The sample run that is shipped with the extension: unpacked into the runs of this machine when it is first asked for, so that
 * everything works on it as on any run. It holds no training state: it can be looked at and measured, not trained on.
 */
import * as vscode from 'vscode';
import { parseInertJson } from '../../core/formats/json.ts';
import type { FileWorkerService } from '../../worker/file-service.ts';
import type { RunEntry } from '../contracts.ts';
import type { BackgroundWorker } from '../inspection/background-worker.ts';
import { type HostPlatform, workerPath } from '../platform.ts';
import type { RunStore } from '../runs/run-store.ts';

const id = 'sample';

/** What media/sample/sample.json says. */
interface SampleNote {
  /** ISO 8601: another date, another sample. */
  created: string;
  /** The text to show first, as the run names its files. */
  open: string;
}

export interface SampleDependencies {
  store: RunStore;
  files: BackgroundWorker<FileWorkerService>;
  platform: HostPlatform;
  /** Where the extension lies. */
  extension: vscode.Uri;
}

export function isSample(entry: Pick<RunEntry, 'id'>): boolean {
  return entry.id === id;
}

export class SampleRun {
  private readonly deps: SampleDependencies;
  private installing: Promise<RunEntry> | null = null;

  constructor(deps: SampleDependencies) {
    this.deps = deps;
  }

  async note(): Promise<SampleNote> {
    const bytes = await vscode.workspace.fs.readFile(this.media('sample.json'));
    return parseInertJson(new TextDecoder().decode(bytes)) as SampleNote;
  }

  /** The run, unpacked where it is not there yet or is of an earlier version of the extension. */
  ready(): Promise<RunEntry> {
    this.installing ??= this.install().finally(() => {
      this.installing = null;
    });
    return this.installing;
  }

  private async install(): Promise<RunEntry> {
    const { store, files, platform } = this.deps;
    const { created } = await this.note();
    const known = store.find(id);
    if (known?.manifest.created === created) return known;
    const staging = vscode.Uri.joinPath(store.root, '..', 'imports', id);
    await remove(staging); // left by a window that closed meanwhile
    const { archive } = this;
    const direct = platform.kind === 'node' && archive.scheme === 'file';
    const source = direct ? workerPath(archive) : new Uint8Array(await vscode.workspace.fs.readFile(archive));
    await files.askNow((remote) => remote.call('importRun', { source, folder: workerPath(staging), id, others: [] }));
    await vscode.workspace.fs.createDirectory(store.root);
    await vscode.workspace.fs.rename(staging, store.folderOf(id), { overwrite: true });
    await store.refresh();
    const entry = store.find(id);
    if (!entry) throw new Error(vscode.l10n.t('The sample run could not be unpacked. Install Cellscope again.'));
    return entry;
  }

  get archive(): vscode.Uri {
    return this.media('sample.cellscope-run');
  }

  private media(file: string): vscode.Uri {
    return vscode.Uri.joinPath(this.deps.extension, 'media/sample', file);
  }
}

async function remove(folder: vscode.Uri): Promise<void> {
  try {
    await vscode.workspace.fs.delete(folder, { recursive: true, useTrash: false });
  } catch {
    // It was never made.
  }
}
