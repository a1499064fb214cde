/** What can be done with a run from the Cellscope view: open, compare, rename, delete, reveal. */
import * as vscode from 'vscode';
import type { ModelReference } from '../../protocol/inspector-service.ts';
import { CodedError } from '../../worker/channel.ts';
import type { Inspection, RunEntry, Training } from '../contracts.ts';
import { workerPath } from '../platform.ts';
import { bytesText } from '../runs/format.ts';
import { isLive, type RunStore } from '../runs/run-store.ts';
import { entryOf, folderOf } from '../trees/runs-tree.ts';
import { guarded, lastSegment, pickRun } from './train.ts';

interface Dependencies {
  store: RunStore;
  training: Training;
  inspection: Inspection;
  log: vscode.LogOutputChannel;
  /** The row that is selected in the Cellscope view, for keys pressed there. */
  selected(): unknown;
}

export function registerRunCommands(deps: Dependencies): vscode.Disposable {
  const { store, training, inspection, log } = deps;
  const command = (name: string, action: (entry: RunEntry) => Promise<unknown>): vscode.Disposable =>
    vscode.commands.registerCommand(`cellscope.${name}`, (argument?: unknown) =>
      guarded(deps, async () => {
        const row = argument ?? deps.selected();
        // A key pressed on a row below a run means that row, and no run.
        const entry = row === undefined ? await pickRun(store, vscode.l10n.t('Which run?'), () => true) : entryOf(row);
        return entry ? action(entry) : null;
      }),
    );
  /** For folders whose run.json cannot be read, too. */
  const folderCommand = (name: string, action: (folder: vscode.Uri) => Promise<unknown>): vscode.Disposable =>
    vscode.commands.registerCommand(`cellscope.${name}`, (argument?: unknown) =>
      guarded(deps, async () => {
        const folder = folderOf(argument ?? deps.selected());
        return folder ? action(folder) : null;
      }),
    );
  return vscode.Disposable.from(
    command('openRun', async (entry) => {
      await inspection.selectModel(runReference(entry)).catch((error: unknown) => {
        throw withAdvice(
          error,
          vscode.l10n.t('The checkpoint of "{0}" cannot be opened.', entry.manifest.name),
          vscode.l10n.t('Resume the run, or open another one.'),
        );
      });
      await vscode.commands.executeCommand('cellscope.openHeatmap');
    }),
    command('compareRun', async (entry) => {
      const comparable = (run: RunEntry): boolean => run.id !== entry.id && run.manifest.current !== null;
      if (!store.entries.some(comparable)) {
        void vscode.window.showInformationMessage(
          vscode.l10n.t(
            'There is no other run to compare "{0}" with. Train another one first, for example the same with another network.',
            entry.manifest.name,
          ),
        );
        return;
      }
      const other = await pickRun(store, vscode.l10n.t('Compare {0} with which run?', entry.manifest.name), comparable);
      if (other) await vscode.commands.executeCommand('cellscope.openCells', { run: entry.id, other: other.id });
    }),
    command('renameRun', async (entry) => {
      const name = await vscode.window.showInputBox({
        title: vscode.l10n.t('Rename Run'),
        value: entry.manifest.name,
        prompt: vscode.l10n.t('A name for this run; empty returns to its own.'),
      });
      if (name !== undefined) await store.rename(entry.id, name);
    }),
    command('deleteRun', async (entry) => {
      if (training.activeRun === entry.id || isLive(entry)) {
        void vscode.window.showWarningMessage(
          training.activeRun === entry.id
            ? vscode.l10n.t('This run is being trained. Stop it before deleting it.')
            : vscode.l10n.t('This run is being trained in another window. Stop it before deleting it.'),
        );
        return;
      }
      const confirmed = vscode.l10n.t('Delete');
      const chosen = await vscode.window.showWarningMessage(
        vscode.l10n.t('Delete the run "{0}"?', entry.manifest.name),
        {
          modal: true,
          detail: vscode.l10n.t(
            'Its {0} checkpoints ({1}) are removed from disk. This cannot be undone.',
            entry.manifest.generations.length,
            bytesText(entry.size),
          ),
        },
        confirmed,
      );
      if (chosen !== confirmed) return;
      if (inspection.model?.key.startsWith(`run:${entry.id}:`)) await inspection.selectModel(null);
      await store.delete(entry.id);
    }),
    folderCommand('revealRun', async (folder) => vscode.commands.executeCommand('revealFileInOS', folder)),
    vscode.commands.registerCommand('cellscope.refreshRuns', () => guarded(deps, () => store.refresh())),
    vscode.commands.registerCommand('cellscope.showLog', () => log.show()),
    vscode.commands.registerCommand('cellscope.openModel', (file?: vscode.Uri) =>
      guarded(deps, async () => {
        const uri = file instanceof vscode.Uri ? file : await askModelFile();
        if (!uri) return;
        if (!(await openModelFile(inspection, uri))) return;
        await vscode.commands.executeCommand('cellscope.openHeatmap');
      }),
    ),
  );
}

/** How the inspector is asked for a run: its best and newest checkpoint, or one kept generation. */
export function runReference(
  entry: { id: string; folder: vscode.Uri },
  generation: number | null = null,
): ModelReference {
  return {
    key: `run:${entry.id}:${generation ?? 'current'}`,
    kind: 'run',
    folder: workerPath(entry.folder),
    generation,
  };
}

/** The run behind a reference's key, null where it is none. */
export function runOfKey(key: string | undefined): string | null {
  return /^run:(.*):[^:]*$/.exec(key ?? '')?.[1] ?? null;
}

/** Opens a checkpoint; asks for the vocabulary that its writer left out. False where none was given. */
async function openModelFile(inspection: Inspection, uri: vscode.Uri): Promise<boolean> {
  const reference: ModelReference = { key: `file:${uri.toString()}`, kind: 'file', path: workerPath(uri) };
  try {
    await inspection.selectModel(reference);
    return true;
  } catch (error) {
    if (!(error instanceof CodedError && error.code === 'vocabulary-missing'))
      throw withAdvice(
        error,
        vscode.l10n.t('{0} cannot be opened.', lastSegment(uri)),
        vscode.l10n.t('Copy it again if it was damaged on the way, or open another model.'),
      );
    const choose = vscode.l10n.t('Choose Vocabulary…');
    const chosen = await vscode.window.showErrorMessage(
      vscode.l10n.t('{0} Choose a JSON file that holds them as an array.', error.message),
      choose,
    );
    if (chosen !== choose) return false;
    const [vocabulary] =
      (await vscode.window.showOpenDialog({
        title: vscode.l10n.t('Vocabulary of the Model'),
        openLabel: vscode.l10n.t('Use Vocabulary'),
        filters: { [vscode.l10n.t('JSON array of characters')]: ['json'] },
      })) ?? [];
    if (!vocabulary) return false;
    await inspection.selectModel({ ...reference, vocabulary: workerPath(vocabulary) });
    return true;
  }
}

/** The error of a model file that is damaged or no model, with what to do about it; others say so themselves. */
function withAdvice(error: unknown, what: string, advice: string): unknown {
  if (!(error instanceof CodedError && error.name === 'ModelFileError')) return error;
  return new CodedError(error.code, `${what} ${error.message} ${advice}`);
}

async function askModelFile(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Open Model File'),
    openLabel: vscode.l10n.t('Open Model'),
    canSelectMany: false,
    filters: { [vscode.l10n.t('Safetensors checkpoints')]: ['safetensors'] },
  });
  return chosen?.[0];
}
