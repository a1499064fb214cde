/** Which cells of which runs were found to stand for concepts: what tree, heatmap, hover and the evidence panel share. */
import type * as vscode from 'vscode';
import type { Stage } from '../../core/cells/progress.ts';
import type { CellsReport } from '../../core/cells/report.ts';
import type { Standing } from '../../core/cells/standing.ts';
import type { CellsFile, Outdated } from '../../core/formats/cells-file.ts';
import type { ModelInfo } from '../../protocol/inspector-service.ts';
import type { RunEntry } from '../contracts.ts';

/** A measurement that goes on in this window. */
export interface Measuring {
  stage: Stage;
  /** 0…1 of the stage. */
  fraction: number;
  /** What stands so far; `complete` is false. */
  report: CellsReport | null;
}

export interface FindOptions {
  /** False: scores only, no names. */
  evidence: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: Measuring) => void;
}

export interface CellsStore {
  /** With the id of the run whose report, measurement or failure is another now. */
  readonly onDidChange: vscode.Event<string>;
  /** What was found last and kept, null where nothing was (or its file cannot be read). */
  reportOf(run: string): CellsFile | null;
  /** Whether what was found is not of the model that would be measured now; null where nothing was found. */
  outdated(run: RunEntry): Outdated | null;
  measuring(run: string): Measuring | null;
  /** Why the last measurement of a run that nobody waited for gave nothing, in words. */
  failureOf(run: string): string | null;
  /** Measures and keeps the result. A second call for the same run joins the first. Rejects as CellsService does. */
  find(run: RunEntry, options: FindOptions): Promise<CellsFile>;
  /** The names of one cell of a run, best first; empty for most. */
  namesAt(run: string, layer: number, cell: number): readonly Standing[];
  /** All names that were found in exactly this model, a run's generation; empty for any other model. */
  namesIn(model: ModelInfo | null): readonly Standing[];
  /** Names and, for concepts without one, best candidates of one cell. */
  standingsOf(run: string, layer: number, cell: number): readonly Standing[];
}
