/**
 * `npm run make:base [-- --chars N]`: trains the base model that a training may start from, and writes media/base/. The run stays in
 * .cache/base: an interrupted one goes on where it was, and its checkpoints can be looked at.
 *
 * Seeded, on one thread: the same packages (package-lock.json) and the same engine build give the same file.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { trainerHost, withInterrupt } from '../../src/cli/trainer-host.ts';
import { Corpus } from '../../src/core/corpus/corpus.ts';
import { chooseEngine } from '../../src/core/engine/choose.ts';
import { sha256OfBytes } from '../../src/core/formats/digest.ts';
import { encodeCheckpoint } from '../../src/core/formats/index.ts';
import { defaultOptions, resumeTraining, startTraining, type TrainingOptions } from '../../src/core/training/index.ts';
import { nodeKernelPlatform } from '../../src/worker/kernel-loader.node.ts';
import { nodeStorage } from '../../src/worker/node-storage.ts';
import { buildKernels } from '../kernels.ts';
import { readBaseSources } from './sources.ts';
import { sourcesPage } from './sources-page.ts';

const root = path.resolve(import.meta.dirname, '../..');
const work = path.join(root, '.cache/base');
const media = path.join(root, 'media/base');

const { values: given } = parseArgs({ options: { chars: { type: 'string', default: '20000000' } } });

/** A character that occurs less often in five million is no row of its own: what is left is ASCII. */
const minCount = 100;

/**
 * The network that a training has by default. Windows of 100 characters as in char-rnn (Karpathy 2015) reach over most strings and
 * conditions; over many characters a lower rate than the default ends lower.
 */
const options: TrainingOptions = {
  ...defaultOptions,
  sequence: 100,
  learningRate: 5e-3,
  budget: { kind: 'chars', amount: Number(given.chars) },
  threads: 1,
};

await buildKernels(root);
const sources = await readBaseSources();
const engine = await chooseEngine(nodeKernelPlatform(path.join(root, 'dist')), { engine: 'wasm', threads: 1 });
const storage = nodeStorage(work);
let bits = Number.NaN;
let shown = 0;
const host = trainerHost(({ points, fraction, charsPerSecond, secondsLeft }) => {
  for (const { validationNats } of points) if (validationNats !== undefined) bits = validationNats / Math.LN2;
  if (Math.floor(100 * fraction) <= shown) return;
  shown = Math.floor(100 * fraction);
  const rest = secondsLeft === null ? '' : `, ${Math.round(secondsLeft / 60)} min left`;
  console.log(
    `${shown} %: ${bits.toFixed(3)} bits on the validation files, ${Math.round(charsPerSecond)} characters/s${rest}`,
  );
});
const begun = (await storage.list('')).includes('run.json');
const trainer = begun
  ? await resumeTraining({ storage, engine }, host)
  : await startTraining(
      {
        storage,
        corpus: await Corpus.build(
          sources.flatMap(({ files }) => files),
          { seed: options.seed, minCount },
        ),
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
await engine.dispose();
if (outcome.state !== 'finished')
  throw new Error(`The training is ${outcome.state}. ${outcome.message ?? ''} Run it again to go on.`);

const { spec, parameters } = await trainer.folder.readModel('best');
const model = encodeCheckpoint(spec, parameters);
await mkdir(media, { recursive: true });
await writeFile(path.join(media, 'lstm-1x128.safetensors'), model);
const page = path.join(media, 'SOURCES.md');
await writeFile(
  page,
  sourcesPage(sources, trainer.folder.manifest, { bytes: model.length, sha256: await sha256OfBytes(model) }),
);
execFileSync(path.join(root, 'node_modules/.bin/biome'), ['format', '--write', page], { stdio: 'ignore' });
console.log(
  `media/base: ${model.length} bytes, ${(outcome.heldOut!.nats / Math.LN2).toFixed(3)} bits on the test files.`,
);
process.exit(0);
