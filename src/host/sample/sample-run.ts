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
    const bytes = await this.deps.platform.ownFiles.readFile(this.media('sample.json'));
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
    const { archive } = this;
    const direct = platform.kind === 'node' && archive.scheme === 'file';
    const source = direct ? workerPath(archive) : new Uint8Array(await platform.ownFiles.readFile(archive));
    const root = workerPath(vscode.Uri.joinPath(store.root, '..'));
    const staging = `imports/${id}`;
    const place = `${store.root.path.split('/').at(-1)}/${id}`;
    await files.askNow((remote) => remote.call('installRun', { source, root, staging, place, id }));
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
