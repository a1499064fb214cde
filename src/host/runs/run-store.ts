/**
 * The runs of this machine: folders under global storage, read through VS Code's file system so that the same code
 * serves desktop, remote and browser hosts. Only a training writes `run.json`; the host's own words about a run
 * (its name) live beside it in `user.json`, so that a rename never races with a training.
 */
import * as vscode from 'vscode';
import { inertText } from '../../core/formats/inert-text.ts';
import { parseInertJson } from '../../core/formats/json.ts';
import { type MetricPoint, messageOf, type RunManifest } from '../../core/formats/manifest.ts';
import { parseManifest } from '../../core/formats/manifest-file.ts';
import { parseMetrics } from '../../core/formats/metrics-file.ts';
import { readLock } from '../../core/formats/run-lock.ts';
import type { RunEntry, Runs } from '../contracts.ts';
import type { HostPlatform, ReadableFiles } from '../platform.ts';
import { FolderStorage } from './folder-storage.ts';
import { bytesText } from './format.ts';
import { removeHalfMade } from './half-made.ts';

/** A run.json or metrics.jsonl that is larger was written by nobody's training: it is not read into this process. */
const largestFile = 64 * 2 ** 20;

/** Milliseconds until runs that another window trains are looked at again. */
const watchEvery = 10_000;

export class RunStore implements Runs, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  entries: readonly RunEntry[] = [];
  /** Folders whose run.json could not be read, with the reason. */
  unreadable: readonly { folder: vscode.Uri; reason: string }[] = [];
  private refreshing: Promise<void> | null = null;
  private watch: ReturnType<typeof setTimeout> | undefined;
  /** When this window's own worker of a run ended: its earlier heartbeats mean nothing any more. */
  private readonly ended = new Map<string, number>();
  readonly root: vscode.Uri;
  private readonly platform: Pick<HostPlatform, 'hasEnded' | 'ownFiles'>;

  constructor(root: vscode.Uri, platform: Pick<HostPlatform, 'hasEnded' | 'ownFiles'>) {
    this.root = root;
    this.platform = platform;
  }

  /** Throws where the id is no name of a folder: nothing outside of the runs can be meant. */
  folderOf(id: string): vscode.Uri {
    if (/[/\\]|^\.{0,2}$/.test(id))
      throw new Error(vscode.l10n.t('“{0}” is not the name of a run.', inertText(id, 80)));
    return vscode.Uri.joinPath(this.root, id);
  }

  find(id: string): RunEntry | undefined {
    return this.entries.find((entry) => entry.id === id);
  }

  /** Reads all runs again; calls that arrive meanwhile share one further read. */
  async refresh(): Promise<void> {
    if (this.refreshing) await this.refreshing;
    this.refreshing ??= this.read().finally(() => {
      this.refreshing = null;
    });
    await this.refreshing;
  }

  async metrics(id: string): Promise<MetricPoint[]> {
    try {
      return parseMetrics(
        await readSmall(this.platform.ownFiles, vscode.Uri.joinPath(this.folderOf(id), 'metrics.jsonl')),
      );
    } catch {
      return [];
    }
  }

  /** Names a run; an empty name returns to the run's own. */
  async rename(id: string, name: string): Promise<void> {
    const file = vscode.Uri.joinPath(this.folderOf(id), 'user.json');
    const bytes = new TextEncoder().encode(
      JSON.stringify({ ...(await readUser(this.platform.ownFiles, file)), name: name.trim() }),
    );
    await vscode.workspace.fs.writeFile(file, bytes);
    await this.refresh();
  }

  async delete(id: string): Promise<void> {
    await vscode.workspace.fs.delete(this.folderOf(id), { recursive: true, useTrash: false });
    await this.refresh();
  }

  /** This window trains the run no longer, however that came about: it is not shown as running until its lock is stale. */
  trainingEnded(id: string): void {
    this.ended.set(id, Date.now());
  }

  dispose(): void {
    clearTimeout(this.watch);
    this.changed.dispose();
  }

  private async read(): Promise<void> {
    const unreadable: { folder: vscode.Uri; reason: string }[] = [];
    let names: [string, vscode.FileType][] = [];
    try {
      names = await this.platform.ownFiles.readDirectory(this.root);
    } catch {
      // No run yet: the folder does not exist.
    }
    const folders = names.filter(([, type]) => type === vscode.FileType.Directory).map(([name]) => name);
    const entries = await Promise.all(
      folders.map(async (id): Promise<RunEntry | null> => {
        const folder = this.folderOf(id);
        try {
          return await this.readEntry(id, folder);
        } catch (error) {
          if (await exists(this.platform.ownFiles, vscode.Uri.joinPath(folder, 'run.json')))
            unreadable.push({ folder, reason: error instanceof Error ? error.message : String(error) });
          else await removeHalfMade(folder, this.platform);
          return null;
        }
      }),
    );
    this.entries = entries
      .filter((entry) => entry !== null)
      .sort((a, b) => b.manifest.created.localeCompare(a.manifest.created));
    this.unreadable = unreadable;
    this.changed.fire();
    // A training of another window may end, or die, without a word.
    clearTimeout(this.watch);
    if (this.entries.some(isLive)) this.watch = setTimeout(() => void this.refresh(), watchEvery);
  }

  private async readEntry(id: string, folder: vscode.Uri): Promise<RunEntry> {
    const { ownFiles } = this.platform;
    // Side by side: each question may go a long way.
    const [bytes, { name }, size] = await Promise.all([
      readSmall(ownFiles, vscode.Uri.joinPath(folder, 'run.json')),
      readUser(ownFiles, vscode.Uri.joinPath(folder, 'user.json')),
      sizeOf(ownFiles, folder),
    ]);
    const manifest = parseManifest(bytes);
    const dead = isLive({ manifest }) && !(await this.isTrained(id, folder));
    const state = dead ? 'interrupted' : manifest.state;
    return { id, folder, manifest: { ...shownManifest(manifest, name), state }, size };
  }

  /** Whether a training holds the lock of a run whose manifest says so: none that died, here or in another window. */
  private async isTrained(id: string, folder: vscode.Uri): Promise<boolean> {
    const since = this.ended.get(id) ?? 0;
    const lock = await readLock(
      new FolderStorage(folder),
      Date.now(),
      (held) => held.heartbeat <= since || this.platform.hasEnded(held),
    ).catch(() => null);
    return lock !== null;
  }
}

/** Whether a training has the run, here or in another window. */
export function isLive({ manifest }: Pick<RunEntry, 'manifest'>): boolean {
  return manifest.state === 'running' || manifest.state === 'paused';
}

/** What views, notifications and panels show of a run that may come from elsewhere: words without effect. */
function shownManifest(manifest: RunManifest, userName: string | undefined): RunManifest {
  const { message: _, told: __, ...rest } = manifest;
  const message = messageOf(manifest);
  return {
    ...rest,
    name: inertText(userName || manifest.name),
    engine: { ...manifest.engine, name: inertText(manifest.engine.name) },
    ...(message === undefined ? {} : { message: inertText(message, 1000) }),
  };
}

/** Throws where the file is larger than any that a training writes. */
async function readSmall(files: ReadableFiles, file: vscode.Uri): Promise<Uint8Array> {
  const { size } = await files.stat(file);
  if (size > largestFile)
    throw new Error(
      vscode.l10n.t(
        '{0} is larger than any that a training writes: {1}.',
        file.path.split('/').at(-1)!,
        bytesText(size),
      ),
    );
  return files.readFile(file);
}

async function readUser(files: ReadableFiles, file: vscode.Uri): Promise<{ name?: string }> {
  try {
    const value = parseInertJson(new TextDecoder().decode(await readSmall(files, file)));
    const name = (value as { name?: unknown } | null)?.name;
    return typeof name === 'string' ? { name } : {};
  } catch {
    return {};
  }
}

async function exists(files: ReadableFiles, file: vscode.Uri): Promise<boolean> {
  try {
    await files.stat(file);
    return true;
  } catch {
    return false;
  }
}

/** Bytes of all files below a folder. One that vanishes while it is measured counts as far as it was seen. */
async function sizeOf(files: ReadableFiles, folder: vscode.Uri): Promise<number> {
  const children = await orElse([], files.readDirectory(folder));
  const sizes = children.map(async ([name, type]) => {
    const child = vscode.Uri.joinPath(folder, name);
    if (type === vscode.FileType.Directory) return sizeOf(files, child);
    if (type !== vscode.FileType.File) return 0;
    return orElse(
      0,
      files.stat(child).then(({ size }) => size),
    );
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function orElse<T>(otherwise: T, result: Thenable<T>): Promise<T> {
  try {
    return await result;
  } catch {
    return otherwise;
  }
}
