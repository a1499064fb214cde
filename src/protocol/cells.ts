/** Messages of the cells panel: what was found in a run, and the evidence for single cells. A number that is not finite travels as null. */
import * as v from 'valibot';
import { quantity } from './heatmap.ts';
import { finite, index, messageKind } from './webview.ts';

const optional = v.nullable(finite);
const numbers = v.array(finite);

const run = v.object({
  id: v.string(),
  name: v.string(),
  /** `LSTM 1×128`. */
  label: v.string(),
  layers: v.array(v.object({ cell: v.picklist(['tanh', 'relu', 'lstm', 'gru']), hiddenSize: index })),
  /** The checkpoint that would be measured now; null: none yet. */
  generation: v.nullable(index),
  generations: v.array(v.object({ number: index, trainedChars: index })),
  running: v.boolean(),
  /** Runs with the same one have the same held-out text. */
  corpus: v.string(),
});
export type CellsRun = v.InferOutput<typeof run>;

const place = v.object({ layer: index, cell: index });
export type CellPlace = v.InferOutput<typeof place>;

const ablation = v.object({
  inside: finite,
  outside: finite,
  control: finite,
  exceeds: finite,
  places: index,
  controls: index,
});

const candidate = v.object({
  ...place.entries,
  quantity,
  sign: v.picklist([1, -1]),
  ap: finite,
  f1: finite,
  iou: finite,
  pearson: finite,
  /** Null: on everywhere. */
  threshold: optional,
  /** From here on null where it was not measured. */
  confidence: v.nullable(v.tuple([finite, finite])),
  /** After Holm's correction. */
  p: optional,
  shifts: v.nullable(index),
  /** The best of the untrained networks, of the random labels per character type. */
  untrained: optional,
  randomLabels: optional,
  ablation: v.nullable(ablation),
  named: v.boolean(),
  /** In words; empty where it is named. */
  lacks: v.array(v.string()),
});
export type ShownCandidate = v.InferOutput<typeof candidate>;

const concept = v.object({
  id: v.string(),
  name: v.string(),
  description: v.string(),
  base: finite,
  positives: index,
  scored: index,
  best: v.array(candidate),
  /** AP of linear probes on k cells. */
  probes: v.nullable(v.array(v.object({ k: index, ap: finite }))),
});
export type ShownConcept = v.InferOutput<typeof concept>;

const gradedScore = v.object({ ...place.entries, quantity, pearson: finite, spearman: finite });
const graded = v.object({
  id: v.string(),
  name: v.string(),
  description: v.string(),
  chars: index,
  best: v.array(gradedScore),
});
export type ShownGraded = v.InferOutput<typeof graded>;

const side = v.object({ files: index, chars: index });
const report = v.object({
  generation: index,
  /** Null while it is still being measured. */
  texts: v.nullable(v.object({ validation: side, test: side, withoutGrammar: v.array(v.string()) })),
  /** Quantities of the cells that were scored. */
  quantities: v.array(quantity),
  chars: v.object({ validation: index, test: index }),
  named: index,
  unnamed: index,
  complete: v.boolean(),
  concepts: v.array(concept),
  graded: v.array(graded),
});
export type ShownCells = v.InferOutput<typeof report>;

const snippet = v.object({
  path: v.string(),
  /** 1-based; null: not known. */
  line: v.nullable(index),
  /** Characters of the file: the one that it is shown for, and the first of the text. */
  index,
  start: index,
  text: v.string(),
  /** One value a character of the text. */
  values: numbers,
});
export type ShownSnippet = v.InferOutput<typeof snippet>;
const snippets = v.array(snippet);

const picture = v.object({
  run: v.string(),
  generation: index,
  ...place.entries,
  quantity,
  sign: v.picklist([1, -1]),
  concept: v.nullable(v.string()),
  files: index,
  chars: index,
  histogram: v.object({ low: finite, high: finite, inside: numbers, outside: numbers }),
  courses: v.array(v.object({ quantity, opening: v.array(optional), closing: v.array(optional) })),
  openings: index,
  closings: index,
  snippets: v.object({ top: snippets, middle: snippets, random: snippets }),
  memory: v.nullable(
    v.object({
      gate: quantity,
      lags: index,
      horizon: v.nullable(index),
      spans: v.nullable(v.object({ count: index, median: finite })),
    }),
  ),
});
export type ShownPicture = v.InferOutput<typeof picture>;

const cellScores = v.object({
  run: v.string(),
  generation: index,
  ...place.entries,
  chars: v.object({ validation: index, test: index }),
  concepts: v.array(v.object({ id: v.string(), name: v.string(), base: finite, candidate })),
  graded: v.array(v.object({ id: v.string(), name: v.string(), score: gradedScore })),
});
export type ShownScores = v.InferOutput<typeof cellScores>;

const clamp = v.object({
  run: v.string(),
  generation: index,
  ...place.entries,
  chars: index,
  classes: v.array(v.object({ name: v.string(), count: index, rise: optional })),
  concepts: v.array(v.object({ concept: v.string(), inside: finite, outside: finite, places: index })),
});
export type ShownClamp = v.InferOutput<typeof clamp>;

const birth = v.object({
  run: v.string(),
  chars: v.nullable(v.object({ validation: index, test: index })),
  concepts: v.array(v.object({ id: v.string(), name: v.string(), followed: v.nullable(place) })),
  points: v.array(
    v.object({
      generation: index,
      trainedChars: index,
      concepts: v.array(v.object({ id: v.string(), base: finite, ap: finite, ...place.entries, followed: optional })),
    }),
  ),
});
export type ShownBirth = v.InferOutput<typeof birth>;

const comparisonRow = v.object({ label: v.string(), count: index, network: optional, baseline: optional });
export type ShownComparison = v.InferOutput<typeof comparisonRow>;
const baseline = v.object({
  run: v.string(),
  generation: index,
  order: index,
  learned: index,
  training: index,
  test: side,
  /** Losses in nats, shares in `agreement`. */
  tables: v.object({
    all: comparisonRow,
    closings: v.array(
      v.object({ kind: v.picklist(['parenthesis', 'square', 'brace', 'quote']), rows: v.array(comparisonRow) }),
    ),
    agreement: v.array(comparisonRow),
    characters: v.array(comparisonRow),
  }),
  wins: v.object({ network: snippets, baseline: snippets }),
});
export type ShownBaseline = v.InferOutput<typeof baseline>;

const job = v.picklist(['picture', 'scores', 'clamp', 'birth', 'baseline']);
export type CellsJob = v.InferOutput<typeof job>;

const longestNote = 20_000;
const note = v.pipe(v.string(), v.maxLength(longestNote));
const runId = v.string();

/** Host → webview. */
export const toCells = {
  runs: messageKind(
    'cells/runs',
    v.object({
      runs: v.array(run),
      selected: v.nullable(runId),
      other: v.nullable(runId),
      canTrain: v.boolean(),
      /** Name of the open model where it is a file: it has no held-out text, and so no page here. */
      openFile: v.nullable(v.string()),
    }),
  ),
  /** What was found in a run, or stands so far; `outdated`: why it is not the last word. */
  report: messageKind(
    'cells/report',
    v.object({
      run: runId,
      report: v.nullable(report),
      outdated: v.nullable(v.string()),
      /** What is being done, and how far the whole is, 0…1. */
      measuring: v.nullable(v.object({ doing: v.string(), fraction: finite })),
      failure: v.nullable(v.string()),
    }),
  ),
  /** Held-out loss over training, nats. */
  losses: messageKind(
    'cells/losses',
    v.object({ run: runId, points: v.array(v.object({ chars: finite, nats: finite })) }),
  ),
  /** The user's own notes by cell (`layer:cell`). */
  notes: messageKind('cells/notes', v.object({ run: runId, notes: v.record(v.string(), note) })),
  /** Asked for from outside the panel: the page of a cell. */
  place: messageKind('cells/place', v.object({ run: runId, ...place.entries, concept: v.nullable(v.string()) })),
  /** Asked for from outside the panel: the page that compares two runs. */
  comparison: messageKind('cells/comparison', v.object({ run: runId })),
  progress: messageKind('cells/progress', v.object({ run: runId, job, fraction: optional })),
  /** Why something is not there: a failure, or that it was cancelled (null). */
  ended: messageKind('cells/ended', v.object({ run: runId, job, message: v.nullable(v.string()) })),
  picture: messageKind('cells/picture', picture),
  scores: messageKind('cells/scores', cellScores),
  clamp: messageKind('cells/clamp', clamp),
  birth: messageKind('cells/birth', birth),
  baseline: messageKind('cells/baseline', baseline),
};

/** Concepts whose birth is drawn at most: more curves cannot be told apart. */
export const mostBorn = 5;
/** Largest export, UTF-16 units. */
const largestExport = 32_000_000;

/** Webview → host. */
export const fromCells = {
  ready: messageKind(
    'cells/ready',
    v.object({ restore: v.nullable(v.object({ run: v.nullable(runId), other: v.nullable(runId) })) }),
  ),
  select: messageKind('cells/select', v.object({ run: runId })),
  compareWith: messageKind('cells/compareWith', v.object({ run: v.nullable(runId) })),
  find: messageKind('cells/find', v.object({ run: runId })),
  /** Asks which gates are scored too, then finds cells. */
  findInGates: messageKind('cells/findInGates', v.object({ run: runId })),
  cancelFind: messageKind('cells/cancelFind', v.object({ run: runId })),
  /** The page of a cell is open: its evidence is wanted. */
  cell: messageKind(
    'cells/cell',
    v.object({
      run: runId,
      ...place.entries,
      quantity,
      sign: v.picklist([1, -1]),
      concept: v.nullable(v.string()),
    }),
  ),
  birth: messageKind(
    'cells/askBirth',
    v.object({ run: runId, concepts: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(mostBorn)) }),
  ),
  baseline: messageKind(
    'cells/askBaseline',
    v.object({ run: runId, order: v.pipe(index, v.minValue(1), v.maxValue(20)) }),
  ),
  cancel: messageKind('cells/cancel', v.object({ run: runId, job })),
  note: messageKind('cells/note', v.object({ run: runId, ...place.entries, text: note })),
  showInHeatmap: messageKind('cells/showInHeatmap', v.object({ run: runId, ...place.entries, quantity })),
  /** A place of a test file, by its text: the file may have changed since. */
  openSnippet: messageKind(
    'cells/openSnippet',
    v.object({ path: v.string(), text: v.pipe(v.string(), v.maxLength(1000)), index, start: index }),
  ),
  train: messageKind('cells/train', v.object({})),
  showLog: messageKind('cells/showLog', v.object({})),
  exportCsv: messageKind(
    'cells/exportCsv',
    v.object({
      name: v.pipe(v.string(), v.regex(/^[\w-]{1,80}$/)),
      text: v.pipe(v.string(), v.maxLength(largestExport)),
    }),
  ),
};
