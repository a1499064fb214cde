/**
 * Folders of runs that were never made whole: a window that is killed while it writes a run's text leaves that text in a
 * folder without run.json, which no list shows.
 */
import * as vscode from 'vscode';
import { readHolder } from '../../core/formats/run-lock.ts';
import type { HostPlatform } from '../platform.ts';
import { FolderStorage } from './folder-storage.ts';

/** All that a training writes before run.json. */
const ours = /^(corpus\.jsonl|run\.json\.tmp|lock\.json(\.[\w-]+)?)$/;
/** Nothing in it may be younger, in milliseconds: far beyond the longest step of writing, and beyond a lock's last sign of life. */
const oldAfter = 30 * 60_000;

/**
 * Removes a folder without run.json where it surely belongs to nobody: nothing in it but what a training writes first,
 * nothing of it young, no lock or that of a process that has ended. Everything else, and every doubt, is left alone.
 */
export async function removeHalfMade(
  folder: vscode.Uri,
  { ownFiles, hasEnded }: Pick<HostPlatform, 'hasEnded' | 'ownFiles'>,
): Promise<void> {
  try {
    const children = await ownFiles.readDirectory(folder);
    if (!children.every(([name, type]) => type === vscode.FileType.File && ours.test(name))) return;
    const uris = children.map(([name]) => vscode.Uri.joinPath(folder, name));
    const times = await Promise.all([folder, ...uris].map(async (uri) => (await ownFiles.stat(uri)).mtime));
    if (Date.now() - Math.max(...times) < oldAfter) return;
    const isLocked = children.some(([name]) => name === 'lock.json');
    const holder = isLocked ? await readHolder(new FolderStorage(folder)) : null;
    if (isLocked && !(holder && hasEnded(holder))) return;
    for (const uri of uris) await vscode.workspace.fs.delete(uri, { recursive: false, useTrash: false });
    // Fails where something has come into it meanwhile.
    await vscode.workspace.fs.delete(folder, { recursive: false, useTrash: false });
  } catch {
    // Gone, or not to be touched: at the next look perhaps.
  }
}
