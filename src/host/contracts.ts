/** The host's own seams: what commands, panels, trees and the editor ask of each other. Implementations live in their folders. */
import type * as vscode from 'vscode';
import type { MetricPoint, RunManifest } from '../core/formats/manifest.ts';
import type { DocumentReach } from '../protocol/gradients-service.ts';
import type {
  CellAddress,
  CharacterReport,
  InspectorService,
  ModelInfo,
  ModelReference,
  Page,
} from '../protocol/inspector-service.ts';
import type { FoundCells, FoundPlaces } from '../protocol/selection-service.ts';
import type { TrainingProgress } from '../protocol/training-service.ts';
import type { CallOptions } from '../worker/channel.ts';

/** One run folder as the views show it. */
export interface RunEntry {
  readonly id: string;
  readonly folder: vscode.Uri;
  readonly manifest: RunManifest;
  /** Bytes on disk. */
  readonly size: number;
}

/** All runs of this machine (global storage). */
export interface Runs {
  readonly entries: readonly RunEntry[];
  readonly onDidChange: vscode.Event<void>;
  refresh(): Promise<void>;
  metrics(id: string): Promise<MetricPoint[]>;
}

/** The training of this window, if any. */
export interface Training {
  /** Id of the run being trained (also while paused), or null. */
  readonly activeRun: string | null;
  readonly latest: TrainingProgress | null;
  readonly onDidProgress: vscode.Event<TrainingProgress>;
  readonly onDidChangeActive: vscode.Event<string | null>;
  pause(): Promise<void>;
  unpause(): Promise<void>;
  stop(): Promise<void>;
}

/** The open model, the chosen cell, and documents kept in step with the editor: what hover, colours and the heatmap share. */
export interface Inspection {
  readonly model: ModelInfo | null;
  /** Where the open model comes from. */
  readonly reference: ModelReference | null;
  readonly onDidChangeModel: vscode.Event<ModelInfo | null>;
  /** Opens (or reopens: newer generation) a model; null closes it. */
  selectModel(reference: ModelReference | null): Promise<ModelInfo | null>;
  /** Resolves when the choices of a model that were made until now are done with. */
  whenSelected(): Promise<void>;
  readonly cell: CellAddress;
  readonly onDidChangeCell: vscode.Event<CellAddress>;
  selectCell(cell: CellAddress): void;
  /** Fires after an edit was handed to the inspector. */
  readonly onDidChangeDocument: vscode.Event<vscode.TextDocument>;
  page(
    document: vscode.TextDocument,
    request: { cells: CellAddress[]; startLine: number; endLine: number },
    signal?: AbortSignal,
  ): Promise<Page[]>;
  /** `watched`: further cells whose values are wanted there. */
  inspect(
    document: vscode.TextDocument,
    offset: number,
    signal?: AbortSignal,
    watched?: readonly CellAddress[],
  ): Promise<CharacterReport>;
  /** What the prediction of the character at a UTF-16 offset goes back to. */
  reach(
    document: vscode.TextDocument,
    question: { offset: number; lags: number; logit: string | null },
    signal?: AbortSignal,
  ): Promise<DocumentReach>;
  overview(
    document: vscode.TextDocument,
    options?: CallOptions<{ fraction: number }>,
  ): ReturnType<InspectorService['overview']>;
  /** Offsets of the document's text, in UTF-16 units. */
  cellsForSelection(
    document: vscode.TextDocument,
    request: { start: number; end: number; count: number },
    options?: CallOptions<{ fraction: number }>,
  ): Promise<FoundCells>;
  placesOfCell(
    request: Omit<Parameters<InspectorService['placesOfCell']>[0], 'model'>,
    options?: CallOptions<never>,
  ): Promise<FoundPlaces>;
  sample(
    request: Omit<Parameters<InspectorService['sample']>[0], 'model'>,
    options?: CallOptions<{ text: string }>,
  ): Promise<{ text: string }>;
  /**
   * The file's side in the open model's run (matched by path and hash), `partly`: some of it is held out; null: not part of
   * it. `changed`: same path, other text.
   */
  sideOf(document: vscode.TextDocument): { side: 'train' | 'validation' | 'test' | 'partly'; changed: boolean } | null;
}
