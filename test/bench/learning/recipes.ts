/** What is compared: ways to train, named by what differs from the defaults. */
import { type Architecture, cellOf, defaultOptions, type TrainingOptions } from '../../../src/core/training/options.ts';

export interface Recipe {
  name: string;
  options: TrainingOptions;
}

/** From the defaults. */
type Differences = Partial<TrainingOptions>;

const lists = ['arch', 'hidden', 'batch', 'sequence', 'lr', 'schedule', 'clip'] as const;
export type Lists = Partial<Record<(typeof lists)[number] | 'recipes', string>>;

/** Karpathy's char-rnn as it comes, but for norm clipping (its own is by element) and its decay, which starts after ten epochs. */
const charRnn: Differences = {
  optimizer: 'rmsprop',
  learningRate: 2e-3,
  schedule: 'constant',
  warmup: 0,
  batch: 50,
  sequence: 50,
  clipNorm: 5,
  init: 'uniform',
};

const variants: [string, Differences][] = [
  ['defaults', {}],
  ['batch 8', { batch: 8 }],
  ['batch 32, window 100', { batch: 32, sequence: 100 }],
  ['window 32', { sequence: 32 }],
  ['window 128', { sequence: 128 }],
  ['rate 2e-3', { learningRate: 2e-3 }],
  ['rate 5e-3', { learningRate: 5e-3 }],
  ['constant rate 2e-3', { learningRate: 2e-3, schedule: 'constant' }],
  ['constant rate', { schedule: 'constant' }],
  ['step schedule', { schedule: 'step' }],
  ['clip 0.25', { clipNorm: 0.25 }],
  ['clip 5', { clipNorm: 5 }],
  ['hidden 64', { hiddenSize: 64 }],
  ['hidden 256', { hiddenSize: 256 }],
  ['hidden 512, rate 2e-3', { hiddenSize: 512, learningRate: 2e-3 }],
];

const charRnnVariants: [string, Differences][] = [
  ['char-rnn 1×128', charRnn],
  ['char-rnn 2×128', { ...charRnn, layers: 2 }],
];

/** What a person gets who chooses nothing. */
export const [standardRecipe] = recipesOf(variants) as [Recipe];
export const charRnnRecipes = recipesOf(charRnnVariants);

/** Recipes to choose among: those named, all combinations of the lists that are given, else the table above. */
export function chooseRecipes(given: Lists): Recipe[] {
  if (given.recipes !== undefined) return given.recipes.split(';').map(named);
  if (lists.every((list) => given[list] === undefined)) return recipesOf(variants);
  let combinations: [string[], Differences][] = [[[], {}]];
  for (const list of lists) {
    const values = given[list]?.split(',');
    if (!values) continue;
    combinations = combinations.flatMap(([names, differs]) =>
      values.map((value): [string[], Differences] => [
        [...names, `${list} ${value}`],
        { ...differs, ...read(list, value) },
      ]),
    );
  }
  return recipesOf(combinations.map(([names, differs]) => [names.join(', '), differs]));
}

function named(name: string): Recipe {
  const all = [...recipesOf(variants), ...charRnnRecipes];
  const found = all.find((recipe) => recipe.name === name);
  if (found) return found;
  throw new Error(`No recipe "${name}". There are: ${all.map((recipe) => recipe.name).join('; ')}.`);
}

function recipesOf(entries: [string, Differences][]): Recipe[] {
  return entries.map(([name, differs]) => ({ name, options: { ...defaultOptions, ...differs } }));
}

function read(list: (typeof lists)[number], text: string): Differences {
  if (list === 'arch') {
    if (!Object.hasOwn(cellOf, text)) throw new Error(`--arch takes ${Object.keys(cellOf).join(', ')}, not "${text}".`);
    return { architecture: text as Architecture };
  }
  if (list === 'schedule') {
    if (text !== 'constant' && text !== 'cosine' && text !== 'step')
      throw new Error(`--schedule takes constant, cosine or step, not "${text}".`);
    return { schedule: text };
  }
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${list} takes positive numbers separated by commas, not "${text}".`);
  switch (list) {
    case 'hidden':
      return { hiddenSize: value };
    case 'batch':
      return { batch: value };
    case 'sequence':
      return { sequence: value };
    case 'lr':
      return { learningRate: value };
    case 'clip':
      return { clipNorm: value };
  }
}
