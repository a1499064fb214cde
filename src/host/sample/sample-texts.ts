/**
 * The texts of the sample run as documents that cannot be written: they are in no folder of the person's. They are read from the archive
 * that is shipped, so that a text is there while its run is still being unpacked.
 */
import * as vscode from 'vscode';
import { parseCorpus } from '../../core/formats/corpus-file.ts';
import { corpusFile } from '../../core/formats/run-archive.ts';
import { blockSize, padding, readTarHeader } from '../../core/formats/tar.ts';
import type { ReadableFiles } from '../platform.ts';

const scheme = 'cellscope-sample';

export class SampleTexts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly registration: vscode.Disposable;
  private readonly archive: vscode.Uri;
  private readonly files: ReadableFiles;
  private byPath: Promise<Map<string, string>> | null = null;

  /** `archive`: the sample run as it is shipped. */
  constructor(archive: vscode.Uri, files: ReadableFiles) {
    this.archive = archive;
    this.files = files;
    this.registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  /** Rejects where the sample run has no such text. */
  async provideTextDocumentContent({ path }: vscode.Uri): Promise<string> {
    this.byPath ??= this.read();
    const text = (await this.byPath).get(path.slice(1));
    if (text === undefined) throw vscode.FileSystemError.FileNotFound(path);
    return text;
  }

  dispose(): void {
    this.registration.dispose();
  }

  private async read(): Promise<Map<string, string>> {
    const corpus = fileIn(await this.files.readFile(this.archive), corpusFile);
    return new Map(parseCorpus(corpus).documents.map(({ path, text }) => [path, text]));
  }
}

/** A text of the sample run, as the run names its files. */
export function sampleUri(path: string): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${path}` });
}

function fileIn(archive: Uint8Array, wanted: string): Uint8Array {
  for (let at = 0; ; ) {
    const entry = readTarHeader(archive.subarray(at, at + blockSize));
    if (!entry) throw new Error(vscode.l10n.t('The sample run lacks its {0}. Install Cellscope again.', wanted));
    at += blockSize;
    if (entry.name === wanted) return archive.subarray(at, at + entry.size);
    at += entry.size + padding(entry.size);
  }
}
