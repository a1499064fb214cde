/** `cellscope train`: reads a folder, trains a run, prints what came out. Ctrl-C saves. */
import path from 'node:path';
import { Corpus, defaultMinCount } from '../core/corpus/corpus.ts';
import { describeLeftOut } from '../core/corpus/left-out.ts';
import type { WalkReport } from '../core/corpus/walk.ts';
import type { Engine } from '../core/engine/engine.ts';
import { RunFolder, type RunManifest } from '../core/formats/index.ts';
import { totalChars } from '../core/training/budget.ts';
import {
  type Architecture,
  resumeTraining,
  startTraining,
  type Trainer,
  type TrainerHost,
  type TrainerOutcome,
} from '../core/training/index.ts';
import { nodeStorage } from '../worker/node-storage.ts';
import { type Command, type ExitCode, engineOptions, exitCodes, jsonOption, printJson } from './command.ts';
import { openEngine } from './engines.ts';
import { type Given, parseOptions } from './options.ts';
import { kindOf, readFolder, readTextFile } from './sources.ts';
import { bar, clock, nameValues, ProgressLine, short, sparkline } from './terminal.ts';
import { newRunId, trainerHost, withInterrupt } from './trainer-host.ts';
import { budgetOf, budgetOptions, recipeOptions, refuseChanges, trainingOptions } from './training-options.ts';
import { UsageError } from './usage-error.ts';

const options = {
  out: { kind: 'text', placeholder: 'FOLDER', help: 'the run folder to write (needed)' },
  ...recipeOptions,
  ...budgetOptions,
  ...engineOptions,
  include: { kind: 'list', placeholder: 'GLOB', help: 'train on these files only (may be repeated)' },
  exclude: { kind: 'list', placeholder: 'GLOB', help: 'leave these files out (may be repeated)' },
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
}

export const trainCommand: Command = {
  name: 'train',
  arguments: '<folder or file>',
  summary: 'train a network on the texts of a folder',
  options,
  async run(args): Promise<ExitCode> {
    const { values, positionals } = parseOptions(args, options);
    if (values.out === undefined) throw new UsageError('train needs --out <run folder>: where the run is written.');
    if (positionals.length > 1) throw new UsageError('train takes one folder; use --include to choose parts of it.');
    const out = path.resolve(values.out);
    return values.resume ? resume(out, values) : start(positionals[0], out, values);
  },
};

async function start(source: string | undefined, out: string, values: Values): Promise<ExitCode> {
  if (source === undefined) throw new UsageError('train needs a folder with texts.');
  const chosen = trainingOptions(values);
  const storage = nodeStorage(out);
  if ((await storage.list('')).includes('run.json'))
    throw new UsageError(`There is a run in ${out} already: add --resume to go on with it, or choose another --out.`);
  const { corpus, report } = await readCorpus(source, out, values, chosen.seed);
  tellCorpus(corpus, report);
  const engine = await openEngine(chosen.engine, chosen.threads);
  try {
    const name = `${path.basename(path.resolve(source))} · ${chosen.architecture} ${chosen.layers}×${chosen.hiddenSize}`;
    const created = new Date().toISOString();
    return await train(out, engine, values, (host) =>
      startTraining({ storage, corpus, engine, options: chosen, id: newRunId(), name, created }, host),
    );
  } finally {
    await engine.dispose();
  }
}

async function resume(out: string, values: Values): Promise<ExitCode> {
  const storage = nodeStorage(out);
  const { manifest } = await RunFolder.open(storage);
  refuseChanges(values, manifest.options);
  const moreChars = charactersBeyondPlan(values, manifest);
  if (manifest.state === 'finished' && moreChars === undefined) {
    process.stderr.write('This run is finished. Add --chars with a larger total to train it longer.\n');
    const { trainedChars, trainingSeconds: seconds, heldOut } = manifest;
    const charsPerSecond = seconds > 0 ? trainedChars / seconds : 0;
    await tell(out, values, { state: 'finished', trainedChars, seconds, charsPerSecond, heldOut });
    return exitCodes.done;
  }
  const { engine: kind, threads } = manifest.options;
  const engine = await openEngine(values.engine ?? kind, values.threads ?? threads);
  try {
    return await train(out, engine, values, (host) =>
      resumeTraining({ storage, engine, ...(moreChars === undefined ? {} : { moreChars }) }, host),
    );
  } finally {
    await engine.dispose();
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
  out: string,
  values: Values,
  seed: number,
): Promise<{ corpus: Corpus; report: WalkReport | null }> {
  const options = { seed, minCount: defaultMinCount };
  if ((await kindOf(source)) === 'file')
    return { corpus: await Corpus.build([await readTextFile(source)], options), report: null };
  const inside = path.relative(path.resolve(source), out).split(path.sep).join('/');
  const own = inside.startsWith('..') || path.isAbsolute(inside) ? [] : [`${escapeGlob(inside)}/**`];
  const globs = { include: values.include ?? [], exclude: [...(values.exclude ?? []), ...own] };
  const { files, report } = await readFolder(source, globs, { seed });
  if (files.length === 0) {
    const reasons = report.leftOut.map((entry) => `\n  ${describeLeftOut(entry)}`).join('');
    throw new Error(`There is no text to train on in ${source}.${reasons || ' The folder is empty.'}`);
  }
  return { corpus: await Corpus.build(files, options), report };
}

function escapeGlob(text: string): string {
  return text.replace(/[*?[\]{}()!\\]/g, '\\$&');
}

function tellCorpus(corpus: Corpus, report: WalkReport | null): void {
  const { files, chars, vocabularySize, splitInsideFiles } = corpus.summary;
  const count = new Set(files.map((file) => file.path)).size;
  const split = `${short(chars.train)} train, ${short(chars.validation)} validation, ${short(chars.test)} test`;
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  say(`${count} files, ${split} characters, vocabulary ${vocabularySize}`);
  if (splitInsideFiles) say('Split inside files: there are too few different files to hold whole ones out.');
  if (report?.sampled) say('The text is over the total limit: a seeded sample of files is used.');
  for (const entry of report?.leftOut ?? []) say(`Left out: ${describeLeftOut(entry)}`);
}

/** Trains until the end or an interrupt, with progress on standard error. */
async function train(
  out: string,
  engine: Engine,
  values: Values,
  open: (host: TrainerHost) => Promise<Trainer>,
): Promise<ExitCode> {
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
  line.say(`Engine: ${engine.name}`);
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
  };
  if (values.json) printJson(result);
  else process.stdout.write(`${describe(result)}\n`);
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
  ]);
}
