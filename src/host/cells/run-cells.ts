/**
 * Cells that were found, run by run: kept in `cells.json` of the run's folder, so that they survive a reload and go with the
 * run. Measurements go one after the other in a worker of their own.
 */
import * as vscode from 'vscode';
import { namedCells, type Standing, standings } from '../../core/cells/standing.ts';
import { conceptsVersion } from '../../core/concepts/version.ts';
import {
  type CellsFile,
  cellsFile,
  encodeCellsFile,
  type Outdated,
  outdatedBy,
  parseCellsFile,
} from '../../core/formats/cells-file.ts';
import type { CellsProgress } from '../../protocol/cells-service.ts';
import type { InspectorService, ModelInfo } from '../../protocol/inspector-service.ts';
import { type CodedError, cancelled } from '../../worker/channel.ts';
import { runOfKey, runReference } from '../commands/runs.ts';
import type { RunEntry, Runs } from '../contracts.ts';
import { BackgroundWorker } from '../inspection/background-worker.ts';
import type { HostPlatform, ReadableFiles } from '../platform.ts';
import { FolderStorage } from '../runs/folder-storage.ts';
import type { CellsStore, FindOptions, Measuring } from './cells-store.ts';
import { PatternWatch, patternPatience } from './pattern-watch.ts';
import { configuredConcepts, configuredQuantities, userConcepts } from './settings.ts';

/** Seed of samples, shifts and controls: runs of one corpus are measured at the same places. */
const seed = 1;
/** Milliseconds that a cancelled measurement has to end by itself. */
const grace = 2000;

interface Kept {
  /** Of the file that was read: another one is read again. */
  stamp: string;
  file: CellsFile | null;
  byCell: Map<string, Standing[]>;
  names: Standing[];
}

interface Going {
  evidence: boolean;
  abort: AbortController;
  state: Measuring;
  listeners: Set<(state: Measuring) => void>;
  result: Promise<CellsFile>;
}

export class RunCells implements CellsStore, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<string>();
  readonly onDidChange = this.changed.event;
  private readonly runs: Runs;
  private readonly files: ReadableFiles;
  private readonly log: vscode.LogOutputChannel;
  private readonly worker: BackgroundWorker<InspectorService>;
  private readonly kept = new Map<string, Kept>();
  private readonly going = new Map<string, Going>();
  private readonly failures = new Map<string, string>();
  private readonly subscription: vscode.Disposable;
  private readonly patience: number;
  private reading: Promise<void> = Promise.resolve();

  constructor(
    runs: Runs,
    platform: Pick<HostPlatform, 'startWorker' | 'ownFiles'>,
    log: vscode.LogOutputChannel,
    longestPattern = patternPatience,
  ) {
    this.patience = longestPattern;
    this.runs = runs;
    this.files = platform.ownFiles;
    this.log = log;
    this.worker = new BackgroundWorker(platform, log, 'the search for cells');
    this.subscription = runs.onDidChange(() => {
      this.reading = this.reading.then(() => this.read());
    });
  }

  reportOf(run: string): CellsFile | null {
    return this.kept.get(run)?.file ?? null;
  }

  /** Resolves when what is kept of the runs that are listed now was read. */
  whenRead(): Promise<void> {
    return this.reading;
  }

  outdated(run: RunEntry): Outdated | null {
    const file = this.reportOf(run.id);
    return (
      file && outdatedBy(file, measuredGeneration(run), configuredConcepts(), configuredQuantities(run.manifest.spec))
    );
  }

  measuring(run: string): Measuring | null {
    return this.going.get(run)?.state ?? null;
  }

  failureOf(run: string): string | null {
    return this.failures.get(run) ?? null;
  }

  /** One signal that is aborted ends the measurement for all who wait for it. */
  async find(run: RunEntry, { evidence, signal, onProgress }: FindOptions): Promise<CellsFile> {
    const before = this.going.get(run.id);
    if (before && evidence && !before.evidence) await before.result.catch(() => {});
    const going = this.going.get(run.id) ?? this.start(run, evidence);
    const abort = (): void => going.abort.abort();
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    if (onProgress) going.listeners.add(onProgress);
    try {
      return await going.result;
    } finally {
      signal?.removeEventListener('abort', abort);
      if (onProgress) going.listeners.delete(onProgress);
    }
  }

  /** Finds cells without anybody waiting: a failure is told by `failureOf`. */
  async findQuietly(run: RunEntry): Promise<void> {
    try {
      await this.find(run, { evidence: true });
    } catch (error) {
      if ((error as { code?: unknown }).code === 'cancelled') return;
      this.log.warn(`Cells of the run ${run.id} could not be found.`, error);
      this.failures.set(run.id, error instanceof Error ? error.message : String(error));
      this.changed.fire(run.id);
    }
  }

  namesIn(model: ModelInfo | null): readonly Standing[] {
    const run = runOfKey(model?.key);
    const kept = run === null ? null : this.kept.get(run);
    return kept?.file && kept.file.generation === model?.generation ? kept.names : [];
  }

  namesAt(run: string, layer: number, cell: number): readonly Standing[] {
    return this.standingsOf(run, layer, cell).filter(({ candidate }) => candidate.named);
  }

  standingsOf(run: string, layer: number, cell: number): readonly Standing[] {
    return this.kept.get(run)?.byCell.get(`${layer}:${cell}`) ?? [];
  }

  dispose(): void {
    this.subscription.dispose();
    for (const { abort } of this.going.values()) abort.abort();
    this.worker.dispose();
    this.changed.dispose();
  }

  private start(run: RunEntry, evidence: boolean): Going {
    const abort = new AbortController();
    const state: Measuring = { stage: 'sample', fraction: 0, report: null };
    const going: Going = { evidence, abort, state, listeners: new Set(), result: this.measure(run, evidence, abort) };
    this.going.set(run.id, going);
    this.failures.delete(run.id);
    const ended = (): void => {
      this.going.delete(run.id);
      this.changed.fire(run.id);
    };
    going.result.then(ended, ended);
    this.changed.fire(run.id);
    return going;
  }

  private async measure(run: RunEntry, evidence: boolean, { signal }: AbortController): Promise<CellsFile> {
    const concepts = userConcepts();
    const quantities = configuredQuantities(run.manifest.spec);
    const watch = new PatternWatch(this.patience, (fault) => {
      stuck = fault;
      this.worker.end();
    });
    let stuck: CodedError | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // A worker in the middle of a pattern hears nothing: it is ended where it does not end by itself.
    const onAbort = (): void => {
      timer = setTimeout(() => this.worker.end(), grace);
    };
    try {
      const found = await this.worker.ask(signal, (remote) => {
        signal.addEventListener('abort', onAbort);
        return remote.call(
          'findCells',
          { model: runReference(run), userConcepts: concepts, quantities, seed, evidence },
          {
            signal,
            onProgress: (progress) => {
              watch.follow(progress.labelling);
              this.progress(run.id, progress);
            },
          },
        );
      });
      const { generation, trainedChars, texts, report } = found;
      const file: CellsFile = {
        formatVersion: 1,
        generation,
        trainedChars,
        measured: new Date().toISOString(),
        seed,
        concepts: conceptsVersion,
        userConcepts: concepts,
        quantities,
        texts,
        report,
      };
      await this.keep(run, file);
      return file;
    } catch (error) {
      throw stuck ?? (signal.aborted ? cancelled() : error);
    } finally {
      clearTimeout(timer);
      watch.dispose();
      signal.removeEventListener('abort', onAbort);
    }
  }

  private progress(run: string, { stage, fraction, report }: CellsProgress): void {
    const going = this.going.get(run);
    if (!going) return;
    const moved = going.state.stage !== stage || Math.floor(going.state.fraction * 20) !== Math.floor(fraction * 20);
    going.state = { stage, fraction, report: report ?? going.state.report };
    for (const listener of going.listeners) listener(going.state);
    if (moved || report) this.changed.fire(run);
  }

  /** A run that was deleted meanwhile stays deleted. */
  private async keep(run: RunEntry, file: CellsFile): Promise<void> {
    if (!this.runs.entries.some(({ id }) => id === run.id)) return;
    this.remember(run.id, { stamp: file.measured, file });
    try {
      const storage = new FolderStorage(run.folder);
      await storage.write(`${cellsFile}.tmp`, encodeCellsFile(file));
      await storage.rename(`${cellsFile}.tmp`, cellsFile);
      const kept = this.kept.get(run.id);
      if (kept?.file === file) kept.stamp = (await stampOf(this.files, run.folder)) ?? '';
    } catch (error) {
      this.log.warn(`The cells of the run ${run.id} could not be kept; they are shown until the window closes.`, error);
    }
  }

  /** Reads what is kept of the runs that are listed, where its file is another than the one read last. */
  private async read(): Promise<void> {
    const { entries } = this.runs;
    for (const [id, { abort }] of this.going) if (!entries.some((entry) => entry.id === id)) abort.abort();
    for (const id of this.kept.keys()) if (!entries.some((entry) => entry.id === id)) this.kept.delete(id);
    await Promise.all(
      entries.map(async ({ id, folder }) => {
        const stamp = await stampOf(this.files, folder);
        const known = this.kept.get(id);
        if (stamp === null || stamp === known?.stamp || this.going.has(id)) return;
        const file = await this.readFile(folder);
        this.remember(id, { stamp, file });
        this.changed.fire(id);
      }),
    );
  }

  private async readFile(folder: vscode.Uri): Promise<CellsFile | null> {
    try {
      return parseCellsFile(await this.files.readFile(vscode.Uri.joinPath(folder, cellsFile)));
    } catch (error) {
      this.log.warn(`What was found in ${folder.path} cannot be read; find the cells again.`, error);
      return null;
    }
  }

  private remember(run: string, { stamp, file }: Pick<Kept, 'stamp' | 'file'>): void {
    const byCell = file ? standings(file.report) : new Map<string, Standing[]>();
    this.kept.set(run, { stamp, file, byCell, names: file ? namedCells(file.report) : [] });
  }
}

/** The generation of a run that is measured: the newest while it trains, then the best. */
export function measuredGeneration({ manifest }: RunEntry): number | null {
  return manifest.state === 'running' ? manifest.current : (manifest.best ?? manifest.current);
}

/** Modification time and size of what is kept, null where nothing is. */
async function stampOf(files: ReadableFiles, folder: vscode.Uri): Promise<string | null> {
  try {
    const { mtime, size } = await files.stat(vscode.Uri.joinPath(folder, cellsFile));
    return `${mtime} ${size}`;
  } catch {
    return null;
  }
}
