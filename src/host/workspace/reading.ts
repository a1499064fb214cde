/** Reads the texts of workspace folders, or of folders below them, for training. */
import * as vscode from 'vscode';
import type { SourceFile } from '../../core/corpus/document.ts';
import { defaultWalkOptions, type WalkReport, type WalkRoot, walk } from '../../core/corpus/walk.ts';
import { numberSetting } from '../settings.ts';
import { FolderFiles } from './folder-files.ts';
import { editorLanguages } from './languages.ts';

export interface ReadOptions {
  seed: number;
  signal: AbortSignal;
  /** Called with some files at a time and waited for. */
  onFiles: (files: SourceFile[]) => Promise<unknown>;
  /** Bytes over which a seeded sample of the files is read; default: the setting for training. */
  maxTotalBytes?: number;
  /** Files looked at so far. */
  onProgress?: (files: number) => void;
}

export interface CorpusReading {
  /** Files handed on, what was left out and why. */
  report: WalkReport;
  /** Paths of the folders that were read, for people. */
  folders: string[];
}

/** UTF-16 units of text that are handed on together. */
const chunkLength = 500_000;

/**
 * Reads in small steps; the files go on in chunks so that the host never holds the corpus. Throws an error with the code
 * `cancelled` when the signal fires. A file that cannot be read stops nothing: it is in the report.
 */
export async function readCorpus(folders: readonly vscode.Uri[], options: ReadOptions): Promise<CorpusReading> {
  const chunk: SourceFile[] = [];
  let length = 0;
  const hand = async (): Promise<void> => {
    const files = chunk.splice(0);
    length = 0;
    if (files.length > 0) await options.onFiles(files);
  };
  const report = await walk(
    await Promise.all(folders.map(rootOf)),
    {
      ...defaultWalkOptions,
      maxFileBytes: 1024 * numberSetting('cellscope.files.maxFileSize'),
      maxTotalBytes: options.maxTotalBytes ?? 1_000_000 * numberSetting('cellscope.files.maxTotalSize'),
      seed: options.seed,
      languageOf: editorLanguages(),
    },
    async (file) => {
      chunk.push(file);
      length += file.text.length;
      if (length >= chunkLength) await hand();
    },
    {
      signal: options.signal,
      onProgress: ({ found, done }) => options.onProgress?.(done || found),
    },
  );
  await hand();
  return { report, folders: folders.map((folder) => vscode.workspace.asRelativePath(folder)) };
}

/**
 * Paths are relative to the workspace folder, with its name in front in a multi-root workspace, as in
 * vscode.workspace.asRelativePath: so that a document finds its file in a run again.
 */
async function rootOf(folder: vscode.Uri): Promise<WalkRoot> {
  const workspaceFolder = vscode.workspace.getWorkspaceFolder(folder);
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  const root = workspaceFolder?.uri ?? folder;
  const own = vscode.workspace.getConfiguration('cellscope.files', root);
  const hidden = vscode.workspace.getConfiguration('files', root).get<Record<string, unknown>>('exclude') ?? {};
  const repository = await repositoryAbove(root);
  return {
    name: several && workspaceFolder ? workspaceFolder.name : null,
    files: new FolderFiles(root),
    start: pathBelow(root, folder),
    include: patterns(own.get('include')),
    exclude: [
      ...patterns(own.get('exclude')),
      ...Object.entries(hidden)
        .filter(([, on]) => on === true)
        .map(([glob]) => glob),
    ],
    excludeBeside: Object.entries(hidden).flatMap(([glob, value]) => {
      const when = (value as { when?: unknown } | null)?.when;
      return typeof when === 'string' ? [{ glob, when }] : [];
    }),
    ...(repository ? { repository } : {}),
  };
}

/** The repository above a folder: by the nearest `.git`, which is a folder, or a file in a work tree of its own. */
async function repositoryAbove(folder: vscode.Uri): Promise<WalkRoot['repository'] | null> {
  const names = folder.path.split('/').filter((name) => name !== '');
  for (let depth = names.length; depth > 0; depth--) {
    const above = folder.with({ path: `/${names.slice(0, depth).join('/')}` });
    const found = await Promise.resolve(vscode.workspace.fs.stat(vscode.Uri.joinPath(above, '.git'))).catch(() => null);
    if (!found) continue;
    return depth === names.length ? null : { files: new FolderFiles(above), path: names.slice(depth).join('/') };
  }
  return null;
}

function pathBelow(root: vscode.Uri, folder: vscode.Uri): string {
  const prefix = root.path.endsWith('/') ? root.path : `${root.path}/`;
  return folder.path.startsWith(prefix) ? folder.path.slice(prefix.length) : '';
}

function patterns(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
