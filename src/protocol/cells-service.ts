/** What a worker tells of the cells of a run: which stand for which concepts, and how sure that is. Types only. */
import type { Stage } from '../core/cells/progress.ts';
import type { CellsReport } from '../core/cells/report.ts';
import type { UserConcept } from '../core/concepts/user-defined.ts';
import type { MeasuredSides } from '../core/formats/cells-file.ts';
import type { Quantity } from '../core/model/spec.ts';
import type { CallContext } from '../worker/channel.ts';
import type { ModelReference } from './inspector-service.ts';

export interface CellsRequest {
  /** A run: its validation and test texts are the ones that it keeps. */
  model: ModelReference;
  /** Concepts beside the built-in ones. */
  userConcepts: readonly UserConcept[];
  /** Gates and other quantities that are scored beside the default ones, where a layer has them. */
  quantities: readonly Quantity[];
  /** Of samples, shifts and controls. */
  seed: number;
  /** False: scores only; nothing can be named then. */
  evidence: boolean;
}

export interface CellsProgress {
  stage: Stage;
  /** 0…1 of the stage. */
  fraction: number;
  /** What stands so far: sent when the scores are there, and after each stage of the evidence. */
  report?: CellsReport;
  /** A concept of the user's own that is being labelled from now on, null when that is done: its pattern may take for ever. */
  labelling?: string | null;
}

/** What was found, with all that says where it comes from. */
export interface FoundCells {
  /** The generation that was measured, and what it had been trained on. */
  generation: number;
  trainedChars: number;
  texts: MeasuredSides;
  report: CellsReport;
}

export interface CellsService {
  /**
   * Scores all cells for all concepts on the run's held-out texts. Rejects with the codes `no-run` (a model file has no
   * held-out text), `no-held-out-text`, `bad-concept` (a user's concept that cannot be read; the message names it),
   * `cancelled`, or those of opening a model.
   */
  findCells(request: CellsRequest, context: CallContext<CellsProgress>): Promise<FoundCells>;
}
