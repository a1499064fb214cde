/** The texts of the sample run as documents that cannot be written: they are in no folder of the person's. */
import * as vscode from 'vscode';
import { RunFolder } from '../../core/formats/run-folder.ts';
import { FolderStorage } from '../runs/folder-storage.ts';
import type { RunStore } from '../runs/run-store.ts';
import { isSample } from './sample-run.ts';

const scheme = 'cellscope-sample';

export class SampleTexts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly registration: vscode.Disposable;
  private readonly store: RunStore;
  private texts: { created: string; byPath: Promise<Map<string, string>> } | null = null;

  constructor(store: RunStore) {
    this.store = store;
    this.registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  /** Rejects where the sample run has no such text: a document that was open before a reload comes back with its run. */
  async provideTextDocumentContent({ path }: vscode.Uri): Promise<string> {
    const text = (await this.read()).get(path.slice(1));
    if (text === undefined) throw vscode.FileSystemError.FileNotFound(path);
    return text;
  }

  dispose(): void {
    this.registration.dispose();
  }

  private async read(): Promise<Map<string, string>> {
    const entry = this.store.entries.find(isSample);
    if (!entry) return new Map();
    const { created } = entry.manifest;
    if (this.texts?.created !== created) this.texts = { created, byPath: textsOf(entry.folder) };
    return this.texts.byPath;
  }
}

/** A text of the sample run, as the run names its files. */
export function sampleUri(path: string): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${path}` });
}

async function textsOf(folder: vscode.Uri): Promise<Map<string, string>> {
  const run = await RunFolder.open(new FolderStorage(folder));
  return new Map((await run.readCorpus()).documents.map(({ path, text }) => [path, text]));
}
