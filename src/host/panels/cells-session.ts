/** The host's side of one open cells panel: which run is shown, what was found in it, the evidence for single cells. */
import * as vscode from 'vscode';
import { quantitiesScored } from '../../core/cells/columns.ts';
import { overallFraction } from '../../core/cells/progress.ts';
import { fromCells, toCells } from '../../protocol/cells.ts';
import { type Message, on } from '../../protocol/webview.ts';
import { type CellNotes, readNotes, writeNote } from '../cells/cell-notes.ts';
import type { CellsStore } from '../cells/cells-store.ts';
import { measuredGeneration } from '../cells/run-cells.ts';
import { configuredConcepts, configuredQuantities } from '../cells/settings.ts';
import { outdatedWords, stageText } from '../cells/words.ts';
import type { PlacedCell } from '../commands/cells.ts';
import { runOfKey } from '../commands/runs.ts';
import type { Inspection, RunEntry, Runs } from '../contracts.ts';
import type { HostPlatform } from '../platform.ts';
import { isLive } from '../runs/run-store.ts';
import { CellsEvidence } from './cells-evidence.ts';
import { cellsRun, lossesOf, shownCells } from './cells-messages.ts';
import { CellsQuestions } from './cells-questions.ts';
import { saveExport } from './gradients-export.ts';
import { openSnippet } from './snippet-place.ts';

export interface CellsPanelDependencies {
  runs: Runs;
  cells: CellsStore;
  inspection: Inspection;
  platform: HostPlatform;
  log: vscode.LogOutputChannel;
}

/** A cell whose page is asked for from outside the panel. */
export interface EvidencePlace {
  run: string;
  layer: number;
  cell: number;
  concept: string | null;
}

type Asked<K extends keyof typeof fromCells> = ReturnType<(typeof fromCells)[K]>['payload'];

export class CellsSession implements vscode.Disposable {
  readonly handlers;
  private readonly deps: CellsPanelDependencies;
  private readonly send: (message: Message<string, unknown>) => void;
  private readonly evidence: CellsEvidence;
  private readonly subscriptions: vscode.Disposable[];
  private ready = false;
  private selected: string | null;
  private other: string | null = null;
  private place: EvidencePlace | null;
  /** The comparison was asked for, and the page does not know yet. */
  private comparing: boolean;
  /** Why cells that were sought from here were not found, by run. */
  private readonly failures = new Map<string, string>();
  /** Notes are written one after the other: each holds those before it. */
  private writing: Promise<unknown> = Promise.resolve();

  constructor(
    deps: CellsPanelDependencies,
    wanted: { run: string | null; place: EvidencePlace | null; other?: string | null },
    send: (message: Message<string, unknown>) => void,
    longestPattern?: number,
  ) {
    this.deps = deps;
    this.selected = wanted.run;
    this.place = wanted.place;
    this.other = wanted.other ?? null;
    this.comparing = this.other !== null;
    this.send = (message) => {
      if (this.ready) send(message);
    };
    this.evidence = new CellsEvidence(deps.platform, deps.log, this.send, longestPattern);
    this.subscriptions = [
      this.evidence,
      deps.runs.onDidChange(() => this.runsChanged()),
      deps.cells.onDidChange((run) => {
        if (run === this.selected || run === this.other) this.sendReport(run);
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.sendRuns()),
      deps.inspection.onDidChangeModel(() => this.sendRuns()),
    ];
    const questions = new CellsQuestions(deps.cells, this.evidence, (run) => this.entryOf(run));
    const command = (name: string): void => void vscode.commands.executeCommand(`cellscope.${name}`);
    this.handlers = [
      on(fromCells.ready, ({ restore }) => {
        this.ready = true;
        this.selected ??= restore?.run ?? null;
        this.other ??= restore?.other ?? null;
        void this.snapshot();
      }),
      on(fromCells.select, ({ run }) => this.select(run)),
      on(fromCells.compareWith, ({ run }) => {
        this.other = run;
        this.sendRuns();
        if (run !== null) this.sendReport(run);
      }),
      on(fromCells.find, ({ run }) => void this.find(run)),
      on(fromCells.findInGates, ({ run }) => {
        const entry = this.entryOf(run);
        if (entry) void vscode.commands.executeCommand('cellscope.findCellsInGates', entry);
      }),
      on(fromCells.cancelFind, ({ run }) => this.cancelFind(run)),
      on(fromCells.cell, (question) => questions.cell(question)),
      on(fromCells.birth, (question) => questions.birth(question)),
      on(fromCells.baseline, (question) => questions.baseline(question)),
      on(fromCells.cancel, ({ job }) => this.evidence.cancel(job)),
      on(fromCells.note, (note) => this.keepNote(note)),
      on(fromCells.showInHeatmap, ({ run, ...cell }) => {
        const entry = this.entryOf(run);
        const placed: PlacedCell | undefined = entry && { kind: 'place', entry, cell };
        if (placed) void vscode.commands.executeCommand('cellscope.openCell', placed);
      }),
      on(fromCells.openSnippet, (snippet) => void this.guarded(() => openSnippet(snippet))),
      on(fromCells.train, () => command('trainOnWorkspace')),
      on(fromCells.showLog, () => command('showLog')),
      on(
        fromCells.exportCsv,
        ({ name, text }) => void this.guarded(() => saveExport(name, 'csv', new TextEncoder().encode(text))),
      ),
    ];
  }

  /** Shows a run, or the page of one of its cells, or the run beside another one. */
  show(run: string | null, place: EvidencePlace | null, other: string | null = null): void {
    this.place = place;
    if (other !== null) {
      this.comparing = true;
      this.other = other;
      this.sendRuns();
      this.sendReport(other);
    }
    const wanted = place?.run ?? run;
    if (wanted !== null && wanted !== this.selected) this.select(wanted);
    this.sendPlace();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private entryOf(id: string | null): RunEntry | undefined {
    return this.deps.runs.entries.find((entry) => entry.id === id);
  }

  private async snapshot(): Promise<void> {
    // A panel that comes back after a reload may be quicker than the list of runs.
    if (this.deps.runs.entries.length === 0) await this.deps.runs.refresh();
    this.sendRuns();
    if (this.other !== null) this.sendReport(this.other);
    if (this.selected !== null) await this.sendRun(this.selected);
    this.sendPlace();
  }

  private sendRuns(): void {
    // Before that, nobody has said which run was shown before a reload.
    if (!this.ready) return;
    const { entries } = this.deps.runs;
    const { model } = this.deps.inspection;
    if (!this.entryOf(this.selected)) this.selected = this.suggested();
    if (!this.entryOf(this.other)) this.other = null;
    this.send(
      toCells.runs({
        runs: entries.map((entry) => cellsRun(entry, measuredGeneration(entry))),
        selected: this.selected,
        other: this.other,
        canTrain: (vscode.workspace.workspaceFolders?.length ?? 0) > 0,
        openFile: model && runOfKey(model.key) === null ? model.name : null,
      }),
    );
  }

  /** The run whose model is open, else the newest that has a checkpoint. */
  private suggested(): string | null {
    const { runs, inspection } = this.deps;
    const usable = runs.entries.filter(({ manifest }) => manifest.current !== null);
    const open = usable.find(({ id }) => inspection.model?.key.startsWith(`run:${id}:`));
    return (open ?? usable[0])?.id ?? null;
  }

  private select(run: string): void {
    this.selected = run;
    this.evidence.keepTo([run]);
    this.sendRuns();
    void this.sendRun(run);
  }

  private async sendRun(id: string): Promise<void> {
    this.sendReport(id);
    await Promise.all([this.sendLosses(id), this.sendNotes(id)]);
  }

  private sendReport(id: string): void {
    const entry = this.entryOf(id);
    if (!entry) return;
    const { cells } = this.deps;
    const file = cells.reportOf(id);
    const measuring = cells.measuring(id);
    const outdated = cells.outdated(entry);
    const generation = measuredGeneration(entry) ?? 0;
    const { spec } = entry.manifest;
    const scored = quantitiesScored(spec, measuring?.report || !file ? configuredQuantities(spec) : file.quantities);
    const report = measuring?.report
      ? shownCells(measuring.report, generation, null, configuredConcepts(), scored)
      : file && shownCells(file.report, file.generation, file.texts, file.userConcepts, scored);
    this.send(
      toCells.report({
        run: id,
        report,
        outdated: file && outdated && !measuring ? outdatedWords(outdated, file.generation) : null,
        measuring: measuring && {
          doing: stageText(measuring.stage),
          fraction: overallFraction(measuring.stage, measuring.fraction, true),
        },
        failure: cells.failureOf(id) ?? this.failures.get(id) ?? null,
      }),
    );
  }

  private async sendLosses(id: string): Promise<void> {
    const points = await this.deps.runs.metrics(id).catch(() => []);
    this.send(toCells.losses({ run: id, points: lossesOf(points) }));
  }

  private async sendNotes(id: string): Promise<void> {
    const entry = this.entryOf(id);
    if (!entry) return;
    const notes = await readNotes(entry.folder).catch((error: unknown): CellNotes => {
      this.complain(error);
      return {};
    });
    this.send(toCells.notes({ run: id, notes }));
  }

  private sendPlace(): void {
    if (!this.ready) return;
    if (this.comparing && this.selected !== null) this.send(toCells.comparison({ run: this.selected }));
    this.comparing = false;
    if (!this.place || !this.entryOf(this.place.run)) return;
    this.send(toCells.place(this.place));
    this.place = null;
  }

  private runsChanged(): void {
    if (!this.ready) return;
    const before = this.selected;
    this.sendRuns();
    const { selected } = this;
    if (selected === null) return;
    if (selected !== before) void this.sendRun(selected);
    else {
      this.sendReport(selected);
      if (isLive(this.entryOf(selected)!)) void this.sendLosses(selected);
    }
    this.sendPlace();
  }

  private async find(run: string): Promise<void> {
    const entry = this.entryOf(run);
    if (!entry) return;
    this.failures.delete(run);
    try {
      await this.deps.cells.find(entry, { evidence: true });
    } catch (error) {
      if ((error as { code?: unknown }).code === 'cancelled') return;
      this.deps.log.error(`The cells of the run ${run} could not be found.`, error);
      this.failures.set(run, error instanceof Error ? error.message : String(error));
      this.sendReport(run);
    }
  }

  /** A search that was begun elsewhere is joined, to end it. */
  private cancelFind(run: string): void {
    const entry = this.entryOf(run);
    if (!entry || !this.deps.cells.measuring(run)) return;
    const abort = new AbortController();
    this.deps.cells.find(entry, { evidence: true, signal: abort.signal }).catch(() => {});
    abort.abort();
  }

  private keepNote({ run, layer, cell, text }: Asked<'note'>): void {
    this.writing = this.writing.then(() =>
      this.guarded(async () => {
        const entry = this.entryOf(run);
        if (entry) this.send(toCells.notes({ run, notes: await writeNote(entry.folder, { layer, cell }, text) }));
      }),
    );
  }

  private async guarded(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.complain(error);
    }
  }

  private complain(error: unknown): void {
    this.deps.log.error('The cells panel:', error);
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}
