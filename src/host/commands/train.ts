/** Train on Workspace, Train on This Folder, Preview Training Text, Resume, Train Longer. */
import * as vscode from 'vscode';
import { inertText } from '../../core/formats/inert-text.ts';
import type { TrainingOptions } from '../../core/training/options.ts';
import type { TrainingOutcome } from '../../protocol/training-service.ts';
import type { RunEntry } from '../contracts.ts';
import { bitsText, countText, phaseText, stateText } from '../runs/format.ts';
import type { RunStore } from '../runs/run-store.ts';
import { isSample } from '../sample/sample-run.ts';
import type { PlannedTraining, TrainingController, TrainingScope } from '../training/controller.ts';
import { optionsFromSettings } from '../training/settings.ts';
import { isLarge, summaryDocument, summaryLine } from '../training/summary.ts';
import { entryOf } from '../trees/runs-tree.ts';

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
  deps.log.info(summaryLine(planned));
  const setting = vscode.workspace.getConfiguration('cellscope.training').get<string>('confirm', 'whenLarge');
  const ask = args.confirm ?? (setting === 'always' || (setting === 'whenLarge' && isLarge(planned)));
  if (ask && !(await confirm(planned))) {
    await training.discard();
    return null;
  }
  const name = inertText(`${options.architecture} ${options.layers}×${options.hiddenSize} · ${scope.label}`);
  return withTrainingProgress(deps, name, args.detach ?? false, (token, onStarted) =>
    training.train(name, token, onStarted),
  );
}

async function continueRun(deps: TrainDependencies, entry: RunEntry, more: number | undefined): Promise<string | null> {
  return withTrainingProgress(deps, entry.manifest.name, true, (token, onStarted) =>
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

/** A notification with percent and Cancel while a training goes on; Cancel saves, so that the run can be resumed. */
async function withTrainingProgress(
  deps: TrainDependencies,
  name: string,
  detach: boolean,
  run: (token: vscode.CancellationToken, onStarted: (id: string) => void) => Promise<TrainingOutcome>,
): Promise<string | null> {
  const { training } = deps;
  let started: (id: string) => void = () => {};
  const startedId = new Promise<string>((resolve) => {
    started = resolve;
  });
  const ended = vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Training {0}', name), cancellable: true },
    async (progress, token) => {
      let done = 0;
      const subscription = training.onDidProgress((state) => {
        const percent = state.fraction * 100;
        const bits = state.points.at(-1)?.trainNats;
        const loss = bits === undefined ? '' : ` · ${bitsText(bits)}`;
        progress.report({
          increment: Math.max(0, percent - done),
          message: `${Math.floor(percent)} %${loss}${state.phase === 'training' ? '' : ` · ${phaseText(state.phase)}`}`,
        });
        done = Math.max(done, percent);
      });
      try {
        return await run(token, started);
      } finally {
        subscription.dispose();
      }
    },
  );
  const shown = Promise.resolve(ended).then(async (outcome) => {
    const id = await startedId; // the outcome names the run's folder
    showOutcome(outcome, name, deps.store.find(id));
    return id;
  });
  if (!detach) return shown;
  shown.catch((error: unknown) => showError(deps, error));
  return Promise.race([startedId, shown]);
}

function showOutcome(outcome: TrainingOutcome, name: string, entry: RunEntry | undefined): void {
  const { state, trainedChars, heldOut, message } = outcome;
  const chars = countText(trainedChars);
  const showLog: [string, string] = [vscode.l10n.t('Show Log'), 'cellscope.showLog'];
  const resumable = entry !== undefined && entry.manifest.current !== null;
  const resume: [string, string][] = resumable ? [[vscode.l10n.t('Resume'), 'cellscope.resume']] : [];
  const { showInformationMessage, showErrorMessage } = vscode.window;
  if (state === 'finished') {
    const told = [
      vscode.l10n.t('{0}: trained on {1} characters.', name, chars),
      ...(heldOut ? [vscode.l10n.t('Held-out loss {0}.', bitsText(heldOut.nats))] : []),
      ...(message === undefined ? [] : [message]),
    ];
    void offer(showInformationMessage, told.join(' '), entry, [
      [vscode.l10n.t('Open Heatmap'), 'cellscope.openRun'],
      [vscode.l10n.t('Train Longer…'), 'cellscope.trainLonger'],
    ]);
  } else if (state === 'failed') {
    const told = vscode.l10n.t('{0} failed: {1}', name, message ?? vscode.l10n.t('the log says why.'));
    void offer(showErrorMessage, told, entry, [...resume, showLog]);
  } else if (message === undefined)
    void offer(showInformationMessage, vscode.l10n.t('{0}: saved after {1} characters.', name, chars), entry, resume);
  else {
    const rest = resumable
      ? vscode.l10n.t('It is saved after {0} characters: resume it to go on from there.', chars)
      : vscode.l10n.t('Nothing was saved yet: train again.');
    void offer(showErrorMessage, `${name}: ${message}. ${rest}`, entry, [...resume, showLog]);
  }
}

/** A message with buttons for commands on a run. */
async function offer(
  show: (message: string, ...buttons: string[]) => Thenable<string | undefined>,
  message: string,
  entry: RunEntry | undefined,
  actions: [string, string][],
): Promise<void> {
  const chosen = await show(message, ...actions.map(([label]) => label));
  const action = actions.find(([label]) => label === chosen);
  if (action) await vscode.commands.executeCommand(action[1], entry);
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

async function confirm(planned: PlannedTraining): Promise<boolean> {
  const start = vscode.l10n.t('Train');
  const details = vscode.l10n.t('Show Summary');
  const chosen = await vscode.window.showInformationMessage(summaryLine(planned), { modal: true }, start, details);
  if (chosen === details) await showSummary(planned);
  return chosen === start;
}

async function showSummary(planned: PlannedTraining): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: summaryDocument(planned) });
  await vscode.window.showTextDocument(document, { preview: true });
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
