/** What the inspector worker offers the host: activations, hover reports, samples, gradients, cells. */
import type { ModelSpec, Quantity } from '../core/model/spec.ts';
import type { CallContext, MethodsOf } from '../worker/channel.ts';
import type { CellEvidenceService } from './cell-evidence-service.ts';
import type { CellsService } from './cells-service.ts';
import type { DocumentReachService, GradientsService } from './gradients-service.ts';
import type { SelectionService } from './selection-service.ts';

/**
 * A model on disk: a run folder (optionally one kept generation) or a foreign .safetensors file, with the JSON file that
 * holds its vocabulary where it has none itself. `key` names it in later calls.
 */
export type ModelReference = { key: string } & (
  | { kind: 'run'; folder: string; generation: number | null }
  | { kind: 'file'; path: string; vocabulary?: string }
);

export interface ModelInfo {
  key: string;
  spec: ModelSpec;
  name: string;
  /** The generation that was opened and all that are kept (run models). */
  generation: number | null;
  generations: { number: number; trainedChars: number; validationNats: number | null }[];
}

/** UTF-16 offsets, as in vscode.TextDocumentContentChangeEvent. */
export interface DocumentChange {
  rangeOffset: number;
  rangeLength: number;
  text: string;
}

export interface CellAddress {
  layer: number;
  cell: number;
  quantity: Quantity;
}

/**
 * Values of one cell for a range of lines, with everything needed to place them on UTF-16 text.
 * One value per character (code point after CRLF→LF); the newline that ends a line is a character of that line.
 */
export interface Page {
  version: number;
  /** 0-based, end exclusive. */
  startLine: number;
  endLine: number;
  /** [endLine − startLine + 1] first value of each line; the last entry is the total. */
  lineStarts: Uint32Array;
  values: Float32Array;
  /** Range of the colour scale: values are divided by it (1 for bounded quantities, the largest |value| seen for c and ReLU's h). */
  scale: number;
  /** True where the document after this page is still being recomputed. */
  pending: boolean;
}

export interface GateStrip {
  quantity: Quantity;
  values: Float32Array;
}

/** What the readout and the hover show for one character. */
export interface CharacterReport {
  version: number;
  /** 0-based line; column in UTF-16 units; index in characters from the start of the document. */
  line: number;
  column: number;
  index: number;
  character: string;
  /** Bits, from the state after the character before; null for the first or an unscored one. */
  surprisal: number | null;
  /** Five most expected characters after this one. */
  expected: { character: string; probability: number }[];
  /** The chosen cell's quantities here. */
  cell: { layer: number; cell: number; values: Partial<Record<Quantity, number>> };
  /** Largest |z| over all cells (default quantity), against the streaming mean and deviation of this document. */
  loudest: { layer: number; cell: number; value: number; z: number }[];
  /** Index (characters from the start of the document) of the strips' first value: the line's first, but in a very long line. */
  stripStart: number;
  /** The chosen cell over the character's line (at most 400 characters of it), for the strip chart and the hover's trace. */
  strips: GateStrip[];
  /** Values here of the cells that were watched, in the request's order. */
  watched: number[];
}

export interface InspectorService
  extends GradientsService,
    DocumentReachService,
    CellsService,
    CellEvidenceService,
    SelectionService {
  /** Makes ready for the first model what takes a moment. Nobody needs to call it. */
  prepare(request: Record<string, never>, context: CallContext): Promise<void>;
  /** Rejects with the code `vocabulary-missing` where a file has none and none was given. */
  openModel(request: ModelReference, context: CallContext): Promise<ModelInfo>;
  closeModel(request: { key: string }, context: CallContext): Promise<void>;
  /** Announces a document's whole text; replaces an earlier one of the same id. */
  openDocument(request: { document: string; version: number; text: string }, context: CallContext): Promise<void>;
  changeDocument(
    request: { document: string; version: number; changes: DocumentChange[] },
    context: CallContext,
  ): Promise<void>;
  closeDocument(request: { document: string }, context: CallContext): Promise<void>;
  /**
   * Values of one cell for lines; computes what is missing up to the end of the range first. Progress `{ line }` tells as
   * later parts become valid. Up to three cells in one request.
   */
  page(
    request: { model: string; document: string; cells: CellAddress[]; startLine: number; endLine: number },
    context: CallContext<{ line: number }>,
  ): Promise<Page[]>;
  inspect(
    request: {
      model: string;
      document: string;
      offset: number;
      cell: { layer: number; cell: number } | null;
      /** Further cells whose values are wanted here: those that have a name. */
      watched?: readonly CellAddress[];
    },
    context: CallContext,
  ): Promise<CharacterReport>;
  /** Per-cell mean, deviation and extremes over a document, for the cell list. [cells of all layers] in order. */
  overview(
    request: { model: string; document: string },
    context: CallContext<{ fraction: number }>,
  ): Promise<{ layer: number; cell: number; mean: number; deviation: number; min: number; max: number }[]>;
  /** Continues a text; tokens stream as progress. */
  sample(
    request: { model: string; prime: string; length: number; temperature: number; seed: number },
    context: CallContext<{ text: string }>,
  ): Promise<{ text: string }>;
}

export const inspectorMethods: MethodsOf<InspectorService> = {
  prepare: true,
  openModel: true,
  closeModel: true,
  openDocument: true,
  changeDocument: true,
  closeDocument: true,
  page: true,
  inspect: true,
  overview: true,
  sample: true,
  findCells: true,
  pictureCell: true,
  scoreCell: true,
  clampCell: true,
  birthOfCells: true,
  compareBaseline: true,
  gradientReport: true,
  gradientContribution: true,
  gradientHorizon: true,
  gradientJacobians: true,
  gradientMemory: true,
  gradientTexts: true,
  gradientReach: true,
  documentReach: true,
  cellsForSelection: true,
  placesOfCell: true,
};
