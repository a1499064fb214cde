/** Train on Workspace, Train on This Folder, Preview Training Text, Resume, Train Longer. */
import * as vscode from 'vscode';
import { inertText } from '../../core/formats/inert-text.ts';
import type { TrainingOptions } from '../../core/training/options.ts';
import type { RunEntry } from '../contracts.ts';
import { countText, stateText } from '../runs/format.ts';
import type { RunStore } from '../runs/run-store.ts';
import { isSample } from '../sample/sample-run.ts';
import type { PlannedTraining, TrainingController, TrainingScope } from '../training/controller.ts';
import { optionsFromSettings } from '../training/settings.ts';
import { isLarge, summaryLine } from '../training/summary.ts';
import { entryOf } from '../trees/runs-tree.ts';
import { confirm, showSummary } from './confirm-training.ts';
import { type RunTraining, showTraining } from './train-progress.ts';

export interface TrainArguments {
  /** Overrides of the settings. */
  options?: Partial<TrainingOptions>;
  /** Whether to ask before training; default: the setting. */
  confirm?: boolean;
  /** Resolve when the run has started instead of when it has ended. */
  detach?: boolean;
}

export interface TrainDependencies {
  training: TrainingController;
  store: RunStore;
  log: vscode.LogOutputChannel;
}

export function registerTrainCommands(deps: TrainDependencies): vscode.Disposable {
  const { training, store } = deps;
  return vscode.Disposable.from(
    vscode.commands.registerCommand('cellscope.trainOnWorkspace', (args?: TrainArguments) =>
      guarded(deps, async () => {
        const scope = await workspaceScope();
        return scope ? startTraining(deps, scope, isArguments(args) ? args : {}) : null;
      }),
    ),
    vscode.commands.registerCommand(
      'cellscope.trainOnFolder',
      (folder: vscode.Uri, selected?: unknown, args?: TrainArguments) =>
        guarded(deps, async () => {
          if (!(folder instanceof vscode.Uri)) return null;
          const folders = await outermostFolders(Array.isArray(selected) ? [folder, ...selected] : [folder]);
          return startTraining(deps, { folders, label: lastSegment(folder) }, isArguments(args) ? args : {});
        }),
    ),
    vscode.commands.registerCommand('cellscope.previewCorpus', () =>
      guarded(deps, async () => {
        const scope = await workspaceScope();
        if (!scope || !(await idle(training))) return;
        const planned = await withPreparation(training, scope, optionsFromSettings());
        if (!planned) return;
        await training.discard();
        await showSummary(planned);
      }),
    ),
    vscode.commands.registerCommand('cellscope.pause', () => guarded(deps, () => training.pause())),
    vscode.commands.registerCommand('cellscope.stop', () => guarded(deps, () => training.stop())),
    vscode.commands.registerCommand('cellscope.resume', (argument?: unknown) =>
      guarded(deps, async () => {
        const asked = entryOf(argument);
        if (training.activeRun !== null && (asked === null || asked.id === training.activeRun))
          return training.unpause();
        const entry = asked ?? (await pickRun(store, vscode.l10n.t('Resume which run?'), isResumable));
        return entry && (await idle(training)) ? continueRun(deps, entry, undefined) : null;
      }),
    ),
    vscode.commands.registerCommand('cellscope.trainLonger', (argument?: unknown, characters?: number) =>
      guarded(deps, async () => {
        const entry =
          entryOf(argument) ??
          (await pickRun(
            store,
            vscode.l10n.t('Train which run longer?'),
            (run) => run.manifest.state === 'finished' && !isSample(run),
          ));
        if (!entry || !(await idle(training))) return null;
        const more = typeof characters === 'number' ? characters : await askCharacters(entry);
        return more === undefined ? null : continueRun(deps, entry, more);
      }),
    ),
  );
}

/** What a new training does from click to outcome. Returns the run's id, or null where it did not start. */
export async function startTraining(
  deps: TrainDependencies,
  scope: TrainingScope,
  args: TrainArguments,
): Promise<string | null> {
  const { training } = deps;
  if (!(await idle(training))) return null;
  const options = optionsFromSettings(args.options);
  const planned = await withPreparation(training, scope, options);
  if (!planned) return null;
  const facts = summaryLine(planned);
  deps.log.info(facts);
  const setting = vscode.workspace.getConfiguration('cellscope.training').get<string>('confirm', 'whenLarge');
  const ask = args.confirm ?? (setting === 'always' || (setting === 'whenLarge' && isLarge(planned)));
  let wanted = !ask;
  try {
    if (ask) wanted = await confirm(planned);
  } finally {
    if (!wanted) await training.discard();
  }
  if (!wanted) return null;
  const name = inertText(`${options.architecture} ${options.layers}×${options.hiddenSize} · ${scope.label}`);
  return follow(deps, { name, facts, detach: args.detach ?? false }, (token, onStarted) =>
    training.train(name, token, onStarted),
  );
}

async function continueRun(deps: TrainDependencies, entry: RunEntry, more: number | undefined): Promise<string | null> {
  return follow(deps, { name: entry.manifest.name, detach: true }, (token, onStarted) =>
    deps.training.resume(entry, more, token, onStarted),
  );
}

function withPreparation(
  training: TrainingController,
  scope: TrainingScope,
  options: TrainingOptions,
): Thenable<PlannedTraining | null> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Cellscope', cancellable: true },
    async (progress, token) => {
      try {
        return await training.prepare(scope, options, token, (message) => progress.report({ message }));
      } catch (error) {
        if (isCancelled(error)) return null;
        throw error;
      }
    },
  );
}

/** With a notification while it goes on. Resolves with the run's id when it has ended, or `detach`ed when it has started. */
async function follow(
  deps: TrainDependencies,
  shown: { name: string; facts?: string; detach: boolean },
  run: RunTraining,
): Promise<string> {
  const { started, ended } = showTraining(deps, shown, run);
  if (!shown.detach) return ended;
  ended.catch((error: unknown) => showError(deps, error));
  return Promise.race([started, ended]);
}

async function workspaceScope(): Promise<TrainingScope | null> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    const open = vscode.l10n.t('Open Folder');
    const chosen = await vscode.window.showErrorMessage(
      vscode.l10n.t('Cellscope trains on the files of a folder, and no folder is open.'),
      open,
    );
    if (chosen === open) await vscode.commands.executeCommand('vscode.openFolder');
    return null;
  }
  return { folders: folders.map((folder) => folder.uri), label: vscode.workspace.name ?? folders[0]!.name };
}

/** The folders among what was selected together, none below another. */
async function outermostFolders(selected: readonly unknown[]): Promise<vscode.Uri[]> {
  const folders = new Map<string, vscode.Uri>();
  for (const uri of selected) {
    if (!(uri instanceof vscode.Uri)) continue;
    const { type } = await vscode.workspace.fs.stat(uri);
    if (type & vscode.FileType.Directory) folders.set(uri.toString(), uri);
  }
  const all = [...folders.values()];
  const below = (inner: vscode.Uri, outer: vscode.Uri): boolean =>
    inner.authority === outer.authority && inner.path.startsWith(`${outer.path.replace(/\/$/, '')}/`);
  return all.filter((inner) => !all.some((outer) => outer !== inner && below(inner, outer)));
}

/** Whether a training may start; where one runs already, offers to look at it. */
async function idle(training: TrainingController): Promise<boolean> {
  if (!training.isBusy) return true;
  const show = vscode.l10n.t('Show It');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Cellscope is training already in this window. Stop or pause it first.'),
    show,
  );
  if (chosen === show) await vscode.commands.executeCommand('cellscope.openTraining');
  return false;
}

function isResumable(entry: RunEntry): boolean {
  return entry.manifest.state !== 'finished' && entry.manifest.state !== 'running';
}

export async function pickRun(
  store: RunStore,
  title: string,
  filter: (entry: RunEntry) => boolean,
): Promise<RunEntry | null> {
  await store.refresh();
  const items = store.entries.filter(filter).map((entry) => ({
    label: entry.manifest.name,
    description: stateText(entry.manifest.state),
    detail: vscode.l10n.t('{0} characters trained', countText(entry.manifest.trainedChars)),
    entry,
  }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Cellscope has no such run. Train on a workspace first.'));
    return null;
  }
  if (items.length === 1) return items[0]!.entry;
  return (await vscode.window.showQuickPick(items, { title, placeHolder: title }))?.entry ?? null;
}

async function askCharacters(entry: RunEntry): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Train Longer'),
    prompt: vscode.l10n.t(
      'On how many more characters? {0} has seen {1}.',
      entry.manifest.name,
      countText(entry.manifest.trainedChars),
    ),
    value: String(Math.max(100_000, entry.manifest.trainedChars)),
    validateInput: (value) =>
      /^\d+$/.test(value.trim()) && Number(value) >= 1000 ? null : vscode.l10n.t('A whole number from 1000 on.'),
  });
  return text === undefined ? undefined : Number(text);
}

function isArguments(value: unknown): value is TrainArguments {
  return typeof value === 'object' && value !== null && !(value instanceof vscode.Uri);
}

/** A file's or folder's name for people. */
export function lastSegment(uri: vscode.Uri): string {
  return inertText(uri.path.split('/').filter(Boolean).at(-1) ?? vscode.l10n.t('folder'));
}

export function isCancelled(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === 'cancelled';
}

function showError({ log }: Pick<TrainDependencies, 'log'>, error: unknown): void {
  log.error(error instanceof Error ? error : String(error));
  const message = error instanceof Error ? error.message : String(error);
  void vscode.window.showErrorMessage(message, vscode.l10n.t('Show Log')).then((chosen) => {
    if (chosen) log.show();
  });
}

/** Runs a command; a failure is shown and logged, not thrown at the person. */
export async function guarded<T>(deps: Pick<TrainDependencies, 'log'>, action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    if (!isCancelled(error)) showError(deps, error);
    return null;
  }
}
