/** What a worker tells of single cells of a run, and of the run beside n-grams: the evidence behind a report. Types only. */
import type { ComparisonTables } from '../core/baselines/comparison.ts';
import type { ConceptAtCheckpoint, Followed } from '../core/cells/birth.ts';
import type { CellPicture } from '../core/cells/cell-picture.ts';
import type { CellScores } from '../core/cells/score-cell.ts';
import type { Snippet } from '../core/cells/snippets.ts';
import type { UserConcept } from '../core/concepts/user-defined.ts';
import type { Quantity } from '../core/model/spec.ts';
import type { CallContext } from '../worker/channel.ts';
import type { ModelReference } from './inspector-service.ts';

/** A run's model, read on the held-out text that the run keeps. */
export interface EvidenceRequest {
  model: ModelReference;
  /** Concepts beside the built-in ones. */
  userConcepts: readonly UserConcept[];
  /** Gates and other quantities that are scored beside the default ones. */
  quantities: readonly Quantity[];
}

/**
 * Told beside the progress of every question: which of the concepts that are not built in is labelled from now on, null when
 * that is done. Its pattern may take for ever, and may be one that came with a run.
 */
export interface LabelledConcept {
  labelling: string | null;
}

type Told<P> = CallContext<P | LabelledConcept>;

export interface CellRequest extends EvidenceRequest {
  layer: number;
  cell: number;
}

export interface PictureRequest extends CellRequest {
  quantity: Quantity;
  sign: 1 | -1;
  /** Id of a binary concept whose inside and outside are told apart; null: the cell alone. */
  concept: string | null;
}

/** `line` is 1-based; null where the file was split inside: then its text alone tells the place. */
export type PlacedSnippet = Snippet & { line: number | null };

export type PictureAnswer = Omit<CellPicture, 'snippets'> & {
  generation: number;
  snippets: { top: PlacedSnippet[]; middle: PlacedSnippet[]; random: PlacedSnippet[] };
};

/** What clamping one cell to its mean does to the loss, nats per character. */
export interface ClampAnswer {
  generation: number;
  /** Characters of the sample of test files. */
  chars: number;
  classes: { name: string; count: number; rise: number | null }[];
  /** Where each concept ends, and everywhere else. */
  concepts: { concept: string; inside: number; outside: number; places: number }[];
}

export interface BirthRequest extends EvidenceRequest {
  /** Generations in the order in which they are measured. */
  generations: readonly number[];
  wanted: readonly { concept: string; followed: Followed | null }[];
}

export interface BirthPoint {
  generation: number;
  trainedChars: number;
  concepts: (Omit<ConceptAtCheckpoint, 'concept'> & { concept: string })[];
}

export interface BirthAnswer {
  /** Characters of the two samples. */
  chars: { validation: number; test: number };
  points: BirthPoint[];
}

export interface BaselineAnswer {
  generation: number;
  order: number;
  /** Characters that the n-gram learned from, and those of the run's training files. */
  learned: number;
  training: number;
  test: { files: number; chars: number };
  tables: ComparisonTables;
  /** Test text by the difference of the losses at each character, bits: n-gram less network. */
  wins: { network: PlacedSnippet[]; baseline: PlacedSnippet[] };
}

/** Rejects with the codes of CellsService; `no-cell` where the model has no such cell, `no-concept` for an unknown id. */
export interface CellEvidenceService {
  pictureCell(request: PictureRequest, context: Told<{ fraction: number }>): Promise<PictureAnswer>;
  scoreCell(request: CellRequest, context: Told<{ fraction: number }>): Promise<CellScores & { generation: number }>;
  clampCell(request: CellRequest, context: Told<{ fraction: number }>): Promise<ClampAnswer>;
  /** Points come as progress too, one a checkpoint. */
  birthOfCells(request: BirthRequest, context: Told<{ fraction: number; point?: BirthPoint }>): Promise<BirthAnswer>;
  /** Learns an n-gram from the run's training files and reads the test files with it and the network. */
  compareBaseline(
    request: EvidenceRequest & { order: number },
    context: Told<{ learning: boolean; fraction: number }>,
  ): Promise<BaselineAnswer>;
}
