/** The host's side of one open gradient panel: which runs are laid over each other, what is computed for them. */
import * as vscode from 'vscode';
import { defaultLags, defaultPositions } from '../../core/gradients/report.ts';
import {
  fromGradients,
  type GradientPart,
  mostRuns,
  type ShownContribution,
  type ShownHistory,
  type ShownReport,
  toGradients,
} from '../../protocol/gradients.ts';
import type { ModelReference } from '../../protocol/inspector-service.ts';
import { type Message, on } from '../../protocol/webview.ts';
import { isCancelled } from '../commands/train.ts';
import type { Inspection, RunEntry, Runs, Training } from '../contracts.ts';
import { type HostPlatform, workerPath } from '../platform.ts';
import { saveExport } from './gradients-export.ts';
import { gradientRun, shownContribution, shownHealth, shownReport } from './gradients-messages.ts';
import { GradientsWorker } from './gradients-worker.ts';

/** Positions for what costs memory or is done once per checkpoint. */
const fewerPositions = 64;

export interface GradientsPanelDependencies {
  runs: Runs;
  training: Training;
  inspection: Inspection;
  platform: HostPlatform;
  log: vscode.LogOutputChannel;
}

type Options = { signal: AbortSignal; onProgress: (progress: { fraction: number }) => void };

export class GradientsSession implements vscode.Disposable {
  readonly handlers;
  private readonly deps: GradientsPanelDependencies;
  private readonly send: (message: Message<string, unknown>) => void;
  private readonly worker: GradientsWorker;
  private readonly subscriptions: vscode.Disposable[];
  private ready = false;
  private selected: string[];
  private readonly jobs = new Map<string, AbortController>();
  /** By run; a hidden panel loses what it was sent. */
  private readonly reports = new Map<string, ShownReport>();
  private readonly contributions = new Map<string, ShownContribution>();
  private readonly histories = new Map<string, ShownHistory>();

  constructor(
    deps: GradientsPanelDependencies,
    wanted: string | null,
    send: (message: Message<string, unknown>) => void,
  ) {
    this.deps = deps;
    this.selected = wanted === null ? [] : [wanted];
    this.worker = new GradientsWorker(deps.platform, deps.log);
    this.send = (message) => {
      if (this.ready) send(message);
    };
    this.subscriptions = [
      this.worker,
      deps.runs.onDidChange(() => this.runsChanged()),
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
      on(fromGradients.train, () => command('trainOnWorkspace')),
      on(fromGradients.trainSame, ({ run }) => command('trainSame', this.find(run))),
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
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private find(id: string): RunEntry | undefined {
    return this.deps.runs.entries.find((entry) => entry.id === id);
  }

  private async snapshot(): Promise<void> {
    // A panel that comes back after a reload may be quicker than the list of runs.
    if (this.deps.runs.entries.length === 0) await this.deps.runs.refresh();
    this.sendRuns();
    for (const run of this.selected) await this.sendRun(run);
  }

  private sendRuns(): void {
    const { entries } = this.deps.runs;
    this.selected = this.selected.filter((id) => this.find(id) !== undefined);
    if (this.selected.length === 0) this.selected = this.suggested();
    this.send(
      toGradients.runs({
        runs: entries.map(({ id, manifest }) => gradientRun(id, manifest)),
        selected: this.selected,
        canTrain: (vscode.workspace.workspaceFolders?.length ?? 0) > 0,
      }),
    );
  }

  /** The run whose model is open, else the newest that has a checkpoint. */
  private suggested(): string[] {
    const { runs, inspection } = this.deps;
    const usable = runs.entries.filter(({ manifest }) => manifest.current !== null);
    const open = usable.find(({ id }) => inspection.model?.key.startsWith(`run:${id}:`));
    return (open ?? usable[0]) ? [(open ?? usable[0])!.id] : [];
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
    const entry = this.find(id);
    if (!entry) return;
    const [report, contribution, history] = [this.reports, this.contributions, this.histories].map((kept) =>
      kept.get(id),
    ) as [ShownReport | undefined, ShownContribution | undefined, ShownHistory | undefined];
    if (report) this.send(toGradients.report({ run: id, report }));
    if (contribution) this.send(toGradients.contribution({ run: id, contribution }));
    if (history) this.send(toGradients.history({ run: id, history }));
    for (const part of ['report', 'contribution', 'history'] as const)
      if (this.jobs.has(`${id} ${part}`)) this.send(toGradients.progress({ run: id, part, fraction: null }));
    if (!report && gradientRun(id, entry.manifest).generation !== null) void this.compute(id, 'report');
    await this.sendHealth(id);
  }

  private async sendHealth(id: string): Promise<void> {
    const points = await this.deps.runs.metrics(id).catch(() => []);
    this.send(toGradients.health({ run: id, health: shownHealth(points) }));
  }

  private runsChanged(): void {
    const before = this.selected;
    this.sendRuns();
    for (const id of this.selected) {
      const entry = this.find(id)!;
      const first = !this.reports.has(id) && !this.jobs.has(`${id} report`);
      if (!before.includes(id) || (first && entry.manifest.current !== null)) void this.sendRun(id);
      else if (entry.manifest.state === 'running') void this.sendHealth(id);
    }
  }

  private async compute(id: string, part: GradientPart): Promise<void> {
    const key = `${id} ${part}`;
    const entry = this.find(id);
    if (!entry || this.jobs.has(key)) return;
    const job = new AbortController();
    this.jobs.set(key, job);
    this.send(toGradients.progress({ run: id, part, fraction: null }));
    try {
      await this.run(entry, part, {
        signal: job.signal,
        onProgress: ({ fraction }) => this.send(toGradients.progress({ run: id, part, fraction })),
      });
    } catch (error) {
      const cancelled = job.signal.aborted || isCancelled(error);
      if (!cancelled) this.deps.log.error(`The gradients (${part}) of run ${id} could not be computed.`, error);
      const reason = error instanceof Error ? error.message : String(error);
      this.send(toGradients.ended({ run: id, part, message: cancelled ? null : reason }));
    } finally {
      this.jobs.delete(key);
    }
  }

  private async run({ id, folder, manifest }: RunEntry, part: GradientPart, options: Options): Promise<void> {
    const { generation } = gradientRun(id, manifest);
    const reference = (number: number | null): ModelReference => ({
      key: `${id}:${number}`,
      kind: 'run',
      folder: workerPath(folder),
      generation: number,
    });
    const request = { model: reference(generation), lags: defaultLags };
    if (part === 'report') {
      const asked = { ...request, positions: defaultPositions };
      const summary = await this.worker.ask(options.signal, (remote) => remote.call('gradientReport', asked, options));
      const report = shownReport(summary);
      this.reports.set(id, report);
      this.send(toGradients.report({ run: id, report }));
    } else if (part === 'contribution') {
      const asked = { ...request, positions: fewerPositions };
      const summary = await this.worker.ask(options.signal, (remote) =>
        remote.call('gradientContribution', asked, options),
      );
      const contribution = shownContribution(summary, generation, manifest.options.sequence);
      this.contributions.set(id, contribution);
      this.send(toGradients.contribution({ run: id, contribution }));
    } else {
      const { generations } = manifest;
      const points: ShownHistory['points'] = [];
      let lags = defaultLags;
      for (const [done, { number, trainedChars }] of generations.entries()) {
        const asked = { model: reference(number), lags: defaultLags, positions: fewerPositions };
        const { signal } = options;
        const onProgress = ({ fraction }: { fraction: number }): void =>
          options.onProgress({ fraction: (done + fraction) / generations.length });
        const horizon = await this.worker.ask(signal, (remote) =>
          remote.call('gradientHorizon', asked, { signal, onProgress }),
        );
        lags = horizon.lags;
        points.push({ generation: number, trainedChars, layers: horizon.layers });
        const history = { lags, points: [...points] };
        this.histories.set(id, history);
        this.send(toGradients.history({ run: id, history }));
      }
    }
    this.send(toGradients.ended({ run: id, part, message: null }));
  }

  private async export(name: string, extension: 'csv' | 'png', bytes: Uint8Array): Promise<void> {
    try {
      await saveExport(name, extension, bytes);
    } catch (error) {
      this.deps.log.error(`${name}.${extension} could not be written.`, error);
      const reason = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(`The file could not be written: ${reason} Choose another place.`);
    }
  }

  private async execute(name: string, args: unknown[]): Promise<void> {
    try {
      await vscode.commands.executeCommand(name, ...args);
    } catch (error) {
      this.deps.log.error(`${name} failed.`, error);
    }
  }
}
