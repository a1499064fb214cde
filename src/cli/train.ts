/** `cellscope train`: reads a folder, trains a run, prints what came out. Ctrl-C saves. */
import path from 'node:path';
import type { NGramLoss } from '../core/baselines/ngram-loss.ts';
import { Corpus, defaultMinCount } from '../core/corpus/corpus.ts';
import { drySummary, drySummaryRows } from '../core/corpus/dry-summary.ts';
import { describeLeftOut } from '../core/corpus/left-out.ts';
import type { WalkReport } from '../core/corpus/walk.ts';
import type { Engine } from '../core/engine/engine.ts';
import { RunFolder, type RunManifest } from '../core/formats/index.ts';
import { totalChars } from '../core/training/budget.ts';
import { openEngineOf } from '../core/training/engine-of-run.ts';
import {
  type Architecture,
  type BaseModel,
  resumeTraining,
  startTraining,
  type Trainer,
  type TrainerHost,
  type TrainerOutcome,
  type TrainingOptions,
} from '../core/training/index.ts';
import { estimateTraining } from '../core/training/plan.ts';
import { nodeStorage } from '../worker/node-storage.ts';
import {
  type Command,
  type ExitCode,
  engineOption,
  exitCodes,
  jsonOption,
  printJson,
  threadsOption,
} from './command.ts';
import { openEngine } from './engines.ts';
import { type Given, parseOptions } from './options.ts';
import { kindOf, readFolder, readTextFile } from './sources.ts';
import { baseFor, startOption } from './start.ts';
import { bar, clock, nameValues, ProgressLine, print, remark, short, sparkline } from './terminal.ts';
import { newRunId, trainerHost, withInterrupt } from './trainer-host.ts';
import { budgetOf, budgetOptions, recipeOptions, refuseChanges, trainingOptions } from './training-options.ts';
import { UsageError } from './usage-error.ts';

const options = {
  out: { kind: 'text', placeholder: 'FOLDER', help: 'the run folder to write (needed)' },
  ...recipeOptions,
  ...budgetOptions,
  ...startOption,
  ...engineOption,
  ...threadsOption,
  include: { kind: 'list', placeholder: 'GLOB', help: 'train on these files only (may be repeated)' },
  exclude: { kind: 'list', placeholder: 'GLOB', help: 'leave these files out (may be repeated)' },
  'dry-run': { kind: 'flag', help: 'only tell what would be trained on, and what it would cost' },
  resume: { kind: 'flag', help: 'go on with the run in --out; --chars: to this total' },
  ...jsonOption,
} as const;

type Values = Given<typeof options>;

export interface TrainResult {
  run: string;
  state: string;
  arch: Architecture;
  parameters: number;
  trainedChars: number;
  seconds: number;
  charsPerSecond: number;
  engine: string;
  threads: number;
  heldOut: TrainerOutcome['heldOut'];
  /** Kneser–Ney n-grams on the validation characters that the training watched; null where there are none. */
  ngram: NGramLoss | null;
}

export const trainCommand: Command = {
  name: 'train',
  arguments: '<folder or file>',
  summary: 'train a network on the texts of a folder',
  options,
  async run(args): Promise<ExitCode> {
    const { values, positionals } = parseOptions(args, options);
    if (values.out === undefined && !values['dry-run'])
      throw new UsageError('train needs --out <run folder>: where the run is written.');
    if (positionals.length > 1) throw new UsageError('train takes one folder; use --include to choose parts of it.');
    const out = values.out === undefined ? null : path.resolve(values.out);
    if (values.resume && out !== null && !values['dry-run']) return resume(out, values);
    return start(positionals[0], out, values);
  },
};

/** `out` is null in a dry run only. */
async function start(source: string | undefined, out: string | null, values: Values): Promise<ExitCode> {
  if (source === undefined) throw new UsageError('train needs a folder with texts.');
  const chosen = trainingOptions(values);
  if (out !== null && (await nodeStorage(out).list('')).includes('run.json'))
    throw new UsageError(`There is a run in ${out} already: add --resume to go on with it, or choose another --out.`);
  const { corpus, report } = await readCorpus(source, out, values, chosen.seed);
  const base = await baseFor(values.start, chosen, corpus);
  const engine = await openEngine({ engine: chosen.engine, threads: chosen.threads });
  try {
    await tellPlan(corpus, report, chosen, engine, values, base);
    if (out === null || values['dry-run']) return exitCodes.done;
    const storage = nodeStorage(out);
    const name = `${path.basename(path.resolve(source))} · ${chosen.architecture} ${chosen.layers}×${chosen.hiddenSize}`;
    const created = new Date().toISOString();
    return await train(out, values, (host) =>
      startTraining(
        { storage, corpus, engine, options: chosen, id: newRunId(), name, created, ...(base ? { base } : {}) },
        host,
      ),
    );
  } finally {
    await engine.dispose();
  }
}

async function resume(out: string, values: Values): Promise<ExitCode> {
  const storage = nodeStorage(out);
  const { manifest } = await RunFolder.open(storage);
  refuseChanges(values, manifest.options);
  if (values.start !== undefined)
    throw new UsageError('A resume goes on from the last checkpoint of its run: leave --start out.');
  const moreChars = charactersBeyondPlan(values, manifest);
  if (manifest.state === 'finished' && moreChars === undefined) {
    remark('This run is finished. Add --chars with a larger total to train it longer.\n');
    const { trainedChars, trainingSeconds: seconds, heldOut } = manifest;
    const charsPerSecond = seconds > 0 ? trainedChars / seconds : 0;
    await tell(out, values, { state: 'finished', trainedChars, seconds, charsPerSecond, heldOut });
    return exitCodes.done;
  }
  const threads = values.threads ?? manifest.options.threads;
  const opened =
    values.engine === undefined
      ? await openEngineOf({ engine: manifest.engine, options: { ...manifest.options, threads } }, openEngine)
      : { engine: await openEngine({ engine: values.engine, threads }) };
  try {
    return await train(out, values, (host) =>
      resumeTraining({ storage, ...opened, ...(moreChars === undefined ? {} : { moreChars }) }, host),
    );
  } finally {
    await opened.engine.dispose();
  }
}

/** On a resume `--chars` is the new total, so that the same command line can be repeated. */
function charactersBeyondPlan(values: Values, run: RunManifest): number | undefined {
  const budget = budgetOf(values);
  const planned = run.options.budget;
  if (budget === null || (budget.kind === planned.kind && budget.amount === planned.amount)) return undefined;
  if (budget.kind !== 'chars')
    throw new UsageError('A resume goes on with the budget of its run; only --chars can raise it, as a new total.');
  const finished = run.state === 'finished';
  const chars = finished ? run.trainedChars : (totalChars(planned, run.corpus.chars.train) ?? run.trainedChars);
  if (budget.amount < chars)
    throw new UsageError(
      `The run has ${finished ? 'trained' : 'planned'} ${chars} characters already: --chars is the new total, not ${budget.amount}.`,
    );
  return budget.amount > chars ? budget.amount - chars : undefined;
}

async function readCorpus(
  source: string,
  out: string | null,
  values: Values,
  seed: number,
): Promise<{ corpus: Corpus; report: WalkReport | null }> {
  const options = { seed, minCount: defaultMinCount };
  if ((await kindOf(source)) === 'file')
    return { corpus: await Corpus.build([await readTextFile(source)], options), report: null };
  const globs = { include: values.include ?? [], exclude: [...(values.exclude ?? []), ...runFolderGlobs(source, out)] };
  const { files, report } = await readFolder(source, globs, { seed });
  if (files.length === 0) {
    const reasons = report.leftOut.map((entry) => `\n  ${describeLeftOut(entry)}`).join('');
    throw new Error(`There is no text to train on in ${source}.${reasons || ' The folder is empty.'}`);
  }
  return { corpus: await Corpus.build(files, options), report };
}

/** The run folder itself, where it lies inside the folder that is read. */
function runFolderGlobs(source: string, out: string | null): string[] {
  const inside = out === null ? '' : path.relative(path.resolve(source), out).split(path.sep).join('/');
  if (inside === '' || inside.startsWith('..') || path.isAbsolute(inside)) return [];
  return [`${inside.replace(/[*?[\]{}()!\\]/g, '\\$&')}/**`];
}

/** What will be trained on, what not and why, and what it will cost: before it starts. */
async function tellPlan(
  corpus: Corpus,
  report: WalkReport | null,
  chosen: TrainingOptions,
  engine: Engine,
  values: Values,
  base: BaseModel | undefined,
): Promise<void> {
  const estimate = await estimateTraining(corpus, chosen, engine, () => performance.now());
  const summary = drySummary(corpus.summary, report, { ...estimate, seconds: estimate.expectedSeconds });
  const leftOut = summary.leftOut.map((entry) => ['Left out', describeLeftOut(entry)] as const);
  const start = base ? `weights of ${base.name}` : 'random weights';
  const rows = [...drySummaryRows(summary), ...leftOut, ['Start', start], ['Engine', engine.name]] as const;
  remark(`${nameValues(rows)}\n`);
  if (values['dry-run'] && values.json) printJson(summary);
}

/** Trains until the end or an interrupt, with progress on standard error. */
async function train(out: string, values: Values, open: (host: TrainerHost) => Promise<Trainer>): Promise<ExitCode> {
  const line = new ProgressLine();
  const validation: number[] = [];
  let bits = Number.NaN;
  const host = trainerHost((progress) => {
    for (const point of progress.points) {
      bits = point.trainNats / Math.LN2;
      if (point.validationNats !== undefined) validation.push(point.validationNats / Math.LN2);
    }
    if (progress.message !== undefined) line.say(progress.message);
    const total = progress.totalChars === null ? '' : `/${short(progress.totalChars)}`;
    const train = Number.isNaN(bits) ? '' : `train ${bits.toFixed(3)} bits`;
    const held = validation.length > 0 ? `, validation ${validation.at(-1)!.toFixed(3)},` : '';
    const left = progress.secondsLeft === null ? '' : ` ${clock(progress.secondsLeft)} left`;
    line.update(
      `${bar(progress.fraction)} ${short(progress.trainedChars)}${total} ${train}${held} ${short(progress.charsPerSecond)}/s${left}`,
    );
  });
  const trainer = await open(host);
  const outcome = await withInterrupt(
    () => {
      line.say('Saving … (Ctrl-C again leaves at once; the last checkpoint stays)');
      trainer.abort();
    },
    () => trainer.run(),
  );
  line.end();
  if (validation.length > 1) line.say(`Validation ${sparkline(validation)} ${validation.at(-1)!.toFixed(3)} bits`);
  if (outcome.message !== undefined) line.say(outcome.message);
  await tell(out, values, outcome);
  if (outcome.state === 'finished') return exitCodes.done;
  return outcome.state === 'failed' ? exitCodes.failed : exitCodes.interrupted;
}

async function tell(run: string, values: Values, outcome: TrainerOutcome): Promise<void> {
  const { manifest } = await RunFolder.open(nodeStorage(run));
  const result: TrainResult = {
    run,
    state: outcome.state,
    arch: manifest.options.architecture,
    parameters: manifest.parameters,
    trainedChars: outcome.trainedChars,
    seconds: outcome.seconds,
    charsPerSecond: outcome.charsPerSecond,
    engine: manifest.engine.name,
    threads: manifest.engine.threads,
    heldOut: outcome.heldOut,
    ngram: manifest.ngram ?? null,
  };
  if (values.json) printJson(result);
  else print(`${describe(result)}\n`);
}

function describe(result: TrainResult): string {
  const { heldOut } = result;
  return nameValues([
    ['Run', result.run],
    ['State', result.state],
    ['Model', `${result.arch}, ${result.parameters.toLocaleString('en-US')} parameters`],
    [
      'Trained',
      `${short(result.trainedChars)} characters in ${clock(result.seconds)}, ${short(result.charsPerSecond)}/s`,
    ],
    ['Engine', result.engine],
    [
      'Held out',
      heldOut
        ? `${heldOut.nats.toFixed(4)} nats, ${heldOut.bits.toFixed(4)} bits a character, perplexity ${heldOut.perplexity.toFixed(3)}`
        : 'not measured yet',
    ],
    ['N-grams', result.ngram ? ngramWords(result.ngram) : 'not counted yet'],
  ]);
}

function ngramWords({ nats, order, trainedChars, ofChars }: NGramLoss): string {
  return `${(nats / Math.LN2).toFixed(4)} bits a character on the validation files (up to ${order} characters, counted on ${short(trainedChars)} of ${short(ofChars)})`;
}
