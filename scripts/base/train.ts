/** Training of one base model. The run stays in .cache/base/N: an interrupted one goes on where it was. */
import path from 'node:path';
import { trainerHost, withInterrupt } from '../../src/cli/trainer-host.ts';
import { Corpus } from '../../src/core/corpus/corpus.ts';
import { chooseEngine } from '../../src/core/engine/choose.ts';
import { RunFolder } from '../../src/core/formats/index.ts';
import {
  type baseSizes,
  defaultOptions,
  resumeTraining,
  startTraining,
  type TrainingOptions,
} from '../../src/core/training/index.ts';
import { nodeKernelPlatform } from '../../src/worker/kernel-loader.node.ts';
import { nodeStorage } from '../../src/worker/node-storage.ts';
import type { BaseSource } from './sources.ts';

type BaseSize = (typeof baseSizes)[number];

const root = path.resolve(import.meta.dirname, '../..');

/** A character that occurs less often in forty million is no row of its own: what is left is ASCII. */
const minCount = 1000;

/** Characters that one core trains on in the better part of an hour. */
const budgets: Record<BaseSize, number> = { 128: 220_000_000, 256: 90_000_000 };

/**
 * The network that a training has by default, in several sizes. Windows of 100 characters as in char-rnn (Karpathy 2015) reach over most
 * strings and conditions; over many characters more lanes and a lower rate than the default end lower.
 */
const optionsOf = (hiddenSize: BaseSize): TrainingOptions => ({
  ...defaultOptions,
  hiddenSize,
  sequence: 100,
  batch: 32,
  learningRate: 5e-3,
  budget: { kind: 'chars', amount: budgets[hiddenSize] },
  threads: 1,
});

/** Needs the built kernels. The finished run; throws where the training was interrupted or failed. */
export async function trainBase(sources: readonly BaseSource[], hiddenSize: BaseSize): Promise<RunFolder> {
  const storage = nodeStorage(path.join(root, '.cache/base', String(hiddenSize)));
  const begun = (await storage.list('')).includes('run.json') ? await RunFolder.open(storage) : null;
  if (begun?.manifest.state === 'finished') return begun;

  const engine = await chooseEngine(nodeKernelPlatform(path.join(root, 'dist')), { engine: 'wasm', threads: 1 });
  const host = progressHost(`1×${hiddenSize}`);
  try {
    const options = optionsOf(hiddenSize);
    const texts = sources.flatMap(({ files }) => files);
    const trainer = begun
      ? await resumeTraining({ storage, engine }, host)
      : await startTraining(
          {
            storage,
            corpus: await Corpus.build(texts, { seed: options.seed, minCount }),
            engine,
            options,
            id: 'base',
            name: 'base',
            created: new Date().toISOString(),
          },
          host,
        );
    const outcome = await withInterrupt(
      () => trainer.abort(),
      () => trainer.run(),
    );
    if (outcome.state !== 'finished')
      throw new Error(`The training is ${outcome.state}. ${outcome.message ?? ''} Run it again to go on.`);
    return trainer.folder;
  } finally {
    await engine.dispose();
  }
}

/** A line of output per cent. */
function progressHost(name: string): ReturnType<typeof trainerHost> {
  let bits = Number.NaN;
  let shown = 0;
  return trainerHost(({ points, fraction, charsPerSecond, secondsLeft }) => {
    for (const { validationNats } of points) if (validationNats !== undefined) bits = validationNats / Math.LN2;
    if (Math.floor(100 * fraction) <= shown) return;
    shown = Math.floor(100 * fraction);
    const rest = secondsLeft === null ? '' : `, ${Math.round(secondsLeft / 60)} min left`;
    console.log(
      `${name}, ${shown} %: ${bits.toFixed(3)} bits on the validation files, ${Math.round(charsPerSecond)} characters/s${rest}`,
    );
  });
}
