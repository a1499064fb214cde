/** The extension's composition: who knows whom. The entry points hand in the platform. */
import * as vscode from 'vscode';
import { setWords } from '../core/words.ts';
import type { Message } from '../protocol/webview.ts';
import type { FileWorkerService } from '../worker/file-service.ts';
import { RunCells } from './cells/run-cells.ts';
import { registerCellCommands } from './commands/cells.ts';
import { registerRunArchiveCommands } from './commands/run-archive.ts';
import { registerRunCommands, runReference } from './commands/runs.ts';
import { registerSampleCommands } from './commands/sample.ts';
import { registerSettingsCommands } from './commands/settings.ts';
import { registerTrainCommands } from './commands/train.ts';
import { registerTrainSame } from './commands/train-same.ts';
import { registerEditor } from './editor/register.ts';
import { BackgroundWorker } from './inspection/background-worker.ts';
import { InspectionSession } from './inspection/inspection-session.ts';
import { registerCellsPanel } from './panels/cells-panel.ts';
import { registerGradientsPanel } from './panels/gradients-panel.ts';
import { GradientsSession } from './panels/gradients-session.ts';
import { registerHeatmapPanel } from './panels/heatmap-panel.ts';
import { registerSafetensorsEditor } from './panels/safetensors-editor.ts';
import { registerTrainingPanel } from './panels/training-panel.ts';
import type { HostPlatform } from './platform.ts';
import { RunStore } from './runs/run-store.ts';
import { registerTools } from './tools/register.ts';
import { readBase } from './training/base-model.ts';
import { TrainingController } from './training/controller.ts';
import { registerStatusBar } from './training/status-bar.ts';
import { showTotal } from './trees/runs-total.ts';
import { RunsTree } from './trees/runs-tree.ts';

/** What tests inside the extension host may reach. */
export interface CellscopeApi {
  readonly store: RunStore;
  readonly training: TrainingController;
  readonly inspection: InspectionSession;
  readonly cells: RunCells;
  /** The host's side of a gradient panel whose webview is a test. */
  gradients(run: string | null, send: (message: Message<string, unknown>) => void): GradientsSession;
}

/** Milliseconds that a panel is left alone before another one takes its place on the screen. */
const SETTLING = 1500;

let running: TrainingController | null = null;

/** The window closes: a training saves where it stands. VS Code waits for a few seconds. */
export async function deactivate(): Promise<void> {
  await running?.leave();
}

export async function activate(context: vscode.ExtensionContext, platform: HostPlatform): Promise<CellscopeApi> {
  setWords(vscode.l10n.bundle);
  const log = vscode.window.createOutputChannel('Cellscope', { log: true });
  const store = new RunStore(vscode.Uri.joinPath(context.globalStorageUri, 'runs'), platform);
  const training = new TrainingController(platform, store, log, (options) => readBase(context.extensionUri, options));
  const cells = new RunCells(store, platform, log);
  const inspection = new InspectionSession(context, platform, store, cells, log);
  const tree = new RunsTree(store, training, cells);
  const view = vscode.window.createTreeView('cellscope.runs', { treeDataProvider: tree, showCollapseAll: false });
  const files = new BackgroundWorker<FileWorkerService>(platform, log, 'model files', 'file-worker');
  const panels = { context, store, runs: store, training, inspection, cells, platform, log };
  const heatmap = registerHeatmapPanel(context, panels);

  context.subscriptions.push(
    log,
    store,
    training,
    inspection,
    cells,
    tree,
    view,
    showTotal(view, store),
    view.onDidChangeVisibility((event) => event.visible && void store.refresh()),
    registerStatusBar(training),
    registerTrainCommands({ training, store, log }),
    registerSampleCommands(context, {
      store,
      files,
      platform,
      extension: context.extensionUri,
      inspection,
      cells,
      heatmap,
      log,
    }),
    registerSettingsCommands(),
    registerTrainSame({ training, store, log }),
    registerRunCommands({ store, training, inspection, log, selected: () => view.selection[0] }),
    registerCellCommands({ cells, store, training, inspection, log, selected: () => view.selection[0] }),
    registerRunArchiveCommands({ store, training, files, platform, log, selected: () => view.selection[0] }),
    heatmap,
    registerTrainingPanel(context, panels),
    registerGradientsPanel(context, panels),
    registerCellsPanel(context, panels),
    files,
    registerSafetensorsEditor(context, { platform, files, log }),
    registerTools({ runs: store, inspection, cells, platform, log }),
    registerEditor(context, inspection, cells),
    followTraining(store, training, inspection, log),
    inspection.onDidAsk(() => training.makeWay()),
    inspection.onDidChangeModel((model) => {
      void vscode.commands.executeCommand('setContext', 'cellscope.modelOpen', model !== null);
    }),
  );
  await store.refresh();
  void vscode.commands.executeCommand('setContext', 'cellscope.runsLoaded', true);
  void inspection.restore();
  running = training;
  return {
    store,
    training,
    inspection,
    cells,
    gradients: (run, send) => new GradientsSession(panels, run, send),
  };
}

/** Opens the panels of a training that starts, and moves the inspected model along with its checkpoints. */
function followTraining(
  store: RunStore,
  training: TrainingController,
  inspection: InspectionSession,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  let opened: string | null = null;
  /** A page that is hidden before it stands may stay empty when it is shown again, and so may the one in its place. */
  let trainingPanel: Thenable<unknown> = Promise.resolve();
  /** Checkpoints of the training that are being opened: a later one counts as followed, the earlier may be under way. */
  let opening = 0;
  const isFollowed = (run: string): boolean => opening > 0 || inspection.model?.key === `run:${run}:current`;
  const open = async (run: string): Promise<void> => {
    opening++;
    try {
      await inspection.selectModel(runReference({ id: run, folder: store.folderOf(run) }));
    } catch (error) {
      log.warn(`A checkpoint of the run ${run} could not be opened.`, error);
    } finally {
      opening--;
    }
  };
  const wish = (): string => vscode.workspace.getConfiguration('cellscope.training').get('openWhenStarted', 'both');
  return vscode.Disposable.from(
    training.onDidChangeActive((run) => {
      opened = null;
      if (run !== null && /^(training|both)$/.test(wish()))
        trainingPanel = Promise.resolve(vscode.commands.executeCommand('cellscope.openTraining')).then(
          () => new Promise((resolve) => setTimeout(resolve, SETTLING)),
        );
    }),
    training.onDidProgress((progress) => {
      const run = training.activeRun;
      if (progress.generation === undefined || run === null) return;
      const first = opened !== run;
      opened = run;
      // A person who looks at another model, or at an earlier checkpoint, is not pulled away from it.
      if (!first && !isFollowed(run)) return;
      void open(run).then(async () => {
        if (first) await trainingPanel;
        if (first && isFollowed(run) && /^(heatmap|both)$/.test(wish()))
          void vscode.commands.executeCommand('cellscope.openHeatmap', { preserveFocus: true });
      });
    }),
    // The newest checkpoint need not be the best, which is what a run's numbers are about once it has ended.
    training.onDidEnd(({ state }) => {
      const run = training.activeRun;
      if (state === 'finished' && run !== null && isFollowed(run)) void open(run);
    }),
  );
}
