/** The host's side of one open training panel. */
import * as vscode from 'vscode';
import type { MetricPoint } from '../../core/formats/manifest.ts';
import { fromTraining, toTraining } from '../../protocol/training-panel.ts';
import { type Message, on } from '../../protocol/webview.ts';
import { runReference } from '../commands/runs.ts';
import type { Inspection, RunEntry, Runs, Training } from '../contracts.ts';
import { followedGeneration } from './heatmap-messages.ts';
import type { TrainingLog } from './training-log.ts';
import { joinPoints, liveProgress, shownPoints, shownRun } from './training-messages.ts';

export interface TrainingPanelDependencies {
  runs: Runs;
  training: Training;
  inspection: Inspection;
  log: vscode.LogOutputChannel;
}

/** Milliseconds between two looks for the manifest of a run that begins. */
const lookEvery = 1000;

export class TrainingSession implements vscode.Disposable {
  readonly handlers;
  private readonly deps: TrainingPanelDependencies;
  private readonly history: TrainingLog;
  private readonly send: (message: Message<string, unknown>) => void;
  private readonly subscriptions: vscode.Disposable[];
  private ready = false;
  private looking: ReturnType<typeof setTimeout> | undefined;
  /** The run that was asked for; null: the one being trained, else the newest. */
  private wanted: string | null;
  private shown: string | null = null;

  constructor(
    deps: TrainingPanelDependencies,
    history: TrainingLog,
    wanted: string | null,
    send: (message: Message<string, unknown>) => void,
  ) {
    this.deps = deps;
    this.history = history;
    this.wanted = wanted;
    this.send = (message) => {
      if (this.ready) send(message);
    };
    const { runs, training } = deps;
    this.subscriptions = [
      runs.onDidChange(() => this.runsChanged()),
      training.onDidChangeActive((run) => {
        // A training that starts is what one wants to see; one that ends stays on the screen.
        if (run !== null) this.wanted = null;
        void this.snapshot();
      }),
      training.onDidProgress((progress) => {
        if (training.activeRun === null) return;
        if (training.activeRun !== this.shown) {
          // The manifest of a new run appears a moment after its first progress.
          if (this.wanted === null) this.lookAgain();
          return;
        }
        const { sample, trainedChars: chars } = progress;
        this.send(
          toTraining.progress({
            run: training.activeRun,
            live: liveProgress(progress),
            points: shownPoints(progress.points),
            sample: sample === undefined ? null : { chars, text: sample },
          }),
        );
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.snapshot()),
    ];
    const run = (command: string, id?: string) => void this.execute(command, id);
    this.handlers = [
      on(fromTraining.ready, ({ restore }) => {
        this.ready = true;
        if (training.activeRun === null) this.wanted ??= restore;
        void this.snapshot();
      }),
      on(fromTraining.selectRun, ({ id }) => this.show(id)),
      on(fromTraining.pause, () => run('cellscope.pause')),
      on(fromTraining.resume, ({ id }) => run('cellscope.resume', id)),
      on(fromTraining.stop, () => run('cellscope.stop')),
      on(fromTraining.trainLonger, ({ id }) => run('cellscope.trainLonger', id)),
      on(fromTraining.train, () => run('cellscope.trainOnWorkspace')),
      on(fromTraining.openSample, () => run('cellscope.openSample')),
      on(fromTraining.showLog, () => run('cellscope.showLog')),
      on(fromTraining.openHeatmap, ({ id, generation }) => void this.openHeatmap(id, generation)),
    ];
  }

  /** Shows a run (null: the one being trained, else the newest). */
  show(id: string | null): void {
    this.wanted = id;
    void this.snapshot();
  }

  dispose(): void {
    clearTimeout(this.looking);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** Reads the runs again, at most once a second: progress comes five times as often. */
  private lookAgain(): void {
    if (this.looking !== undefined) return;
    void this.deps.runs.refresh();
    this.looking = setTimeout(() => {
      this.looking = undefined;
    }, lookEvery);
  }

  private entry(): RunEntry | undefined {
    const { entries } = this.deps.runs;
    const find = (id: string | null): RunEntry | undefined => entries.find((entry) => entry.id === id);
    return find(this.wanted) ?? find(this.deps.training.activeRun) ?? entries[0];
  }

  private async snapshot(): Promise<void> {
    if (!this.ready) return;
    const { runs, training } = this.deps;
    const entry = this.entry();
    this.shown = entry?.id ?? null;
    const stored = entry ? await this.storedMetrics(entry.id) : [];
    // Another run was asked for while this one was read.
    if (this.shown !== (entry?.id ?? null)) return;
    const logged = entry !== undefined && this.history.run === entry.id;
    const active = entry !== undefined && training.activeRun === entry.id;
    this.send(
      toTraining.snapshot({
        runs: runs.entries.map(({ id, manifest }) => ({ id, name: manifest.name })),
        run: entry ? shownRun(entry.id, entry.manifest) : null,
        points: shownPoints(joinPoints(stored, logged ? this.history.points : [])),
        samples: logged ? this.history.samples : [],
        live: active && training.latest ? liveProgress(training.latest) : null,
        canTrain: (vscode.workspace.workspaceFolders?.length ?? 0) > 0,
      }),
    );
  }

  private async storedMetrics(id: string): Promise<MetricPoint[]> {
    try {
      return await this.deps.runs.metrics(id);
    } catch (error) {
      this.deps.log.warn(`The metrics of run ${id} could not be read.`, error);
      return [];
    }
  }

  private runsChanged(): void {
    const entry = this.entry();
    if (!entry || entry.id !== this.shown) void this.snapshot();
    else this.send(toTraining.run({ run: shownRun(entry.id, entry.manifest) }));
  }

  private async openHeatmap(id: string, generation: number | null): Promise<void> {
    const entry = this.deps.runs.entries.find((run) => run.id === id);
    if (!entry) return;
    try {
      const wanted = generation === null ? null : followedGeneration(entry, generation);
      await this.deps.inspection.selectModel(runReference(entry, wanted));
      await vscode.commands.executeCommand('cellscope.openHeatmap');
    } catch (error) {
      this.deps.log.error(`The run ${id} could not be opened.`, error);
      const reason = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(
        vscode.l10n.t('This checkpoint could not be opened: {0} Choose another one.', reason),
      );
    }
  }

  private async execute(command: string, id?: string): Promise<void> {
    const entry = id === undefined ? undefined : this.deps.runs.entries.find((run) => run.id === id);
    if (id !== undefined && !entry) return;
    try {
      await vscode.commands.executeCommand(command, ...(entry ? [entry] : []));
    } catch (error) {
      this.deps.log.error(`${command} failed.`, error);
    }
  }
}
