/**
 * How fast networks learn, on real codebases: held-out bits a character of recipes after the same wall time (`--seconds 30,120,600`), or
 * after the same number of characters whatever the machine does meanwhile (`--chars 1000000`).
 *
 *   npm run bench:learning [-- --seconds LIST | --chars N] [--codebases LIST] [--linux FOLDER] [--seeds LIST] [--threads N]
 *                             [--arch LIST --hidden LIST --batch LIST --sequence LIST --lr LIST --schedule LIST --clip LIST]
 *                             [--recipes "NAME;NAME"] [--no-char-rnn] [--build simd|relaxed|revectorized]
 *                             [--no-peer | --peer-every | --together] [--peer-start ours|pytorch] [--peer-threads N]
 *
 * Recipes are chosen by their loss on the validation documents. The test documents are looked at for the chosen recipe, the defaults
 * and char-rnn's only, which PyTorch trains too: from our starting weights, on the same windows, with the same wall time or
 * characters. With `--chars` it must come within 0.05 nats of us (exit code 1 where not); `--peer-every` does that for every recipe.
 * `--together` trains every recipe by both at the same time, each on one thread: ten minutes for both, in which neither has a quieter
 * machine than the other.
 */
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildKernels } from '../../scripts/kernels.ts';
import type { Corpus } from '../../src/core/corpus/corpus.ts';
import { buildOf, chooseEngine } from '../../src/core/engine/choose.ts';
import type { Engine } from '../../src/core/engine/engine.ts';
import type { Budget } from '../../src/core/training/options.ts';
import { nodeKernelPlatform } from '../../src/worker/kernel-loader.node.ts';
import { type Codebase, chooseCodebases, readCodebase } from './learning/codebases.ts';
import { type Result, trainOurs } from './learning/ours.ts';
import { findPeer, type PeerResult, trainPeer } from './learning/peer.ts';
import { charRnnRecipes, chooseRecipes, type Recipe, standardRecipe } from './learning/recipes.ts';

/** On equal text and characters our loss and PyTorch's may differ by so many nats. */
const tolerance = 0.05;

const { values: given } = parseArgs({
  allowNegative: true,
  options: {
    seconds: { type: 'string' },
    chars: { type: 'string' },
    codebases: { type: 'string', default: '' },
    linux: { type: 'string' },
    seeds: { type: 'string', default: '1' },
    threads: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    build: { type: 'string' },
    recipes: { type: 'string' },
    arch: { type: 'string' },
    hidden: { type: 'string' },
    batch: { type: 'string' },
    sequence: { type: 'string' },
    lr: { type: 'string' },
    schedule: { type: 'string' },
    clip: { type: 'string' },
    'char-rnn': { type: 'boolean', default: true },
    peer: { type: 'boolean', default: true },
    'peer-every': { type: 'boolean', default: false },
    together: { type: 'boolean', default: false },
    'peer-start': { type: 'string', default: 'ours' },
    'peer-threads': { type: 'string', default: '0' },
  },
});

/** A recipe with what it came to, once per seed. */
interface Row {
  recipe: Recipe;
  ours: Result[];
  theirs: PeerResult[];
}

const list = (text: string): string[] => text.split(',').filter((part) => part !== '');
const positive = (option: string, text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${option} takes positive numbers, not "${text}".`);
  return value;
};
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const bits = (nats: number[]): string => (nats.length === 0 ? '–' : (mean(nats) / Math.LN2).toFixed(3));
const thousands = (values: number[]): string =>
  values.length === 0 ? '–' : Math.round(mean(values) / 1000).toString();

function budgets(): Budget[] {
  if (given.chars !== undefined) {
    if (given.seconds !== undefined) throw new Error('Give --seconds or --chars, not both.');
    return [{ kind: 'chars', amount: positive('chars', given.chars) }];
  }
  return list(given.seconds ?? '30').map((text) => ({ kind: 'seconds', amount: positive('seconds', text) }));
}

const seeds = list(given.seeds).map((text) => positive('seeds', text));
const start = given['peer-start'];
if (start !== 'ours' && start !== 'pytorch') throw new Error(`--peer-start takes ours or pytorch, not "${start}".`);
if (given.together && !given.peer) throw new Error('--together trains with PyTorch: give it without --no-peer.');
const peerChoice = { start, threads: given.together ? 1 : Number(given['peer-threads']) } as const;

async function train(corpus: Corpus, engine: Engine, recipe: Recipe, budget: Budget): Promise<Row> {
  const row: Row = { recipe, ours: [], theirs: [] };
  for (const seed of seeds) {
    const ours = (): Promise<Result> => trainOurs(corpus, engine, { ...recipe.options, budget, seed });
    if (!given.together) {
      row.ours.push(await ours());
      continue;
    }
    const beside: Promise<Result>[] = [];
    row.theirs.push(await trainTheirs(corpus, engine, recipe, budget, seed, () => beside.push(ours())));
    row.ours.push(...(await Promise.all(beside)));
  }
  return row;
}

function trainTheirs(
  corpus: Corpus,
  engine: Engine,
  recipe: Recipe,
  budget: Budget,
  seed: number,
  onStart?: () => void,
): Promise<PeerResult> {
  return trainPeer(corpus, engine, { ...recipe.options, budget, seed }, peerChoice, onStart);
}

function tableRow(name: string, who: string, results: Result[], withTest: boolean): void {
  const of = (key: keyof Result): number[] => results.map((result) => result[key]);
  const spread = results.length < 2 ? '' : ` ± ${deviationOf(of('validation').map((nats) => nats / Math.LN2))}`;
  const test = withTest ? bits(of('test')) : '';
  console.log(
    `| ${name} | ${who} | ${thousands(of('trainedChars'))} | ${thousands(of('charsPerSecond'))} | ${bits(of('validation'))}${spread} | ${test} |`,
  );
}

function deviationOf(values: number[]): string {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1)).toFixed(3);
}

/** Prints one table; the differences from PyTorch, in nats, of the recipes that it trained too. */
async function measure(corpus: Corpus, engine: Engine, budget: Budget, peer: boolean): Promise<Difference[]> {
  console.log('| recipe | who | thousand characters | thousand a second | validation, bits a character | test |');
  console.log('|---|---|---|---|---|---|');
  const rows: Row[] = [];
  for (const recipe of chooseRecipes(given)) {
    const row = await train(corpus, engine, recipe, budget);
    rows.push(row);
    tableRow(recipe.name, 'ours', row.ours, false);
  }
  const validationOf = (row: Row): number => mean(row.ours.map((result) => result.validation));
  const chosen = rows.reduce((a, b) => (validationOf(b) < validationOf(a) ? b : a));
  const final = [chosen];
  const standard = JSON.stringify(standardRecipe.options);
  const usual = rows.find((row) => JSON.stringify(row.recipe.options) === standard);
  if (usual && usual !== chosen) final.push(usual);
  if (given['char-rnn']) for (const recipe of charRnnRecipes) final.push(await train(corpus, engine, recipe, budget));
  const compared = given['peer-every'] || given.together ? [...new Set([...final, ...rows])] : final;
  for (const row of compared) {
    if (peer && !given.together)
      for (const seed of seeds) row.theirs.push(await trainTheirs(corpus, engine, row.recipe, budget, seed));
    const name = row === chosen ? `**chosen: ${row.recipe.name}**` : row.recipe.name;
    if (final.includes(row)) tableRow(name, 'ours', row.ours, true);
    if (peer) tableRow(name, `PyTorch ×${row.theirs[0]!.threads}`, row.theirs, final.includes(row));
  }
  return peer ? compared.map(differenceOf) : [];
}

interface Difference {
  recipe: string;
  /** Ours less theirs, mean over seeds, nats a character. */
  validation: number;
  test: number;
  /** Largest relative difference of the first window's loss. */
  first: number;
}

function differenceOf({ recipe, ours, theirs }: Row): Difference {
  const difference = (key: 'validation' | 'test'): number => mean(ours.map((mine, k) => mine[key] - theirs[k]![key]));
  const first = Math.max(...theirs.map(({ firstLoss }) => Math.abs(firstLoss.ours / firstLoss.theirs - 1)));
  return { recipe: recipe.name, validation: difference('validation'), test: difference('test'), first };
}

/** On equal windows, starts and characters: false where the losses differ. */
function judge(differences: Difference[]): boolean {
  console.log(
    `\nOurs less PyTorch's in nats a character, on equal windows from equal weights (at most ${tolerance} wanted):`,
  );
  let good = true;
  for (const { recipe, validation, test, first } of differences) {
    const within = Math.abs(validation) <= tolerance && Math.abs(test) <= tolerance && first <= 1e-4;
    good &&= within;
    console.log(
      `  ${recipe}: validation ${validation.toFixed(4)}, test ${test.toFixed(4)}; loss of the first window apart by ${first.toExponential(1)} of it. ${within ? 'Good.' : 'TOO FAR APART.'}`,
    );
  }
  return good;
}

function describe({ name, description }: Codebase, corpus: Corpus): string {
  const { chars, vocabularySize } = corpus.summary;
  const count = (value: number): string => value.toLocaleString('en');
  return `${name}, ${description}: ${count(chars.train)} characters to train on, ${count(chars.validation)} validation, ${count(chars.test)} test, V = ${vocabularySize}`;
}

const root = path.resolve(import.meta.dirname, '../..');
const codebases = chooseCodebases(list(given.codebases), given.linux);
const amounts = budgets();
await buildKernels(root);
const platform = nodeKernelPlatform(path.join(root, 'dist'), {
  threadEntry: path.join(root, 'src/worker/kernel-thread.node.ts'),
});
const build = buildOf(`wasm ${given.build}`);
if (given.build !== undefined && !build)
  throw new Error(`--build takes simd, relaxed or revectorized, not "${given.build}".`);
const engine = await chooseEngine(platform, {
  engine: 'wasm',
  threads: given.together ? 1 : positive('threads', given.threads),
  build,
});
const peer = given.peer ? findPeer() : null;
console.log(
  `${cpus()[0]?.model ?? 'Unknown processor'}, ${availableParallelism()} cores, Node ${process.versions.node}. Ours: ${engine.name}.`,
);
if (peer)
  console.log(
    `Peer: ${peer}, from ${start === 'ours' ? 'our starting weights' : 'its own start'}; one-hot input to nn.LSTM.`,
  );
if (seeds.length > 1) console.log(`Means over ${seeds.length} seeds of start and order, ± their standard deviation.`);
let good = true;
for (const codebase of codebases) {
  const corpus = await readCodebase(codebase);
  for (const budget of amounts) {
    const amount = budget.kind === 'chars' ? `${budget.amount.toLocaleString('en')} characters` : `${budget.amount} s`;
    console.log(`\n### ${amount} on ${describe(codebase, corpus)}\n`);
    const differences = await measure(corpus, engine, budget, peer !== null);
    if (budget.kind === 'chars' && start === 'ours' && differences.length > 0) good = judge(differences) && good;
  }
}
await engine.dispose();
if (!good) process.exitCode = 1;
