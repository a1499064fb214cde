/** `cellscope bench`: characters a second of training steps and of reading one stream, on this machine. */
import { Vocabulary } from '../core/corpus/vocabulary.ts';
import type { Engine, Update, Window } from '../core/engine/engine.ts';
import { Random } from '../core/random.ts';
import { specOf } from '../core/training/model-of-options.ts';
import { optimizerSpec } from '../core/training/optimizers.ts';
import { defaultOptions } from '../core/training/options.ts';
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
import { parseOptions } from './options.ts';
import { ProgressLine, print, short, table } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const options = {
  seconds: { kind: 'number', min: 0, above: true, max: 600, help: 'for each measurement (default 2)' },
  ...engineOption,
  ...threadsOption,
  ...jsonOption,
} as const;

interface Measured {
  hiddenSize: number;
  batch: number;
  trainCharsPerSecond: number;
  readCharsPerSecond: number;
}

const hiddenSizes = [64, 128, 256, 512];
/** Characters of a vocabulary as source code has it. */
const vocabularySize = 96;

export const benchCommand: Command = {
  name: 'bench',
  arguments: '',
  summary: 'speed of training and reading on this machine',
  options,
  async run(args): Promise<ExitCode> {
    const { values, positionals } = parseOptions(args, options);
    if (positionals.length > 0) throw new UsageError('bench takes no arguments besides options.');
    const engine = await openEngine({ engine: values.engine ?? 'auto', threads: values.threads ?? 0 });
    const line = new ProgressLine();
    try {
      const results: Measured[] = [];
      for (const hiddenSize of hiddenSizes) {
        line.update(`measuring LSTM 1×${hiddenSize}`);
        results.push(await measure(engine, hiddenSize, values.seconds ?? 2));
      }
      line.end();
      if (values.json) printJson({ engine: engine.name, threads: engine.threads, results });
      else {
        const rows = results.map((one) => [
          `LSTM 1×${one.hiddenSize}`,
          `${short(one.trainCharsPerSecond)}`,
          `${short(one.readCharsPerSecond)}`,
        ]);
        const head = [`${engine.name}, batch ${defaultOptions.batch}`, 'training, chars/s', 'reading, chars/s'];
        print(`${table([head, ...rows])}\n`);
      }
      return exitCodes.done;
    } finally {
      await engine.dispose();
    }
  },
};

async function measure(engine: Engine, hiddenSize: number, seconds: number): Promise<Measured> {
  const { sequence: time, batch, seed } = defaultOptions;
  const entries = Array.from({ length: vocabularySize }, (_, k) => String.fromCharCode(32 + k));
  const spec = specOf({ ...defaultOptions, hiddenSize }, new Vocabulary(entries, null));
  const session = await engine.open(
    spec,
    { kind: 'fresh', seed, init: 'orthogonal' },
    { maxTime: time, maxBatch: batch },
  );
  const random = new Random(seed);
  const characters = (n: number): Int32Array => Int32Array.from({ length: n }, () => random.below(vocabularySize));
  const window: Window = {
    time,
    batch,
    inputs: characters(time * batch),
    targets: characters(time * batch),
    reset: new Uint8Array(time * batch),
  };
  const update: Update = {
    optimizer: optimizerSpec('adam', 0),
    learningRate: 1e-3,
    clipNorm: 1,
    dropout: 0,
    dropoutSeed: 0,
  };
  const stream = { inputs: characters(2048), start: null, targets: null };
  const column = { layer: 0, cell: 0, quantity: 'tanhc' as const };
  const trainCharsPerSecond = await rate(seconds, time * batch, () => session.trainStep(window, update));
  const readCharsPerSecond = await rate(seconds, 2048, () => session.run(stream, { columns: [column] }));
  await session.close();
  return { hiddenSize, batch, trainCharsPerSecond, readCharsPerSecond };
}

/** Characters a second of an action repeated for some seconds, its first call not counted. */
async function rate(seconds: number, chars: number, action: () => Promise<unknown>): Promise<number> {
  await action();
  const start = performance.now();
  let count = 0;
  do {
    await action();
    count++;
  } while (performance.now() - start < 1000 * seconds);
  return (1000 * count * chars) / (performance.now() - start);
}
