/**
 * The training of this window: reads files, hands them to the training worker, follows its progress, and keeps the run
 * list, the status bar and the context keys in step. The numbers are the worker's; nothing is computed here.
 */
import * as vscode from 'vscode';
import type { TrainingOptions } from '../../core/training/options.ts';
import type {
  TrainingOutcome,
  TrainingPlan,
  TrainingProgress,
  TrainingService,
} from '../../protocol/training-service.ts';
import { connect, type Remote } from '../../worker/channel.ts';
import type { RunEntry, Training } from '../contracts.ts';
import { type HostPlatform, type WorkerHandle, workerPath } from '../platform.ts';
import { durationText } from '../runs/format.ts';
import type { RunStore } from '../runs/run-store.ts';
import { numberSetting } from '../settings.ts';
import { type CorpusReading, readCorpus } from '../workspace/reading.ts';
import { withLeftOut } from './nothing-to-train.ts';

export interface TrainingScope {
  /** Folders to read: workspace folders or one folder below them. */
  folders: readonly vscode.Uri[];
  /** A run's folder: its texts with their sides instead of any files. */
  corpusOf?: vscode.Uri;
  /** For the run's name. */
  label: string;
}

/** A worker with a corpus planned in it, ready to train. */
export interface PlannedTraining {
  plan: TrainingPlan;
  reading: CorpusReading;
}

/** How long a training stands still for a question to the inspector, and how often at most, milliseconds. */
const WAY = 40;
const WAY_INTERVAL = 20;

export class TrainingController implements Training, vscode.Disposable {
  private readonly progressed = new vscode.EventEmitter<TrainingProgress>();
  private readonly activeChanged = new vscode.EventEmitter<string | null>();
  private readonly outcomes = new vscode.EventEmitter<TrainingOutcome>();
  readonly onDidProgress = this.progressed.event;
  readonly onDidChangeActive = this.activeChanged.event;
  readonly onDidEnd = this.outcomes.event;
  activeRun: string | null = null;
  latest: TrainingProgress | null = null;

  private worker: WorkerHandle | null = null;
  private remote: Remote<TrainingService> | null = null;
  private lastWay = 0;
  private busy = false;
  /** Why the worker ended by itself, where it did. */
  private death: Error | null = null;
  /** Saves and ends the training that goes on, as Cancel does. */
  private cancel: () => void = () => {};

  private readonly platform: HostPlatform;
  private readonly store: RunStore;
  private readonly log: vscode.LogOutputChannel;
  private readonly readBase: (options: TrainingOptions) => Promise<{ name: string; bytes: Uint8Array } | null>;

  /** `readBase`: the model that a training of these options may start from. */
  constructor(
    platform: HostPlatform,
    store: RunStore,
    log: vscode.LogOutputChannel,
    readBase: (options: TrainingOptions) => Promise<{ name: string; bytes: Uint8Array } | null> = async () => null,
  ) {
    this.platform = platform;
    this.store = store;
    this.log = log;
    this.readBase = readBase;
  }

  /** True from the first file read until the worker is gone. */
  get isBusy(): boolean {
    return this.busy;
  }

  /** Reads the files of a scope into a fresh worker and lets it plan. Throws `cancelled` when the token fires. */
  async prepare(
    scope: TrainingScope,
    options: TrainingOptions,
    token: vscode.CancellationToken,
    report: (message: string) => void,
  ): Promise<PlannedTraining> {
    this.busy = true;
    try {
      const remote = await this.start();
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      const { signal } = controller;
      const base = await this.readBase(options);
      await remote.call('begin', {
        options,
        minimumCount: numberSetting('cellscope.files.minimumCount'),
        keptCheckpoints: numberSetting('cellscope.runs.keptCheckpoints'),
        ...(base ? { base } : {}),
        ...(scope.corpusOf ? { corpusOf: workerPath(scope.corpusOf) } : {}),
      });
      // Without folders there is nothing to read, and the report says so.
      const reading = await readCorpus(scope.folders, {
        seed: options.seed,
        signal,
        onFiles: (files) => remote.call('addFiles', { files }, { signal }),
        onProgress: (files) => report(vscode.l10n.t('reading files: {0}', files)),
      });
      report(vscode.l10n.t('splitting by file, building the vocabulary, timing the engine'));
      const plan = await remote.call('plan', {}, { signal }).catch((error: unknown) => {
        throw withLeftOut(error, reading.report.leftOut);
      });
      return { plan, reading };
    } catch (error) {
      await this.finish();
      throw error;
    }
  }

  /** Trains what was planned; resolves with the outcome. The run's id is known at once through `onStarted`. */
  async train(
    name: string,
    token: vscode.CancellationToken,
    onStarted: (id: string) => void,
  ): Promise<TrainingOutcome> {
    const id = newRunId();
    return this.follow(id, token, onStarted, (remote, options) =>
      remote.call('train', { folder: workerPath(this.store.folderOf(id)), id, name }, options),
    );
  }

  /** Continues a paused, interrupted or failed run, or trains a finished one on `moreChars` further characters. */
  async resume(
    entry: RunEntry,
    moreChars: number | undefined,
    token: vscode.CancellationToken,
    onStarted: (id: string) => void,
  ): Promise<TrainingOutcome> {
    return this.follow(entry.id, token, onStarted, (remote, options) =>
      remote.call(
        'resume',
        { folder: workerPath(entry.folder), ...(moreChars === undefined ? {} : { moreChars }) },
        options,
      ),
    );
  }

  async pause(): Promise<void> {
    await this.remote?.call('pause', {});
  }

  async unpause(): Promise<void> {
    await this.remote?.call('unpause', {});
  }

  /** Lets the training stand still for a moment: somebody waits for an answer of the inspector. Does nothing where none goes on. */
  makeWay(): void {
    const now = performance.now();
    if (!this.remote || this.activeRun === null || now - this.lastWay < WAY_INTERVAL) return;
    this.lastWay = now;
    // A training that ends in this moment makes way by itself.
    this.remote.call('makeWay', { milliseconds: WAY }).catch(() => undefined);
  }

  async stop(): Promise<void> {
    await this.remote?.call('stop', {});
  }

  /** Ends a planned training that will not be started, or a running one (it saves first where it can). */
  async discard(): Promise<void> {
    await this.finish();
  }

  /** Saves and ends the training that goes on, if any; resolves when it has, or after `patience` milliseconds. */
  async leave(patience = 3000): Promise<void> {
    if (this.activeRun === null) return;
    let subscription: vscode.Disposable | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      subscription = this.onDidChangeActive(() => resolve());
      timer = setTimeout(resolve, patience);
      this.cancel();
    });
    clearTimeout(timer);
    subscription?.dispose();
  }

  /** Stops the worker where it stands, as a crash would: for tests of recovery. */
  async kill(): Promise<void> {
    await this.worker?.terminate();
  }

  dispose(): void {
    void this.worker?.terminate();
    this.progressed.dispose();
    this.activeChanged.dispose();
    this.outcomes.dispose();
  }

  private async start(): Promise<Remote<TrainingService>> {
    this.death = null;
    const worker = await this.platform.startWorker('training-worker', true);
    worker.port.onClose((reason) => {
      if (this.worker === worker) this.death = reason;
    });
    this.worker = worker;
    this.remote = connect<TrainingService>(worker.port);
    return this.remote;
  }

  private async follow(
    id: string,
    token: vscode.CancellationToken,
    onStarted: (id: string) => void,
    run: (
      remote: Remote<TrainingService>,
      options: { signal: AbortSignal; onProgress: (progress: TrainingProgress) => void },
    ) => Promise<TrainingOutcome>,
  ): Promise<TrainingOutcome> {
    this.busy = true;
    try {
      const remote = this.remote ?? (await this.start());
      const controller = new AbortController();
      this.cancel = () => controller.abort();
      token.onCancellationRequested(this.cancel);
      this.activeRun = id;
      this.latest = null;
      await vscode.commands.executeCommand('setContext', 'cellscope.training', 'running');
      this.activeChanged.fire(id);
      onStarted(id);
      const outcome = await run(remote, {
        signal: controller.signal,
        onProgress: (progress) => this.receive(progress),
      });
      this.log.info(
        `Run ${id}: ${outcome.state}, ${outcome.trainedChars} characters in ${durationText(outcome.seconds)}.`,
      );
      this.outcomes.fire(outcome);
      return outcome;
    } catch (error) {
      this.log.error(`Run ${id} ended with an error.`, error);
      if (this.death === null) throw error;
    } finally {
      await this.finish();
    }
    const outcome = this.interrupted(id);
    this.outcomes.fire(outcome);
    return outcome;
  }

  /** The outcome of a run whose worker died: what its folder holds. */
  private interrupted(id: string): TrainingOutcome {
    const kept = this.store.find(id)?.manifest;
    const chars = kept?.trainedChars ?? 0;
    return {
      state: 'interrupted',
      run: workerPath(this.store.folderOf(id)),
      trainedChars: chars,
      seconds: kept?.trainingSeconds ?? 0,
      charsPerSecond: 0,
      heldOut: null,
      message: vscode.l10n.t(
        'the training worker stopped ({0})',
        this.death?.message ?? vscode.l10n.t('unknown reason'),
      ),
    };
  }

  private receive(progress: TrainingProgress): void {
    const stateChanged = this.latest?.state !== progress.state;
    this.latest = progress;
    if (stateChanged) void vscode.commands.executeCommand('setContext', 'cellscope.training', progress.state);
    if (stateChanged || progress.generation !== undefined || progress.ngram) void this.store.refresh();
    this.progressed.fire(progress);
  }

  private async finish(): Promise<void> {
    const { worker } = this;
    this.worker = null;
    this.remote = null;
    try {
      await worker?.terminate();
      if (this.activeRun !== null) this.store.trainingEnded(this.activeRun);
      await vscode.commands.executeCommand('setContext', 'cellscope.training', '');
      await this.store.refresh();
    } finally {
      this.busy = false; // not before: a training that starts meanwhile would be ended by the rest of this
    }
    if (this.activeRun !== null) {
      this.activeRun = null;
      this.activeChanged.fire(null);
    }
  }
}

/** Sortable by time, unique without a counter: `20261121-043012-7f3a`. */
export function newRunId(now = new Date(), random = Math.floor(Math.random() * 65536)): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${random.toString(16).padStart(4, '0')}`;
}
