/** From the options of `cellscope train` to TrainingOptions; contradictions are refused with the reason. */
import { validateFresh } from '../core/model/validate.ts';
import { initOf, specOf } from '../core/training/model-of-options.ts';
import { type Budget, defaultOptions, type TrainingOptions } from '../core/training/options.ts';
import type { engineOption, threadsOption } from './command.ts';
import type { Given } from './options.ts';
import { UsageError } from './usage-error.ts';

const infinity = Number.POSITIVE_INFINITY;
const standard = defaultOptions;

/** What decides a model and its training; a resume cannot change it. */
export const recipeOptions = {
  arch: {
    kind: 'choice',
    choices: ['lstm', 'gru', 'rnn', 'relu', 'irnn'],
    help: `recurrent cell (default ${standard.architecture})`,
  },
  layers: { kind: 'integer', min: 1, max: 8, help: `stacked layers (default ${standard.layers})` },
  hidden: { kind: 'integer', min: 1, max: 8192, help: `cells a layer (default ${standard.hiddenSize})` },
  connections: {
    kind: 'choice',
    choices: ['none', 'residual', 'dense', 'highway'],
    help: 'between layers (default none)',
  },
  sequence: {
    kind: 'integer',
    min: 1,
    max: 10_000,
    help: `characters a window of truncated backpropagation (default ${standard.sequence})`,
  },
  batch: { kind: 'integer', min: 1, max: 4096, help: `parallel lanes of text (default ${standard.batch})` },
  lr: { kind: 'number', min: 0, above: true, max: 100, help: `peak learning rate (default ${standard.learningRate})` },
  schedule: {
    kind: 'choice',
    choices: ['constant', 'cosine', 'step'],
    help: `of the learning rate (default ${standard.schedule})`,
  },
  warmup: { kind: 'integer', min: 0, max: infinity, help: `characters of linear warm-up (default ${standard.warmup})` },
  clip: {
    kind: 'number',
    min: 0,
    max: infinity,
    help: `threshold of the gradient norm; 0: no clipping (default ${standard.clipNorm})`,
  },
  optimizer: { kind: 'choice', choices: ['adam', 'rmsprop', 'adadelta', 'sgd'], help: `default ${standard.optimizer}` },
  momentum: { kind: 'number', min: 0, max: 0.9999, help: `of --optimizer sgd (default ${standard.momentum})` },
  init: {
    kind: 'choice',
    choices: ['orthogonal', 'uniform'],
    help: `start of the recurrent weights (default ${standard.init})`,
  },
  dropout: { kind: 'number', min: 0, max: 0.95, help: `between layers (default ${standard.dropout})` },
  patience: {
    kind: 'integer',
    min: 0,
    max: infinity,
    help: `evaluations without improvement before stopping; 0: never (default ${standard.patience})`,
  },
  seed: { kind: 'integer', min: 0, max: 2 ** 32 - 1, help: `of every random choice (default ${standard.seed})` },
} as const;

export const budgetOptions = {
  chars: {
    kind: 'integer',
    min: 1,
    max: infinity,
    help: `characters to train on (default ${standard.budget.amount.toLocaleString('en-US')})`,
  },
  epochs: { kind: 'number', min: 0, above: true, max: infinity, help: 'or passes over the training files' },
  seconds: { kind: 'number', min: 0, above: true, max: infinity, help: 'or seconds (then runs are not repeatable)' },
} as const;

type RecipeValues = Given<typeof recipeOptions>;
type BudgetValues = Given<typeof budgetOptions>;
type EngineValues = Given<typeof engineOption & typeof threadsOption>;

/** @throws UsageError where more than one budget is given. */
export function budgetOf(values: BudgetValues): Budget | null {
  const given = (['chars', 'epochs', 'seconds'] as const).filter((kind) => values[kind] !== undefined);
  if (given.length > 1)
    throw new UsageError(`Choose one of ${given.map((kind) => `--${kind}`).join(' and ')}: there is one budget.`);
  const kind = given[0];
  return kind ? { kind, amount: values[kind]! } : null;
}

/** @throws UsageError where the options contradict each other. */
export function trainingOptions(values: RecipeValues & BudgetValues & EngineValues): TrainingOptions {
  const options: TrainingOptions = {
    ...defaultOptions,
    ...recipeOf(values),
    budget: budgetOf(values) ?? defaultOptions.budget,
    engine: values.engine ?? defaultOptions.engine,
    threads: values.threads ?? defaultOptions.threads,
  };
  if (values.init !== undefined && options.architecture === 'irnn')
    throw new UsageError('An IRNN starts from the identity: leave --init out, or choose --arch relu.');
  if (values.momentum !== undefined && options.optimizer !== 'sgd')
    throw new UsageError(`--momentum belongs to --optimizer sgd, not to ${options.optimizer}.`);
  if (options.dropout > 0 && options.layers === 1)
    throw new UsageError(
      'Dropout acts between layers, and there is one layer. Choose --layers 2 or more, or --dropout 0.',
    );
  try {
    validateFresh(specOf(options, { entries: ['a', 'b'], unknown: null }), initOf(options));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  return { ...options, init: initOf(options) };
}

/** The given options by their names in TrainingOptions. */
function recipeOf(values: RecipeValues): Partial<TrainingOptions> {
  const recipe: { [K in keyof TrainingOptions]?: TrainingOptions[K] | undefined } = {
    architecture: values.arch,
    layers: values.layers,
    hiddenSize: values.hidden,
    connections: values.connections,
    sequence: values.sequence,
    batch: values.batch,
    learningRate: values.lr,
    schedule: values.schedule,
    warmup: values.warmup,
    clipNorm: values.clip,
    optimizer: values.optimizer,
    momentum: values.momentum,
    init: values.init,
    dropout: values.dropout,
    patience: values.patience,
    seed: values.seed,
  };
  return Object.fromEntries(
    Object.entries(recipe).filter(([, value]) => value !== undefined),
  ) as Partial<TrainingOptions>;
}

/** @throws UsageError where an option says something else than the run was trained with. */
export function refuseChanges(values: RecipeValues, run: TrainingOptions): void {
  for (const [name, value] of Object.entries(recipeOf(values)) as [keyof TrainingOptions, unknown][]) {
    if (value !== run[name])
      throw new UsageError(
        `This run was trained with ${name} ${String(run[name])}; a resume cannot change it to ${String(value)}. Leave the option out, or train a new run.`,
      );
  }
}
