/** The host's side of one open gradient panel: which runs are laid over each other, what is computed for them. */
import * as vscode from 'vscode';
import { defaultLags } from '../../core/gradients/report.ts';
import {
  fromGradients,
  type GradientPart,
  type GradientResult,
  mostRuns,
  type ShownReach,
  toGradients,
} from '../../protocol/gradients.ts';
import { type Message, on } from '../../protocol/webview.ts';
import { isCancelled } from '../commands/train.ts';
import type { Inspection, Runs, Training } from '../contracts.ts';
import { BackgroundWorker } from '../inspection/background-worker.ts';
import type { HostPlatform } from '../platform.ts';
import { saveExport } from './gradients-export.ts';
import { shownHealth } from './gradients-health.ts';
import { shownLab, shownReach } from './gradients-messages.ts';
import { computePart } from './gradients-parts.ts';
import { type GradientSource, GradientSources, type NamedCells } from './gradients-sources.ts';

/** Characters that one prediction's reach looks back on. */
const reachLags = 500;

export interface GradientsPanelDependencies {
  runs: Runs;
  training: Training;
  inspection: Inspection;
  cells: NamedCells;
  platform: HostPlatform;
  log: vscode.LogOutputChannel;
}

export class GradientsSession implements vscode.Disposable {
  readonly handlers;
  private readonly deps: GradientsPanelDependencies;
  private readonly send: (message: Message<string, unknown>) => void;
  private readonly worker: BackgroundWorker;
  private readonly sources: GradientSources;
  private readonly subscriptions: vscode.Disposable[];
  private ready = false;
  private selected: string[];
  private readonly jobs = new Map<string, AbortController>();
  /** By run and part; a hidden panel loses what it was sent. */
  private readonly results = new Map<string, GradientResult>();
  private reaching: AbortController | null = null;
  /** A run that was started from here and has no folder yet. */
  private awaited: string | null = null;

  constructor(
    deps: GradientsPanelDependencies,
    wanted: string | null,
    send: (message: Message<string, unknown>) => void,
  ) {
    this.deps = deps;
    this.selected = wanted === null ? [] : [wanted];
    this.worker = new BackgroundWorker(deps.platform, deps.log, 'the gradient panel');
    this.sources = new GradientSources(deps.runs, deps.cells, deps.inspection);
    this.send = (message) => {
      if (this.ready) send(message);
    };
    this.subscriptions = [
      this.worker,
      this.sources,
      this.sources.onDidChange(() => this.runsChanged()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.sendRuns()),
    ];
    const command = (name: string, ...args: unknown[]): void => void this.execute(`cellscope.${name}`, args);
    this.handlers = [
      on(fromGradients.ready, ({ restore }) => {
        this.ready = true;
        if (this.selected.length === 0 && restore) this.selected = restore;
        void this.snapshot();
      }),
      on(fromGradients.select, ({ runs }) => this.select(runs)),
      on(fromGradients.compute, ({ run, part }) => void this.compute(run, part)),
      on(fromGradients.cancel, ({ run, part }) => this.jobs.get(`${run} ${part}`)?.abort()),
      on(fromGradients.texts, ({ run }) => void this.sendTexts(run)),
      on(fromGradients.reach, (question) => void this.sendReach(question)),
      on(fromGradients.lab, (question) => this.send(toGradients.lab(shownLab(question)))),
      on(fromGradients.train, () => command('trainOnWorkspace')),
      on(fromGradients.openSample, () => command('openSample')),
      on(fromGradients.trainSame, ({ run }) => void this.trainSame(run)),
      on(fromGradients.showLog, () => command('showLog')),
      on(fromGradients.exportCsv, ({ name, text }) => void this.export(name, 'csv', new TextEncoder().encode(text))),
      on(fromGradients.exportPng, ({ name, bytes }) => void this.export(name, 'png', new Uint8Array(bytes))),
    ];
  }

  /** Lays a run over the ones that are shown. */
  add(run: string): void {
    if (this.selected.includes(run)) return;
    this.select([...this.selected.slice(-(mostRuns - 1)), run]);
  }

  dispose(): void {
    for (const job of this.jobs.values()) job.abort();
    this.reaching?.abort();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private find(id: string): GradientSource | undefined {
    return this.sources.find(id);
  }

  private async snapshot(): Promise<void> {
    // A panel that comes back after a reload may be quicker than the list of runs.
    if (this.deps.runs.entries.length === 0) await this.deps.runs.refresh();
    this.sendRuns();
    for (const run of this.selected) await this.sendRun(run);
  }

  private sendRuns(): void {
    // Before that, nobody has said which runs were shown before a reload.
    if (!this.ready) return;
    const sources = this.sources.list();
    this.selected = this.selected.filter((id) => this.find(id) !== undefined);
    if (this.selected.length === 0) this.selected = this.sources.suggested();
    this.send(
      toGradients.runs({
        runs: sources.map(({ run }) => run),
        selected: this.selected,
        canTrain: (vscode.workspace.workspaceFolders?.length ?? 0) > 0,
      }),
    );
  }

  private select(runs: string[]): void {
    const known = new Set(this.selected);
    this.selected = runs.filter((id) => this.find(id) !== undefined);
    for (const id of known) {
      if (this.selected.includes(id)) continue;
      for (const [key, job] of this.jobs) if (key.startsWith(`${id} `)) job.abort();
    }
    this.sendRuns();
    for (const id of this.selected) if (!known.has(id)) void this.sendRun(id);
  }

  /** What is known of a run, and its report where it has none yet. */
  private async sendRun(id: string): Promise<void> {
    const source = this.find(id);
    if (!source) return;
    for (const [key, result] of this.results)
      if (key === `${id} ${result.part}`) this.send(toGradients.result({ run: id, result }));
    for (const key of this.jobs.keys()) {
      const [run, part] = key.split(' ') as [string, GradientPart];
      if (run === id) this.send(toGradients.progress({ run, part, fraction: null }));
    }
    if (source.run.generation !== null && !this.results.has(`${id} report`)) void this.compute(id, 'report');
    await this.sendHealth(id);
  }

  private async sendHealth(id: string): Promise<void> {
    if (!this.find(id)?.entry) return;
    const points = await this.deps.runs.metrics(id).catch(() => []);
    const entry = this.find(id)?.entry;
    if (entry) this.send(toGradients.health({ run: id, health: shownHealth(points, entry.manifest) }));
  }

  private runsChanged(): void {
    if (!this.ready) return;
    if (this.awaited !== null && this.find(this.awaited)) {
      const run = this.awaited;
      this.awaited = null;
      this.add(run);
    }
    const before = this.selected;
    this.sendRuns();
    for (const id of this.selected) {
      const { generation, running } = this.find(id)!.run;
      const report = this.results.get(`${id} report`);
      const unmeasured = !report && generation !== null && !this.jobs.has(`${id} report`);
      if (!before.includes(id) || unmeasured) void this.sendRun(id);
      else if (running) void this.sendHealth(id);
      // A training that has ended leaves its best checkpoint: that is what one wants to see.
      else if (report && report.generation !== generation) void this.compute(id, 'report');
    }
  }

  private async compute(id: string, part: GradientPart): Promise<void> {
    const key = `${id} ${part}`;
    const source = this.find(id);
    if (!source || this.jobs.has(key)) return;
    const known = this.results.get(key);
    // The text under a model file may have been edited: whoever asks again wants it measured again.
    if (known && part !== 'history' && source.entry && known.generation === source.run.generation) {
      this.send(toGradients.result({ run: id, result: known }));
      return;
    }
    const job = new AbortController();
    this.jobs.set(key, job);
    this.send(toGradients.progress({ run: id, part, fraction: null }));
    try {
      const keep = (result: GradientResult): void => {
        this.results.set(key, result);
        this.send(toGradients.result({ run: id, result }));
      };
      const onProgress = ({ fraction }: { fraction: number }): void =>
        this.send(toGradients.progress({ run: id, part, fraction }));
      keep(await computePart(this.worker, source, part, { signal: job.signal, onProgress, onPartial: keep }));
      this.send(toGradients.ended({ run: id, part, message: null }));
    } catch (error) {
      const cancelled = job.signal.aborted || isCancelled(error);
      if (!cancelled) this.deps.log.error(`The gradients (${part}) of run ${id} could not be computed.`, error);
      const reason = error instanceof Error ? error.message : String(error);
      this.send(toGradients.ended({ run: id, part, message: cancelled ? null : reason }));
    } finally {
      this.jobs.delete(key);
    }
  }

  private async sendTexts(run: string): Promise<void> {
    const source = this.find(run);
    if (!source) return;
    const request = { model: source.model(null), texts: source.texts(), lags: defaultLags };
    try {
      const documents = await this.worker.askNow((remote) => remote.call('gradientTexts', request));
      this.send(toGradients.texts({ run, documents, vocabulary: [...source.vocabulary] }));
    } catch (error) {
      this.reachFailed(run, error);
    }
  }

  /** Only the last character that was pointed at counts. */
  private async sendReach(question: Pick<ShownReach, 'run' | 'document' | 'at' | 'logit'>): Promise<void> {
    this.reaching?.abort();
    const source = this.find(question.run);
    if (!source) return;
    const { signal } = (this.reaching = new AbortController());
    const { document, at, logit } = question;
    const request = { model: source.model(null), texts: source.texts(), document, at, logit, lags: reachLags };
    try {
      const reach = await this.worker.askNow((remote) => remote.call('gradientReach', request, { signal }));
      if (!signal.aborted) this.send(toGradients.reach(shownReach(question, reach)));
    } catch (error) {
      if (!signal.aborted) this.reachFailed(question.run, error);
    }
  }

  private reachFailed(run: string, error: unknown): void {
    this.deps.log.error(`The reach of a prediction of run ${run} could not be computed.`, error);
    this.send(toGradients.reachFailed({ run, message: error instanceof Error ? error.message : String(error) }));
  }

  private async export(name: string, extension: 'csv' | 'png', bytes: Uint8Array): Promise<void> {
    try {
      await saveExport(name, extension, bytes);
    } catch (error) {
      this.deps.log.error(`${name}.${extension} could not be written.`, error);
      const reason = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(
        vscode.l10n.t('The file could not be written: {0} Choose another place.', reason),
      );
    }
  }

  /** The new run is laid over as soon as it is there. */
  private async trainSame(run: string): Promise<void> {
    const id = await this.execute('cellscope.trainSame', [this.find(run)?.entry]);
    if (typeof id !== 'string') return;
    this.awaited = id;
    this.runsChanged();
  }

  private async execute(name: string, args: unknown[]): Promise<unknown> {
    try {
      return await vscode.commands.executeCommand(name, ...args);
    } catch (error) {
      this.deps.log.error(`${name} failed.`, error);
      return null;
    }
  }
}
