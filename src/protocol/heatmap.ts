/** Messages of the heatmap panel. Lines and columns are 0-based, columns in UTF-16 units, as in vscode.Position. */
import * as v from 'valibot';
import { finite, index, messageKind } from './webview.ts';

export const quantity = v.picklist(['c', 'tanhc', 'h', 'i', 'f', 'g', 'o', 'z', 'r', 'n']);
const cellKind = v.picklist(['tanh', 'relu', 'lstm', 'gru']);
const cellAddress = v.object({ layer: index, cell: index, quantity });

const runSummary = v.object({
  /** Identifies the entry in `selectRun`. */
  id: v.string(),
  name: v.string(),
  /** Short second part: size and held-out loss. */
  detail: v.string(),
});
export type RunSummary = v.InferOutput<typeof runSummary>;

const modelSummary = v.object({
  key: v.string(),
  name: v.string(),
  layers: v.array(v.object({ cell: cellKind, hiddenSize: index })),
  vocabulary: v.array(v.string()),
  unknown: v.nullable(index),
  generation: v.nullable(index),
  generations: v.array(v.object({ number: index, trainedChars: index, validationNats: v.nullable(finite) })),
});
export type ModelSummary = v.InferOutput<typeof modelSummary>;

const side = v.nullable(
  v.object({ side: v.picklist(['train', 'validation', 'test', 'partly']), changed: v.boolean() }),
);
export type SideOfSplit = v.InferOutput<typeof side>;

const shownDocument = v.object({
  /** The document's URI. */
  id: v.string(),
  name: v.string(),
  /** Path relative to the workspace, for the tooltip. */
  path: v.string(),
  kind: v.picklist(['file', 'untitled', 'scratch']),
  version: index,
  /** Whole text, line ends as `\n`. */
  text: v.string(),
  tabSize: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)),
  side,
});
export type ShownDocument = v.InferOutput<typeof shownDocument>;

const report = v.object({
  version: index,
  line: index,
  column: index,
  index,
  character: v.string(),
  surprisal: v.nullable(finite),
  expected: v.array(v.object({ character: v.string(), probability: finite })),
  cell: v.object({ layer: index, cell: index, values: v.record(v.string(), v.optional(v.number())) }),
  loudest: v.array(v.object({ layer: index, cell: index, value: finite, z: finite })),
  /** Character index of the strips' first value: the line's first, but in a line longer than the strips. */
  stripStart: index,
  strips: v.array(v.object({ quantity, values: v.instance(Float32Array) })),
});
export type ShownReport = v.InferOutput<typeof report>;

/** A cell that has a name, or is the best candidate for a concept without one. */
const cellStanding = v.object({
  ...cellAddress.entries,
  concept: v.string(),
  named: v.boolean(),
  /** Average precision on test files, and the base rate there. */
  ap: finite,
  base: finite,
  /** All of the evidence in words. */
  words: v.string(),
});
export type CellStanding = v.InferOutput<typeof cellStanding>;

const standings = v.object({
  model: v.string(),
  /** `impossible`: a model file, which keeps no text to measure on. */
  state: v.picklist(['none', 'finding', 'found', 'impossible']),
  /** Of the search that goes on. */
  fraction: finite,
  /** Why what was found is not the last word. */
  note: v.nullable(v.string()),
  /** Names first, then best candidates, each the surest first. */
  cells: v.array(cellStanding),
});
export type ShownStandings = v.InferOutput<typeof standings>;

/** Host → webview. */
export const toHeatmap = {
  runs: messageKind('heatmap/runs', v.object({ runs: v.array(runSummary), selected: v.nullable(v.string()) })),
  model: messageKind('heatmap/model', v.object({ model: v.nullable(modelSummary) })),
  cell: messageKind('heatmap/cell', cellAddress),
  /** Which text is shown; null: none is open. */
  document: messageKind(
    'heatmap/document',
    v.object({ document: v.nullable(shownDocument), following: v.boolean(), canTrain: v.boolean() }),
  ),
  /** Lines of the shown document were replaced; `lines` stand where `removed` lines stood. */
  edit: messageKind(
    'heatmap/edit',
    v.object({ id: v.string(), version: index, startLine: index, removed: index, lines: v.array(v.string()) }),
  ),
  side: messageKind('heatmap/side', v.object({ id: v.string(), side })),
  /** The inspector knows the edit up to this version: pages asked for now are of it. */
  ready: messageKind('heatmap/ready', v.object({ id: v.string(), version: index })),
  /** Where the editor's cursor went. */
  cursor: messageKind('heatmap/cursor', v.object({ id: v.string(), line: index, column: index })),
  /**
   * Values of up to three cells for a range of lines. `buffer`, exact in size: lineStarts as Uint32
   * [endLine − startLine + 1], then per cell Float32 [lineStarts' last entry].
   */
  pages: messageKind(
    'heatmap/pages',
    v.object({
      request: index,
      id: v.string(),
      model: v.string(),
      version: index,
      startLine: index,
      endLine: index,
      cells: v.array(v.object({ layer: index, cell: index, quantity, scale: finite })),
      pending: v.boolean(),
      buffer: v.instance(ArrayBuffer),
    }),
  ),
  /** A request that gave no pages: superseded (no message) or failed. */
  noPages: messageKind('heatmap/noPages', v.object({ request: index })),
  report: messageKind('heatmap/report', v.object({ id: v.string(), model: v.string(), report })),
  /** Statistics of all cells over the document, four Float32 a cell in layer order: mean, deviation, min, max. Null while computing. */
  overview: messageKind(
    'heatmap/overview',
    v.object({ id: v.string(), model: v.string(), fraction: finite, buffer: v.nullable(v.instance(ArrayBuffer)) }),
  ),
  /** Which cells of the shown model stand for concepts. */
  standings: messageKind('heatmap/standings', standings),
  /** Something failed or is being repaired; null clears it. */
  problem: messageKind('heatmap/problem', v.object({ message: v.nullable(v.string()), busy: v.boolean() })),
};

/** Line and column (UTF-16 units) of the shown text. */
const place = v.object({ line: index, column: index });
const lineRange = v.object({ startLine: index, endLine: index });
/** A colour as the canvas writes it: nothing else enters an exported file's style sheet. */
const hexColour = v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/));
const exportColours = v.object({
  background: hexColour,
  foreground: hexColour,
  positive: hexColour,
  negative: hexColour,
  /** Cells laid over the chosen one: the bar over the line, the bar under it. */
  over: hexColour,
  under: hexColour,
  /** Opacity of +1 and of −1. */
  positiveStrength: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  negativeStrength: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
});
export type ExportColours = v.InferOutput<typeof exportColours>;

/** A cell that is laid over the chosen one, and where it is drawn. */
export const laidOver = v.object({ ...cellAddress.entries, place: v.picklist(['over', 'under']) });
export type LaidOver = v.InferOutput<typeof laidOver>;
const overlays = v.pipe(v.array(laidOver), v.maxLength(2));

export const scratchLimit = 1_000_000;

/** Webview → host. */
export const fromHeatmap = {
  /** The webview runs (again): send everything. `restore` is what was on the screen before a reload. */
  ready: messageKind(
    'heatmap/ready',
    v.object({
      restore: v.nullable(
        v.object({
          run: v.nullable(v.string()),
          generation: v.nullable(index),
          cell: v.nullable(cellAddress),
          scratch: v.nullable(v.pipe(v.string(), v.maxLength(scratchLimit))),
          following: v.boolean(),
          document: v.nullable(v.string()),
        }),
      ),
    }),
  ),
  /** The characters in view have their colours: once a page. */
  coloured: messageKind('heatmap/coloured', v.object({})),
  selectRun: messageKind('heatmap/selectRun', v.object({ id: v.string() })),
  selectGeneration: messageKind('heatmap/selectGeneration', v.object({ generation: index })),
  selectCell: messageKind('heatmap/selectCell', cellAddress),
  requestPages: messageKind(
    'heatmap/requestPages',
    v.object({
      request: index,
      version: index,
      cells: v.pipe(v.array(cellAddress), v.minLength(1), v.maxLength(3)),
      ...lineRange.entries,
    }),
  ),
  requestReport: messageKind('heatmap/requestReport', v.object({ version: index, line: index, column: index })),
  requestOverview: messageKind('heatmap/requestOverview', v.object({})),
  follow: messageKind('heatmap/follow', v.object({ following: v.boolean() })),
  /** Text of the scratch box; null goes back to the editor's document. */
  scratch: messageKind(
    'heatmap/scratch',
    v.object({ text: v.nullable(v.pipe(v.string(), v.maxLength(scratchLimit))) }),
  ),
  reveal: messageKind('heatmap/reveal', v.object({ line: index, column: index })),
  /** The cells that are on in what is selected. */
  cellsForSelection: messageKind('heatmap/cellsForSelection', v.object({ start: place, end: place })),
  exportHtml: messageKind(
    'heatmap/exportHtml',
    v.object({ range: v.nullable(lineRange), overlays, colours: exportColours }),
  ),
  exportCsv: messageKind('heatmap/exportCsv', v.object({ range: v.nullable(lineRange), overlays })),
  findCells: messageKind('heatmap/findCells', v.object({})),
  retry: messageKind('heatmap/retry', v.object({})),
  train: messageKind('heatmap/train', v.object({})),
  openSample: messageKind('heatmap/openSample', v.object({})),
};
