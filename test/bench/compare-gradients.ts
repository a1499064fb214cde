/**
 * How far back learning reaches in networks of equal size: an LSTM, a GRU and a tanh RNN, trained with the default options on the
 * same files of the same text (which package-lock.json pins), measured on the same predictions of its held-out files.
 *
 *   npm run compare:gradients [-- --codebase assemblyscript] [--chars 3000000] [--hidden 128] [--seed 1] [--threads N]
 *                               [--picture FILE.png] [--json FILE]
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildKernels } from '../../scripts/kernels.ts';
import { table } from '../../src/cli/terminal.ts';
import { nextCharacters, Vocabulary } from '../../src/core/corpus/vocabulary.ts';
import { chooseEngine } from '../../src/core/engine/choose.ts';
import { measureContribution, truncation } from '../../src/core/gradients/contribution.ts';
import { measureLagNorms } from '../../src/core/gradients/lag-norms.ts';
import { lagProfile, type StateProfile } from '../../src/core/gradients/lag-profile.ts';
import { choosePositions } from '../../src/core/gradients/positions.ts';
import { costlyParts, defaultLags, defaultPositions } from '../../src/core/gradients/report.ts';
import { type Architecture, defaultOptions } from '../../src/core/training/options.ts';
import { chooseHeldOut } from '../../src/worker/gradient-texts.ts';
import { nodeKernelPlatform } from '../../src/worker/kernel-loader.node.ts';
import { drawProfiles, type ProfileCurve } from './gradients/picture.ts';
import { chooseCodebases, readCodebase } from './learning/codebases.ts';
import { trainOurs } from './learning/ours.ts';

const { values: given } = parseArgs({
  options: {
    codebase: { type: 'string', default: 'assemblyscript' },
    chars: { type: 'string', default: '3000000' },
    hidden: { type: 'string', default: '128' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    picture: { type: 'string' },
    json: { type: 'string' },
  },
});

const networks = [
  { name: 'LSTM', architecture: 'lstm' },
  { name: 'GRU', architecture: 'gru' },
  { name: 'tanh RNN', architecture: 'rnn' },
] as const satisfies { name: string; architecture: Architecture }[];
const shownLags = [1, 5, 10, 20, 50, 100, defaultLags];

interface Measured {
  name: string;
  state: 'h' | 'c';
  profile: StateProfile;
}

const number = (option: 'chars' | 'hidden' | 'seed' | 'threads'): number => {
  const value = Number(given[option]);
  if (!(Number.isInteger(value) && value > 0))
    throw new Error(`--${option} takes whole numbers, not "${given[option]}".`);
  return value;
};
const hiddenSize = number('hidden');
const root = path.resolve(import.meta.dirname, '../..');
const [codebase] = chooseCodebases([given.codebase], undefined);
const corpus = await readCodebase(codebase!);
const { documents } = chooseHeldOut(corpus.documents, defaultLags, 1);
const vocabulary = new Vocabulary(corpus.vocabulary.entries, corpus.vocabulary.unknown);
const texts = documents.map(({ text }) => {
  const inputs = vocabulary.encode(text);
  return { inputs, targets: nextCharacters(inputs) };
});
const positions = choosePositions(texts, defaultPositions, defaultLags, 1);
const { contributors } = costlyParts(positions, defaultLags);

await buildKernels(root);
const engine = await chooseEngine(nodeKernelPlatform(path.join(root, 'dist')), {
  engine: 'auto',
  threads: number('threads'),
});
console.log(
  `${codebase!.name}: ${codebase!.description}.\n${corpus.chars('train')} characters to learn from, split by file with seed 1; each network of 1×${hiddenSize} reads ${number('chars')} characters, seed ${given.seed}, default options. Measured: ${positions.length} predictions in ${documents.length} held-out files, ${defaultLags} characters back.\n`,
);
const measured: Measured[] = [];
const losses: string[][] = [];
for (const { name, architecture } of networks) {
  const options = {
    ...defaultOptions,
    architecture,
    hiddenSize,
    seed: number('seed'),
    budget: { kind: 'chars', amount: number('chars') },
  } as const;
  let parameters = 0;
  let lost = Number.NaN;
  const { test } = await trainOurs(corpus, engine, options, async (best) => {
    for (const { data } of (await best.parameters()).values()) parameters += data.length;
    const [top] = lagProfile(await measureLagNorms(best, texts, positions, defaultLags));
    if (top!.c) measured.push({ name, state: 'c', profile: top!.c });
    measured.push({ name, state: 'h', profile: top!.h });
    const [contribution] = await measureContribution(best, texts, contributors, defaultLags);
    lost = truncation(contribution!.share, options.sequence).lost;
  });
  losses.push([
    name,
    String(parameters),
    test.toFixed(3),
    (test / Math.LN2).toFixed(3),
    `${(100 * lost).toFixed(0)} %`,
  ]);
  console.log(`${name} is trained.`);
}
await engine.dispose();

const horizon = (value: number | null): string => (value === null ? `> ${defaultLags}` : String(value));
const ratio = (value: number): string => (value >= 0.001 ? value.toFixed(3) : value.toExponential(0));
console.log(
  `\n${table([['network', 'parameters', 'nats/char', 'bits/char', `lost at ${defaultOptions.sequence}`], ...losses])}`,
);
console.log(
  `Loss on the held-out files; lost: of the recurrent weights' gradient, to training windows of ${defaultOptions.sequence}.\n`,
);
console.log(
  table([
    ['mean gradient', ...shownLags.map((lag) => `lag ${lag}`), 'horizon', '95 %'],
    ...measured.map(({ name, state, profile }) => [
      `${name} ${state}`,
      ...shownLags.map((lag) => ratio(profile.relative[lag]!)),
      horizon(profile.horizon),
      [...new Set(profile.interval.map(horizon))].join('–'),
    ]),
  ]),
);
console.log("Over lag 0's; horizon: the first lag under 0.01. Lore: about 7 for a vanilla RNN, about 100 for an LSTM.");

const curves = measured.map(
  ({ name, state, profile }): ProfileCurve => ({
    network: name,
    state,
    horizon: profile.horizon,
    relative: Array.from(profile.relative),
  }),
);
if (given.json) writeFileSync(given.json, `${JSON.stringify({ lags: defaultLags, curves })}\n`);
if (given.picture) {
  await drawProfiles(
    given.picture,
    curves,
    `1×${hiddenSize}, ${number('chars').toLocaleString('en')} characters of ${codebase!.name}`,
  );
  console.log(`Drawn: ${given.picture}`);
}
