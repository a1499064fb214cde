/** Export Run… and Import Run…: a run as one file. */
import * as vscode from 'vscode';
import type { CallOptions } from '../../worker/channel.ts';
import type { FileWorkerService } from '../../worker/file-service.ts';
import type { RunEntry, Training } from '../contracts.ts';
import type { BackgroundWorker } from '../inspection/background-worker.ts';
import { type HostPlatform, workerPath } from '../platform.ts';
import { bytesText } from '../runs/format.ts';
import { isLive, type RunStore } from '../runs/run-store.ts';
import { newRunId } from '../training/controller.ts';
import { entryOf } from '../trees/runs-tree.ts';
import { guarded, pickRun } from './train.ts';

interface Dependencies {
  store: RunStore;
  training: Training;
  files: BackgroundWorker<FileWorkerService>;
  platform: HostPlatform;
  log: vscode.LogOutputChannel;
  /** The row that is selected in the Cellscope view, for keys pressed there. */
  selected(): unknown;
}

/** What a caller from code may say in place of a person. */
export interface ExportArguments {
  target: vscode.Uri;
  /** Whether what the run was trained on goes with it. */
  text: boolean;
}

const extension = 'cellscope-run';
const filters = (): Record<string, string[]> => ({ [vscode.l10n.t('Cellscope runs')]: [extension] });
/** Largest archive that is read whole, where its file system knows no other way. */
const largestWhole = 2 ** 30;
/** What a window that died left of an import goes after a day, milliseconds. */
const day = 24 * 3600 * 1000;

export function registerRunArchiveCommands(deps: Dependencies): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('cellscope.exportRun', (argument?: unknown, wanted?: unknown) =>
      guarded(deps, async () => {
        const entry =
          entryOf(argument ?? deps.selected()) ??
          (await pickRun(deps.store, vscode.l10n.t('Export which run?'), () => true));
        return entry && exportRun(deps, entry, isExport(wanted) ? wanted : null);
      }),
    ),
    vscode.commands.registerCommand('cellscope.importRun', (file?: unknown) =>
      guarded(deps, async () => {
        const source = file instanceof vscode.Uri ? file : await askArchive();
        return source ? importRun(deps, source) : null;
      }),
    ),
  );
}

/** Gives the file that was written; null where nothing was. */
async function exportRun(
  deps: Dependencies,
  entry: RunEntry,
  wanted: ExportArguments | null,
): Promise<vscode.Uri | null> {
  if (deps.training.activeRun === entry.id || isLive(entry)) {
    void vscode.window.showWarningMessage(vscode.l10n.t('This run is being trained. Stop it before exporting it.'));
    return null;
  }
  const text = wanted ? wanted.text : await askText(entry);
  if (text === undefined) return null;
  const target = wanted?.target ?? (await askTarget(entry));
  if (!target) return null;
  // A worker in node writes the file itself; elsewhere its bytes go through VS Code.
  const direct = deps.platform.kind === 'node' && target.scheme === 'file';
  const { bytes, size } = await withProgress(vscode.l10n.t('Exporting {0}', entry.manifest.name), (options) =>
    deps.files.askNow((remote) =>
      remote.call(
        'exportRun',
        { folder: workerPath(entry.folder), target: direct ? workerPath(target) : null, text },
        options,
      ),
    ),
  );
  if (bytes) await vscode.workspace.fs.writeFile(target, bytes);
  const name = vscode.workspace.asRelativePath(target);
  deps.log.info(`The run ${entry.id} was exported to ${target.toString()}.`);
  void vscode.window.showInformationMessage(
    vscode.l10n.t('{0} was exported to {1} ({2}).', entry.manifest.name, name, bytesText(size)),
  );
  return target;
}

/** Gives the id of the new run. It is seen only once it is whole. */
async function importRun(deps: Dependencies, source: vscode.Uri): Promise<string> {
  const { store, files, platform } = deps;
  const id = newRunId();
  const staging = vscode.Uri.joinPath(store.root, '..', 'imports', id);
  await removeAbandoned(vscode.Uri.joinPath(staging, '..'));
  const direct = platform.kind === 'node' && source.scheme === 'file';
  const archive = direct ? workerPath(source) : await readWhole(source);
  await store.refresh();
  const others = store.entries.map(({ manifest }) => manifest.id);
  const request = { source: archive, folder: workerPath(staging), id, others };
  const transfer = typeof archive === 'string' ? {} : { transfer: [archive.buffer as ArrayBuffer] };
  let imported: { name: string; checkpoints: number };
  try {
    imported = await withProgress(vscode.l10n.t('Importing a run'), (options) =>
      files.askNow((remote) => remote.call('importRun', request, { ...options, ...transfer })),
    );
    await vscode.workspace.fs.createDirectory(store.root);
    await vscode.workspace.fs.rename(staging, store.folderOf(id));
  } catch (error) {
    await remove(staging);
    throw error;
  }
  await store.refresh();
  deps.log.info(`${source.toString()} was imported as the run ${id}.`);
  void offerToOpen(store, id, imported);
  return id;
}

async function offerToOpen(
  store: RunStore,
  id: string,
  imported: { name: string; checkpoints: number },
): Promise<void> {
  const { name, checkpoints } = imported;
  const open = vscode.l10n.t('Open Heatmap');
  const told =
    checkpoints === 1
      ? vscode.l10n.t('{0} was imported with 1 checkpoint.', name)
      : vscode.l10n.t('{0} was imported with {1} checkpoints.', name, checkpoints);
  const chosen = await vscode.window.showInformationMessage(told, open);
  if (chosen === open) await vscode.commands.executeCommand('cellscope.openRun', store.find(id));
}

/** A notification with percent and Cancel. */
function withProgress<T>(title: string, run: (options: CallOptions<{ fraction: number }>) => Promise<T>): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      let done = 0;
      return run({
        signal: controller.signal,
        onProgress: ({ fraction }) => {
          const percent = Math.floor(fraction * 100);
          if (percent > done) progress.report({ increment: percent - done, message: `${percent} %` });
          done = Math.max(done, percent);
        },
      });
    },
  );
}

/** Whether the run's text goes with it; undefined: neither. A run that has none is not asked about. */
async function askText(entry: RunEntry): Promise<boolean | undefined> {
  let size: number;
  try {
    ({ size } = await vscode.workspace.fs.stat(vscode.Uri.joinPath(entry.folder, 'corpus.jsonl')));
  } catch {
    return false;
  }
  const files = new Set(entry.manifest.corpus.files.map(({ path }) => path)).size;
  const choices = [
    {
      label: vscode.l10n.t('With Its Text'),
      description:
        files === 1
          ? vscode.l10n.t('1 file, {0}', bytesText(size))
          : vscode.l10n.t('{0} files, {1}', files, bytesText(size)),
      detail: vscode.l10n.t('Everything: it can be trained longer, and its cells and gradients can be measured anew.'),
      text: true,
    },
    {
      label: vscode.l10n.t('Without Its Text'),
      detail: vscode.l10n.t(
        'The networks and their curves only, for sharing where the text is private. The names of its files stay.',
      ),
      text: false,
    },
  ];
  const chosen = await vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t('Export {0}', entry.manifest.name),
    placeHolder: vscode.l10n.t('Does the text that it was trained on go with it?'),
  });
  return chosen?.text;
}

async function askTarget({ manifest }: RunEntry): Promise<vscode.Uri | undefined> {
  const name = `${manifest.name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '') || 'run'}.${extension}`;
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  return vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Run'),
    saveLabel: vscode.l10n.t('Export'),
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder.uri, name) } : {}),
    filters: filters(),
  });
}

async function askArchive(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Import Run'),
    openLabel: vscode.l10n.t('Import'),
    filters: filters(),
  });
  return chosen?.[0];
}

async function readWhole(source: vscode.Uri): Promise<Uint8Array> {
  const { size } = await vscode.workspace.fs.stat(source);
  if (size > largestWhole)
    throw new Error(
      vscode.l10n.t(
        'The file has {0}; from this file system up to {1} are read. Copy it to this machine and import it there.',
        bytesText(size),
        bytesText(largestWhole),
      ),
    );
  return new Uint8Array(await vscode.workspace.fs.readFile(source));
}

async function removeAbandoned(imports: vscode.Uri): Promise<void> {
  let names: [string, vscode.FileType][] = [];
  try {
    names = await vscode.workspace.fs.readDirectory(imports);
  } catch {
    // Nothing was imported yet.
  }
  for (const [name] of names) {
    const folder = vscode.Uri.joinPath(imports, name);
    const age = Date.now() - (await vscode.workspace.fs.stat(folder)).mtime;
    if (age > day) await remove(folder);
  }
}

async function remove(folder: vscode.Uri): Promise<void> {
  try {
    await vscode.workspace.fs.delete(folder, { recursive: true, useTrash: false });
  } catch {
    // It was never made, or is gone.
  }
}

function isExport(value: unknown): value is ExportArguments {
  const { target, text } = (value ?? {}) as { target?: unknown; text?: unknown };
  return target instanceof vscode.Uri && typeof text === 'boolean';
}
