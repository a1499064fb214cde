/**
 * `cells.json` of a run folder: the cells that were found last, and what they were found on. It can be made anew at any
 * time: one that cannot be read is no error, its reader does without.
 */
import * as v from 'valibot';
import type { CellsReport } from '../cells/report.ts';
import type { UserConcept } from '../concepts/user-defined.ts';
import { conceptsVersion } from '../concepts/version.ts';
import type { Quantity } from '../model/spec.ts';
import { describeIssues } from './checkpoint.ts';
import { parseInertJson } from './json.ts';

export const cellsFile = 'cells.json';

export interface MeasuredSide {
  files: number;
  chars: number;
}

/** The texts that cells were chosen on and are shown on. */
export interface MeasuredSides {
  validation: MeasuredSide;
  test: MeasuredSide;
  /** Language ids among them that no grammar reads: only concepts read from text alone count there. */
  withoutGrammar: string[];
}

export interface CellsFile {
  formatVersion: 1;
  /** Generation of the run that was measured; its names are that generation's. */
  generation: number;
  trainedChars: number;
  /** When, ISO 8601. */
  measured: string;
  seed: number;
  /** Version of the labels and scores, see `conceptsVersion`. */
  concepts: number;
  userConcepts: UserConcept[];
  /** Gates and other quantities that were scored beside the default ones. */
  quantities: Quantity[];
  texts: MeasuredSides;
  report: CellsReport;
}

const natural = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
// Rounding may carry a perfect score past 1.
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1 + 1e-9));
const quantity = v.picklist(['c', 'tanhc', 'h', 'i', 'f', 'g', 'o', 'z', 'r', 'n']);
const column = { layer: natural, cell: natural, quantity };
const lack = v.picklist(['precision', 'untrained', 'random-labels', 'chance', 'cause']);

const candidate = v.pipe(
  v.object({
    ...column,
    sign: v.picklist([1, -1]),
    validationAp: share,
    ap: share,
    /** Null: on everywhere (JSON has no infinity). */
    threshold: v.nullable(finite),
    f1: share,
    iou: share,
    pearson: finite,
    sampleAp: v.nullable(share),
    confidence: v.nullable(v.tuple([finite, finite])),
    untrained: v.nullable(v.array(finite)),
    randomLabels: v.nullable(v.array(finite)),
    selectivity: v.nullable(finite),
    shift: v.nullable(v.object({ shifts: natural, reached: natural, p: share, adjusted: share })),
    ablation: v.nullable(
      v.object({
        inside: finite,
        outside: finite,
        control: finite,
        exceeds: share,
        places: natural,
        controls: natural,
      }),
    ),
    named: v.boolean(),
    lacks: v.array(lack),
  }),
  v.transform(({ threshold, sign, ...rest }) => ({
    ...rest,
    sign: sign as 1 | -1,
    threshold: threshold ?? sign * Number.NEGATIVE_INFINITY,
  })),
);

const reportSchema = v.object({
  concepts: v.array(
    v.object({
      concept: v.string(),
      name: v.string(),
      base: share,
      positives: natural,
      scored: natural,
      best: v.array(candidate),
      probes: v.nullable(v.array(v.object({ k: natural, averagePrecision: finite, columns: v.array(natural) }))),
    }),
  ),
  graded: v.array(
    v.object({
      concept: v.string(),
      name: v.string(),
      chars: natural,
      best: v.array(v.object({ ...column, pearson: finite, spearman: finite })),
    }),
  ),
  named: natural,
  unnamed: natural,
  chars: v.object({ validation: natural, test: natural }),
  complete: v.boolean(),
});

const side = v.object({ files: natural, chars: natural });

const fileSchema = v.looseObject({
  formatVersion: v.literal(1),
  generation: natural,
  trainedChars: natural,
  measured: v.string(),
  seed: finite,
  concepts: natural,
  userConcepts: v.array(
    v.object({
      name: v.string(),
      pattern: v.string(),
      ignoreCase: v.exactOptional(v.boolean()),
      description: v.exactOptional(v.string()),
    }),
  ),
  /** Files from before gates could be asked for have none. */
  quantities: v.optional(v.array(quantity), []),
  texts: v.object({ validation: side, test: side, withoutGrammar: v.array(v.string()) }),
  report: reportSchema,
});

/** @throws Error that says what is wrong with the file. */
export function parseCellsFile(bytes: Uint8Array): CellsFile {
  let value: unknown;
  try {
    value = parseInertJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Error('cells.json is not valid JSON.');
  }
  const parsed = v.safeParse(fileSchema, value, { abortEarly: true });
  if (!parsed.success) throw new Error(`cells.json is damaged: ${describeIssues(parsed.issues)}.`);
  return parsed.output;
}

export function encodeCellsFile(file: CellsFile): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(file)}\n`);
}

/** Why what was found says less than it did: the run was trained on, or other concepts are asked for now. */
export interface Outdated {
  /** The run has a later model than the one that was measured. */
  generation: boolean;
  /** Concepts are labelled or scored differently now, or the user's own are others. */
  concepts: boolean;
  /** Other gates and quantities are asked for now. */
  quantities: boolean;
}

/** `generation`: the one that would be measured now; `quantities`: those of the run's cells that would be scored too. */
export function outdatedBy(
  file: Pick<CellsFile, 'generation' | 'concepts' | 'userConcepts' | 'quantities'>,
  generation: number | null,
  userConcepts: readonly UserConcept[],
  quantities: readonly Quantity[],
): Outdated {
  const patterns = (concepts: readonly UserConcept[]): string =>
    JSON.stringify(concepts.map(({ name, pattern, ignoreCase }) => [name, pattern, ignoreCase ?? false]));
  return {
    generation: generation !== null && generation !== file.generation,
    concepts: file.concepts !== conceptsVersion || patterns(file.userConcepts) !== patterns(userConcepts),
    quantities: [...file.quantities].sort().join() !== [...quantities].sort().join(),
  };
}
