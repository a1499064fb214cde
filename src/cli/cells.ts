/** `cellscope cells`: which cells stand for which concepts, with the evidence for it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { furtherQuantities } from '../core/cells/columns.ts';
import { type CellsOptions, defaultCellsOptions, findCells } from '../core/cells/find-cells.ts';
import { labelledSides } from '../core/cells/held-out.ts';
import { MeasurementCancelled, type Watch } from '../core/cells/progress.ts';
import type { CandidateReport, CellsReport } from '../core/cells/report.ts';
import { type HeldOutTexts, heldOutTexts } from '../core/cells/sides.ts';
import { SyntaxParser } from '../core/concepts/parser.ts';
import { concepts } from '../core/concepts/registry.ts';
import { userConcept } from '../core/concepts/user-defined.ts';
import { Vocabulary } from '../core/corpus/vocabulary.ts';
import { RunFolder } from '../core/formats/index.ts';
import type { Quantity } from '../core/model/spec.ts';
import { nodeStorage } from '../worker/node-storage.ts';
import { type Command, type ExitCode, engineOption, exitCodes, jsonOption, printJson, vocabOption } from './command.ts';
import { openReadingEngine } from './engines.ts';
import { describeModel, openModel } from './models.ts';
import { parseOptions } from './options.ts';
import { kindOf, readFolder, readTextFile } from './sources.ts';
import { bar, ProgressLine, print, table } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const options = {
  seed: { kind: 'integer', min: 0, max: 2 ** 31 - 1, help: 'seed of samples, shifts and controls (default 1)' },
  scores: { kind: 'flag', help: 'scores only: no nulls, no ablation, no names' },
  gates: { kind: 'flag', help: 'score gates and the other quantities too' },
  concept: { kind: 'list', placeholder: 'NAME=REGEX', help: 'a concept of your own; may be repeated' },
  ...vocabOption,
  ...engineOption,
  ...jsonOption,
} as const;

export const cellsCommand: Command = {
  name: 'cells',
  arguments: '<model> <folder>',
  summary: 'which cells stand for which concepts, and how sure that is',
  options,
  async run(args): Promise<ExitCode> {
    const { values, positionals } = parseOptions(args, options);
    const [target, folder, ...rest] = positionals;
    if (!target || !folder || rest.length > 0) throw new UsageError('cells needs a model and one folder.');
    const own = (values.concept ?? []).map(parseConcept);
    const model = await openModel(target, values.vocab);
    const run = (await kindOf(target)) === 'folder' ? await RunFolder.open(nodeStorage(path.resolve(target))) : null;
    const seed = values.seed ?? defaultCellsOptions.seed;
    const texts = await heldOutTexts(await readTexts(folder), run ? await run.readCorpus() : null, seed);
    const chosen: CellsOptions = {
      ...defaultCellsOptions,
      seed,
      init: run?.manifest.options.init ?? defaultCellsOptions.init,
      quantities: values.gates ? furtherQuantities(model.spec) : [],
      evidence: !values.scores,
    };
    const engine = await openReadingEngine(values.engine);
    const progress = new ProgressLine();
    const stop = new AbortController();
    const interrupt = (): void => stop.abort();
    process.once('SIGINT', interrupt);
    try {
      const start = { kind: 'parameters', parameters: model.parameters } as const;
      const session = await engine.open(model.spec, start, { maxTime: 0, maxBatch: 0 });
      const vocabulary = new Vocabulary(model.spec.vocabulary, model.spec.unknown);
      const parser = new SyntaxParser((file) => readFile(path.join(__dirname, 'grammars', file)));
      const sides = labelledSides(texts, vocabulary, [...concepts, ...own], parser);
      const report = await findCells(engine, session, sides, chosen, watchOf(progress, stop.signal));
      progress.end();
      await session.close();
      if (values.json) printJson(resultOf(report));
      else print(`${describeModel(model.spec)}: ${describe(report, texts)}\n`);
      return exitCodes.done;
    } catch (error) {
      progress.end();
      if (error instanceof MeasurementCancelled) return exitCodes.interrupted;
      throw error;
    } finally {
      process.off('SIGINT', interrupt);
      await engine.dispose();
    }
  },
};

function parseConcept(text: string): ReturnType<typeof userConcept> {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--concept is NAME=REGEX, as in todo=TODO|FIXME, not "${text}".`);
  try {
    return userConcept({ name: text.slice(0, at), pattern: text.slice(at + 1) });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function readTexts(source: string) {
  if ((await kindOf(source)) === 'file') return [await readTextFile(source)];
  return (await readFolder(source, {}, { maxTotalBytes: Number.POSITIVE_INFINITY })).files;
}

const stageNames = {
  sample: 'reading a sample',
  validation: 'scoring the validation files',
  test: 'scoring the test files',
  untrained: 'untrained networks',
  shifts: 'shifted labels',
  ablation: 'clamping cells',
  probe: 'probes',
} as const;

function watchOf(progress: ProgressLine, signal: AbortSignal): Watch {
  return {
    signal,
    onProgress: ({ stage, fraction }) => progress.update(`${bar(fraction)} ${stageNames[stage]}`),
  };
}

/** What `--json` prints. */
export interface CellsResult {
  concepts: {
    concept: string;
    base: number;
    positives: number;
    best: {
      layer: number;
      cell: number;
      quantity: Quantity;
      sign: 1 | -1;
      ap: number;
      f1: number;
      iou: number;
      pearson: number;
      /** AP less the best AP under random labels per character type; null (like all that follows) where the AP does not reach half-way. */
      selectivity: number | null;
      /** Shift p after Holm's correction over concepts. */
      nullP: number | null;
      named: boolean;
      ablation: { inside: number; outside: number; control: number } | null;
      confidence: [number, number] | null;
      untrained: number[] | null;
      lacks: string[];
    }[];
    /** AP of linear probes on k cells. */
    probes: { k: number; ap: number }[] | null;
  }[];
  graded: {
    concept: string;
    best: { layer: number; cell: number; quantity: Quantity; pearson: number; spearman: number }[];
  }[];
  named: number;
  unnamed: number;
  chars: { validation: number; test: number };
}

export function resultOf(report: CellsReport): CellsResult {
  const bestOf = (candidate: CandidateReport): CellsResult['concepts'][number]['best'][number] => {
    const { layer, cell, quantity, sign, ap, f1, iou, pearson, selectivity, named, confidence, untrained, lacks } =
      candidate;
    const { inside, outside, control } = candidate.ablation ?? { inside: 0, outside: 0, control: 0 };
    return {
      layer,
      cell,
      quantity,
      sign,
      ap,
      f1,
      iou,
      pearson,
      selectivity,
      nullP: candidate.shift?.adjusted ?? null,
      named,
      ablation: candidate.ablation ? { inside, outside, control } : null,
      confidence,
      untrained,
      lacks,
    };
  };
  return {
    concepts: report.concepts.map(({ concept, base, positives, best, probes }) => ({
      concept,
      base,
      positives,
      best: best.map(bestOf),
      probes: probes?.map(({ k, averagePrecision }) => ({ k, ap: averagePrecision })) ?? null,
    })),
    graded: report.graded.map(({ concept, best }) => ({ concept, best })),
    named: report.named,
    unnamed: report.unnamed,
    chars: report.chars,
  };
}

function describe(report: CellsReport, texts: HeldOutTexts): string {
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  const rows = [...report.concepts]
    .filter(({ best }) => best.length > 0)
    .sort((a, b) => b.best[0]!.ap - a.best[0]!.ap)
    .map(({ name, base, best: [first], probes }) => {
      const { layer, cell, quantity, sign, ap, f1, confidence, shift, ablation, named, lacks } = first!;
      return [
        name,
        `${sign > 0 ? '+' : '−'}${quantity} ${layer}:${cell}`,
        ap.toFixed(3),
        base.toFixed(3),
        confidence ? `${confidence[0].toFixed(2)}–${confidence[1].toFixed(2)}` : '–',
        f1.toFixed(2),
        shift ? shift.adjusted.toFixed(3) : '–',
        ablation ? `${ablation.inside.toFixed(3)} / ${ablation.control.toFixed(3)}` : '–',
        probes ? probes.at(-1)!.averagePrecision.toFixed(2) : '–',
        named ? 'named' : `lacks ${lacks.join(', ')}`,
      ];
    });
  const head = ['concept', 'best cell', 'AP', 'base', '95 %', 'F1', 'p', 'rise/control', 'probe 16', ''];
  const graded = report.graded
    .filter(({ best }) => best.length > 0)
    .map(({ name, best: [first] }) => [
      name,
      `${first!.quantity} ${first!.layer}:${first!.cell}`,
      first!.pearson.toFixed(3),
      first!.spearman.toFixed(3),
    ]);
  const cells = report.named + report.unnamed;
  return [
    `${report.named} of ${cells} cells named (${percent(report.unnamed / Math.max(1, cells))} have no name).`,
    `Chosen on ${report.chars.validation} characters, shown on ${report.chars.test} (${texts.rule}; ${texts.trainedOn} files were trained on).`,
    '',
    table([head, ...rows]),
    '',
    table([['graded concept', 'best cell', 'Pearson', 'Spearman'], ...graded]),
  ].join('\n');
}
